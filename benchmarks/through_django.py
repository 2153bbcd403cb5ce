"""A variant's site in this process: what the operations need of its own code."""

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from psycopg2.extensions import connection as Connection

from benchmarks.people import PASSWORD, Person, Row
from harness import environment
from harness.variants import ROOT, Variant


class Site:
    """A project on Django, which can be set up once in a process.

    `forms`, `models` and `queries` are the modules of its `players`; `client` is Django's test
    client, `Lower` and `Value` are Django's own. `url` names the server; `note` is told of each
    statement.
    """

    method = "django"  # the one of an operation's that does it so

    def __init__(
        self,
        project: Variant,
        url: str,
        note: Callable[[str], None],
        settings: str = "config.settings",
    ) -> None:
        self.project, self._note = project, note
        for name in [name for name in os.environ if name.startswith("DJANGO_")]:
            del os.environ[name]
        hosts = {"DJANGO_ALLOWED_HOSTS": "testserver"}
        wanted = environment.project(
            project.path, url, settings=settings, production=True, more=hosts
        )
        os.environ |= {n: v for n, v in wanted.items() if n.startswith(("DJANGO_", "DATABASE_"))}
        sys.path[:0] = [str(project.path), str(ROOT)]
        import django

        django.setup()
        from django.contrib.auth.hashers import PBKDF2PasswordHasher
        from django.db import connection
        from django.db.models import Value
        from django.db.models.functions import Lower
        from django.test import Client

        from players import forms, models, queries

        # A million rounds would bury all else; the run times one such hash by itself.
        PBKDF2PasswordHasher.iterations = 1
        self.client: Callable[[], Any] = Client
        self.django, self.Lower, self.Value = connection, Lower, Value
        self.forms, self.models, self.queries = forms, models, queries

    @property
    def seeding(self) -> dict[str, str]:
        """The statement that fills each table, in their order."""
        statements: dict[str, str] = self.project.about["seeding"]
        return statements

    def connect(self, database: str) -> None:
        """Leave the database that is connected, and connect to another of the same server."""
        self.django.close()
        self.django.settings_dict["NAME"] = database
        self.django.execute_wrappers[:] = [self._noting]
        self.django.ensure_connection()

    def connection(self) -> Connection:
        """The connection that the operations use."""
        self.django.ensure_connection()
        connection: Connection = self.django.connection
        return connection

    def leave(self) -> None:
        """Let go of the database, so that it can be copied or dropped."""
        self.django.close()

    def migrate(self) -> None:
        """Make the tables in the connected, empty database."""
        from django.core.management import call_command

        call_command("migrate", verbosity=0)

    def _noting(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._note(sql)
        return execute(sql, params, many, context)

    # What the operations use.

    def row(self, player: Any) -> Row:
        """A player with all details, as a template would read them."""
        details = getattr(player, "person", player)
        born = details.birthdate and details.birthdate.isoformat()
        own = [player.username, player.email, player.is_active]
        return [*own, details.discord_id, details.zoom_id, born]

    def rows(self, players: Iterable[Any]) -> list[Row]:
        return [self.row(player) for player in players]

    def read_back(self, username: str) -> Row | None:
        player = self.queries.by_username(username)
        return self.row(player) if player else None

    def details(self, one: Person) -> dict[str, str]:
        """A person's details as they are typed into a form."""
        born = one.birthdate.isoformat() if one.birthdate else ""
        return {"discord_id": one.discord_id, "zoom_id": one.zoom_id, "birthdate": born}

    def registration(self, new: Person) -> dict[str, str]:
        """What a new player types into the registration form."""
        passwords = {"password1": PASSWORD, "password2": PASSWORD}
        return {"username": new.username, "email": new.email, **passwords, **self.details(new)}

    def valid(self, form: Any) -> Any:
        """A form that is valid. Raises ValueError where it is not."""
        if not form.is_valid():
            raise ValueError(f"the form is not valid: {form.errors.as_json()}")
        return form

    def insert(self, people: list[Person], password: str) -> None:
        """Add players by bulk_create(), one for each table."""
        from django.apps import apps
        from django.contrib.auth import get_user_model
        from django.db import transaction

        user, models = get_user_model(), list(apps.get_app_config("players").get_models())
        account = next((model for model in models if issubclass(model, user)), user)
        of_details = [model for model in models if not issubclass(model, user)]
        with transaction.atomic():
            accounts = account.objects.bulk_create(
                account(
                    username=one.username,
                    email=one.email,
                    is_active=one.is_active,
                    password=password,
                    **({} if of_details else one.details),
                )
                for one in people
            )
            for model in of_details:
                rows, pairs = rows_of(model, user), zip(accounts, people, strict=True)
                model.objects.bulk_create(
                    model(**row) for player, one in pairs for row in rows(player, one.details)
                )


def rows_of(model: Any, user: type[Any]) -> Callable[[Any, dict[str, Any]], list[dict[str, Any]]]:
    """What makes the rows of a player's details in a model, as its own fields tell: a column for
    each detail, a JSON document `data`, or a row for each detail with its `name` and `value`.

    Raises ValueError where there is not one field that links the player.
    """
    fields = {field.name: field.related_model for field in model._meta.fields}
    links = [name for name, to in fields.items() if to and issubclass(to, user)]
    if len(links) != 1:
        raise ValueError(f"{model._meta.label} has {len(links)} links to the user, and not one")
    [owner] = links

    def rows(player: Any, details: dict[str, Any]) -> list[dict[str, Any]]:
        if fields.keys() >= details.keys():
            return [{owner: player, **details}]
        given = {name: str(value) for name, value in details.items() if value}
        if "data" in fields:
            return [{owner: player, "data": given}]
        return [{owner: player, "name": name, "value": value} for name, value in given.items()]

    return rows
