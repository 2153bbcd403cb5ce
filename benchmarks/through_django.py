"""The operations through a variant's own code. Runs in that variant's process, Django set up.

Each function takes a key, prepares what is not to be measured, and returns two functions: the
first is measured, the second turns what the first returned into the operation's answer.
Answers are JSON-able and the same for every subject; those of writes are read back.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.test import Client

from benchmarks.answers import Prepared, Row, as_it_is, digest
from benchmarks.operations import BULK, PAGE, Key
from benchmarks.people import PASSWORD, one_round_password
from benchmarks.people import person as person_of_seed
from players import forms, models, queries

SEED = 1  # the worker sets it

# A million rounds and more would bury all else; the run times one such hash by itself.
PBKDF2PasswordHasher.iterations = 1


def person(number: int) -> Any:
    return person_of_seed(number, SEED)


def row(player: Any) -> Row:
    """A player with all details, as a template would read them."""
    details = getattr(player, "person", player)
    born = details.birthdate
    username, email, active = player.username, player.email, player.is_active
    born = born and born.isoformat()
    return [username, email, active, details.discord_id, details.zoom_id, born]


def rows(players: Iterable[Any]) -> list[Row]:
    return [row(player) for player in players]


def read_back(username: str) -> Row | None:
    player = queries.by_username(username)
    return row(player) if player else None


def typed(number: int) -> dict[str, str]:
    """What a new player types into the registration form."""
    new = person(number)
    return {
        "username": new.username,
        "email": new.email,
        "password1": PASSWORD,
        "password2": PASSWORD,
        "discord_id": new.discord_id,
        "zoom_id": new.zoom_id,
        "birthdate": new.birthdate.isoformat() if new.birthdate else "",
    }


def register(key: Key) -> Prepared:
    client, form, name = Client(), typed(key["number"]), person(key["number"]).username

    def answer(response: Any) -> Any:
        logged_in = client.session.get("_auth_user_id") == str(queries.by_username(name).pk)
        return [response.status_code == 302, logged_in, read_back(name)]

    return lambda: client.post("/register/", form, secure=True), answer


def save_registration(key: Key) -> Prepared:
    form = forms.RegistrationForm(typed(key["number"]))
    if not form.is_valid():
        raise ValueError(f"the form of a new player is not valid: {form.errors.as_json()}")
    return lambda: form.save(), lambda player: read_back(player.username)


def log_in(key: Key) -> Prepared:
    client, name = Client(), person(key["number"]).username
    form = {"username": name.upper(), "password": PASSWORD}

    def answer(response: Any) -> Any:
        player = queries.by_username(name)
        logged_in = client.session.get("_auth_user_id") == str(player.pk)
        return [response.status_code == 302, logged_in, player.last_login is not None]

    return lambda: client.post("/login/", form, secure=True), answer


def by_username(key: Key) -> Prepared:
    name = person(key["number"]).username.upper()
    return lambda: row(queries.by_username(name)), as_it_is


def by_discord_id(key: Key) -> Prepared:
    discord_id = person(key["number"]).discord_id.upper()
    return lambda: rows(queries.directory(discord_id=discord_id)), as_it_is


def page_first(key: Key) -> Prepared:
    return lambda: rows(queries.directory()[:PAGE]), as_it_is


def page_deep(key: Key) -> Prepared:
    offset = key["offset"]
    return lambda: rows(queries.directory()[offset : offset + PAGE]), as_it_is


def page_keyset(key: Key) -> Prepared:
    after = Lower(Value(key["after"]))

    def run() -> list[Row]:
        players = queries.directory().alias(lower=Lower("username")).filter(lower__gt=after)
        return rows(players[:PAGE])

    return run, as_it_is


def page_naive(key: Key) -> Prepared:
    """Without the select_related() and prefetch_related() that queries.py states."""

    def run() -> list[Row]:
        return rows(queries.directory().select_related(None).prefetch_related(None)[:PAGE])

    return run, as_it_is


def born_between(key: Key) -> Prepared:
    first = person(key["number"]).birthdate
    last = first + timedelta(days=30)

    def run() -> list[Any]:
        players = queries.directory(born_from=first, born_to=last)
        return [players.count(), rows(players[:PAGE])]

    return run, as_it_is


def two_details(key: Key) -> Prepared:
    one = person(key["number"])
    around = {"born_from": one.birthdate - timedelta(30), "born_to": one.birthdate + timedelta(30)}
    return lambda: rows(queries.directory(discord_id=one.discord_id, **around)), as_it_is


def update_detail(key: Key) -> Prepared:
    one = person(key["number"])
    old = {"email": one.email, "discord_id": one.discord_id}
    new = {"zoom_id": f"moved.{key['number']}", "birthdate": one.birthdate.isoformat()}
    form = forms.ProfileForm({**old, **new}, instance=queries.by_username(one.username))
    if not form.is_valid():
        raise ValueError(f"the form of a player is not valid: {form.errors.as_json()}")
    return lambda: form.save(), lambda _: read_back(one.username)


def per_birth_year(key: Key) -> Prepared:
    return lambda: [list(pair) for pair in queries.per_birth_year()], as_it_is


def delete(key: Key) -> Prepared:
    name = person(key["number"]).username
    player = queries.by_username(name)
    return lambda: player.delete(), lambda _: read_back(name)


def bulk_import(key: Key) -> Prepared:
    numbers = range(key["first"], key["first"] + BULK)
    people, password = [person(number) for number in numbers], one_round_password()
    sample = [people[index].username for index in (0, BULK // 2, BULK - 1)]

    def run() -> None:
        with transaction.atomic():
            insert(people, password)

    return run, lambda _: [read_back(name) for name in sample]


def insert(people: list[Any], password: str) -> None:
    """Each strategy's bulk_create()s: one per table."""
    account = getattr(models, "Player", get_user_model())
    on_the_row = not {"Person", "PlayerAttribute", "PlayerDetails"} & set(vars(models))
    accounts = account.objects.bulk_create(
        account(
            username=one.username,
            email=one.email,
            is_active=one.is_active,
            password=password,
            **(details(one) if on_the_row else {}),
        )
        for one in people
    )
    pairs = list(zip(accounts, people, strict=True))
    if hasattr(models, "Person"):
        models.Person.objects.bulk_create(
            models.Person(user=user, **details(one)) for user, one in pairs
        )
    if hasattr(models, "PlayerDetails"):
        models.PlayerDetails.objects.bulk_create(
            models.PlayerDetails(
                player=player,
                data={name: str(value) for name, value in details(one).items() if value},
            )
            for player, one in pairs
        )
    if hasattr(models, "PlayerAttribute"):
        models.PlayerAttribute.objects.bulk_create(
            models.PlayerAttribute(player=player, name=name, value=str(value))
            for player, one in pairs
            for name, value in details(one).items()
            if value
        )


def details(one: Any) -> dict[str, Any]:
    return {"discord_id": one.discord_id, "zoom_id": one.zoom_id, "birthdate": one.birthdate}


def export(key: Key) -> Prepared:
    """Streamed, as whoever has a million players must."""

    def run() -> list[Any]:
        return digest(row(player) for player in queries.directory().iterator(chunk_size=2000))

    return run, as_it_is
