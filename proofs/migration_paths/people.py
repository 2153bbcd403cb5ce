"""The people who must survive, made under the code that is deployed first."""

from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore

DETAILS = ("discord_id", "zoom_id", "birthdate")
# What of a person a path must keep. A user's columns are the same in all projects.
USER_COLUMNS = (
    "id",
    "username",
    "password",
    "email",
    "first_name",
    "last_name",
    "is_active",
    "is_staff",
    "is_superuser",
    "last_login",
    "date_joined",
)


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own with fewer rounds: a walk checks hundreds of passwords."""

    iterations = 1000


def place_of_details() -> str:
    """Where the code that runs keeps the details: the name of a model of `players`, or ""."""
    if not apps.is_installed("players"):
        return ""
    models = apps.get_app_config("players").models
    return next((name for name in ("playerattribute", "person", "user") if name in models), "")


def password_of(number: int) -> str:
    return f"pw-{number % 50}"


def details_of(number: int) -> dict[str, Any]:
    """Details, some of them empty, with letters that are not ASCII."""
    return {
        "discord_id": "" if number % 7 == 0 else f"Disc#{number}é",
        "zoom_id": "" if number % 3 == 0 else f"zoom {number}",
        "birthdate": None
        if number % 4 == 0
        else date(1950 + number % 60, number % 12 + 1, number % 28 + 1),
    }


def create(number_of_people: int) -> dict[str, Any]:
    """Make people with all that can hang on a user; returns what only the browser knows.

    `sessions` are session keys with the username, `tokens` user ids with the token of a reset
    that was not used.
    """
    users = create_users(number_of_people)
    create_details(users)
    create_rights(users)
    create_references(users)
    return {
        "sessions": {open_session(user): user.username for user in users[1:10]},
        "tokens": {str(user.pk): default_token_generator.make_token(user) for user in users[1:20]},
    }


def create_users(number_of_people: int) -> list[Any]:
    User = get_user_model()
    hasher = QuickHasher()
    hashes = [hasher.encode(password_of(n), f"salt{n}") for n in range(50)]
    in_columns = place_of_details() == "user"
    User.objects.bulk_create(
        [
            User(
                username=f"Üser{n}",
                email=f"u{n}@example.com",
                password=hashes[n % 50],
                first_name=f"F{n}",
                is_active=n % 11 != 0,
                is_staff=n % 10 == 0,
                **(details_of(n) if in_columns else {}),
            )
            for n in range(number_of_people)
        ]
    )
    return list(User.objects.order_by("pk"))


def create_details(users: list[Any]) -> None:
    """Where details are rows of their own, some users have none."""
    with_details = [(n, user) for n, user in enumerate(users) if n % 9]
    place = place_of_details()
    if place == "playerattribute":
        from players.models import PlayerAttribute

        PlayerAttribute.objects.bulk_create(
            PlayerAttribute(player_id=user.pk, name=name, value=str(value))
            for n, user in with_details
            for name, value in details_of(n).items()
            if value
        )
    elif place == "person" and is_made_by_hand():
        from players.models import Attendance, Person

        people = Person.objects.bulk_create(
            Person(username=user.username, **{k: v or None for k, v in details_of(n).items()})
            for n, user in reversed(with_details)
        )
        Attendance.objects.bulk_create(
            Attendance(person=person, day=date(2020, 1, day))
            for person in people
            for day in (1, 2)
        )
    elif place == "person":
        from players.models import Person

        Person.objects.bulk_create(Person(user=user, **details_of(n)) for n, user in with_details)


def is_made_by_hand() -> bool:
    """Whether the details' table is one that migrations do not manage."""
    return not apps.get_model("players", "person")._meta.managed


def create_rights(users: list[Any]) -> None:
    """Two groups, one of which lets staff change users; some rights without a group; and one that
    is not Django's, but the project's own."""
    User: Any = get_user_model()
    kind = ContentType.objects.get_for_model(User)
    model = User._meta.model_name
    own = Permission.objects.filter(content_type=kind)
    admins, others = (Group.objects.create(name=name) for name in ("user-admins", "others"))
    admins.permissions.set(own.filter(codename__in=[f"change_{model}", f"view_{model}"]))
    others.permissions.set(Permission.objects.filter(codename="view_logentry"))
    add_right(admins, kind, "can_impersonate")
    if place_of_details() == "playerattribute":
        proxy = Permission.objects.filter(content_type__app_label="players")
        admins.permissions.add(*proxy.filter(codename__in=["change_player", "view_player"]))
        add_right(admins, ContentType.objects.get(model="player"), "promote_player")
    groups = User.groups.through
    groups.objects.bulk_create(
        groups(user_id=user.pk, group_id=(others if n % 10 else admins).pk)
        for n, user in enumerate(users)
        if n % 2 == 0
    )
    rights = User.user_permissions.through
    delete = own.get(codename=f"delete_{model}")
    rights.objects.bulk_create(
        rights(user_id=user.pk, permission_id=delete.pk) for user in users[1:100:5]
    )


def add_right(group: Group, kind: ContentType, codename: str) -> None:
    """Give a group a right that the project has added to those of Django's."""
    group.permissions.add(
        Permission.objects.create(content_type=kind, codename=codename, name=codename)
    )


def create_references(users: list[Any]) -> None:
    """What other apps have of a user: foreign keys, many-to-many, generic relations, a log."""
    from league.models import Match, Note

    kind = ContentType.objects.get_for_model(get_user_model())
    LogEntry.objects.bulk_create(
        LogEntry(
            user=users[0],
            content_type=kind,
            object_id=str(user.pk),
            object_repr=user.username,
            action_flag=2,
            change_message="[]",
        )
        for user in users[:200]
    )
    Note.objects.bulk_create(Note(content_type=kind, object_id=user.pk) for user in users[:200])
    matches = Match.objects.bulk_create(
        Match(title=f"m{n}", created_by=user) for n, user in enumerate(users) if n % 4 == 0
    )
    taking_part = Match.participants.through
    taking_part.objects.bulk_create(
        taking_part(match_id=match.pk, user_id=users[(7 * n) % len(users)].pk)
        for n, match in enumerate(matches)
    )


def open_session(user: Any) -> str:
    """The key of a session of a user who has logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
