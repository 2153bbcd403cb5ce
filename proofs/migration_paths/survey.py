"""What the code that is deployed finds of the people, and whether it works for them.

Nothing stays of what is tried: each try is rolled back, after the database has checked its keys.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.test import Client

from proofs.migration_paths.people import (
    DETAILS,
    USER_COLUMNS,
    is_made_by_hand,
    password_of,
    place_of_details,
)

PASSWORD = "natural-twenty-20"  # noqa: S105 (of nobody)
Found = dict[str, Any]


def survey(known: dict[str, Any]) -> Found:
    """`rows`: by name, everything that has to stay equal, as sorted lists; `fails`: by what was
    tried, how it failed. `known` is what `people.create` has returned."""
    return {"rows": rows(), "fails": fails(known)}


def rows() -> dict[str, list[str]]:
    from league.models import Match, Note

    User: Any = get_user_model()
    found: dict[str, Iterable[Any]] = {
        "users": User.objects.values_list(*USER_COLUMNS),
        "details": details(),
        "memberships": User.groups.through.objects.values_list("user_id", "group__name"),
        "rights of groups": rights(Group, "name", "permissions"),
        "rights of users": rights(User, "pk", "user_permissions"),
        "log entries": [
            (entry.pk, entry.user.pk, model_named(entry.content_type), entry.object_id)
            for entry in LogEntry.objects.select_related("content_type", "user")
        ],
        "generic relations": [
            (note.pk, model_named(note.content_type), note.object_id)
            for note in Note.objects.select_related("content_type")
        ],
        "foreign keys": Match.objects.values_list("id", "title", "created_by_id"),
        "many-to-many rows": Match.participants.through.objects.values_list("match_id", "user_id"),
    }
    if apps.is_installed("players") and "attendance" in apps.get_app_config("players").models:
        by = "person__username" if is_made_by_hand() else "person__user__username"
        attendance = apps.get_model("players", "attendance").objects
        found["attendance"] = attendance.values_list("attendance_id", "day", by)
    return {name: sorted(map(str, values)) for name, values in found.items()}


def details() -> list[tuple[Any, ...]]:
    """The details of each player who has any: the user's id, then DETAILS as text."""
    place = place_of_details()
    if not place:
        return []
    model = apps.get_model("players", place)
    if place == "playerattribute":
        found: dict[Any, dict[str, str]] = {}
        for player, name, value in model.objects.values_list("player_id", "name", "value"):
            found.setdefault(player, {})[name] = value
        people = [
            (pk, *(values.get(name, "") for name in DETAILS)) for pk, values in found.items()
        ]
    elif place == "person" and is_made_by_hand():
        ids = dict(get_user_model().objects.values_list("username", "pk"))
        people = [
            (ids[username], *values)
            for username, *values in model.objects.values_list("username", *DETAILS)
        ]
    else:
        people = list(model.objects.values_list("pk", *DETAILS))
    texts = [(pk, *(str(value or "") for value in values)) for pk, *values in people]
    return [one for one in texts if any(one[1:])]


def model_named(kind: ContentType | None) -> str:
    """A model's name, the same for all that stand for the user, whichever app has them."""
    if kind is None:
        return "nothing"
    return "the user" if kind.model in {"user", "player"} else f"{kind.app_label}.{kind.model}"


def rights(holder: Any, name: str, field: str) -> set[str]:
    """Who holds which permission, but for those of the table that only some projects have."""
    held = holder.objects.exclude(**{field: None}).values_list(
        name, f"{field}__content_type", f"{field}__codename"
    )
    kinds = ContentType.objects.in_bulk()
    return {
        f"{who}: {codename.partition('_')[0]} {model_named(kinds[kind])}"
        for who, kind, codename in held
        if kinds[kind].model not in {"person", "playerattribute"}
    }


class Rollback(Exception):
    """Ends a try."""


def fails(known: dict[str, Any]) -> dict[str, str]:
    """How each of TRIES failed; those that worked are not named."""
    failed = {}
    for name, attempt in TRIES.items():
        wrong = ""
        try:
            with transaction.atomic():
                wrong = attempt(known)
                connection.check_constraints()
                raise Rollback
        except Rollback:
            pass
        except (DatabaseError, LookupError, AttributeError, ValueError) as error:
            wrong = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        if wrong:
            failed[name] = wrong
    return failed


def has_the_site() -> bool:
    """Whether the project is one with registration: a variant."""
    return apps.is_installed("website")


def open_sessions(known: dict[str, Any]) -> str:
    good = 0
    for key, username in known["sessions"].items():
        visitor = Client()
        visitor.cookies["sessionid"] = key
        page = visitor.get("/profile/")
        good += page.status_code == 200 and username in page.content.decode()
    wanted = len(known["sessions"])
    return "" if good == wanted else f"{good} of {wanted} sessions are still logged in"


def reset_tokens(known: dict[str, Any]) -> str:
    users = get_user_model().objects.in_bulk([int(pk) for pk in known["tokens"]])
    good = [
        pk
        for pk, token in known["tokens"].items()
        if default_token_generator.check_token(users.get(int(pk)), token)
    ]
    wanted = len(known["tokens"])
    return "" if len(good) == wanted else f"{len(good)} of {wanted} reset links are still good"


def old_passwords(known: dict[str, Any]) -> str:
    for number in (1, 2, 3):
        form = {"username": f"Üser{number}", "password": password_of(number)}
        if Client().post("/login/", form).status_code != 302:
            return f"Üser{number} cannot log in"
    form = {"username": "Üser4", "password": "not hers"}
    return "" if Client().post("/login/", form).status_code == 200 else "a wrong password logs in"


def staff(known: dict[str, Any]) -> str:
    """A member of staff may change users, by their group's right, and may not delete them."""
    User: Any = get_user_model()
    group = User.objects.filter(is_staff=True, is_active=True, groups__name="user-admins")
    # Those with a right of their own may do more.
    member = group.filter(user_permissions=None).order_by("pk").first()
    if member is None:
        return "nobody is left in the group"
    visitor = Client()
    visitor.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[-1])
    # A proxy has permissions and pages of its own.
    for kind in [one for one in admin.site._registry if issubclass(one, User)] or [User]:
        label, model = kind._meta.app_label, kind._meta.model_name
        if not member.has_perm(f"{label}.change_{model}"):
            return f"the group's right to change {label}.{model} is gone"
        if member.has_perm(f"{label}.delete_{model}"):
            return f"a member of staff may delete {label}.{model} now"
        page = f"/admin/{label}/{model}/" if kind in admin.site._registry else "/admin/"
        status = visitor.get(page).status_code
        if status != 200:
            return f"{page} answers a member of staff with {status}"
    return ""


def generic_relations(known: dict[str, Any]) -> str:
    from league.models import Note

    lost = [note.pk for note in Note.objects.prefetch_related("target") if note.target is None]
    return f"{len(lost)} generic relations lead nowhere" if lost else ""


def registration(known: dict[str, Any]) -> str:
    """Somebody registers, is refused a taken name and ID, edits and deletes their account."""
    User: Any = get_user_model()
    if not has_the_site():
        User.objects.create_user("brand-new", "new@example.com", "x")
        return ""
    form = {
        "username": "brand-new",
        "email": "new@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "discord_id": "New#1",
        "zoom_id": "z",
        "birthdate": "1990-12-10",
    }
    taken_name = {**form, "username": "BRAND-new", "email": "q@example.com", "discord_id": ""}
    taken_id = {**form, "username": "second", "email": "q@example.com", "discord_id": "nEW#1"}
    edited = {"email": "new@example.com", "discord_id": "", "zoom_id": "z2", "birthdate": ""}
    visitor = Client()
    answers = [
        visitor.post("/register/", form).status_code,
        "New#1" in visitor.get("/profile/").content.decode(),
        Client().post("/register/", taken_name).status_code,
        Client().post("/register/", taken_id).status_code,
        visitor.post("/profile/edit/", edited).status_code,
        "z2" in visitor.get("/profile/").content.decode(),
        visitor.post("/profile/delete/", {"password": PASSWORD}).status_code,
        User.objects.filter(username="brand-new").exists(),
    ]
    wanted = [302, True, 200, 200, 302, True, 302, False]
    return "" if answers == wanted else f"a life gives {answers}, not {wanted}"


def deletion_in_the_database(known: dict[str, Any]) -> str:
    """A DELETE that Django does not send takes the details with it, where the code has this rule.

    Of a user to whom nothing else points: other apps' keys do refuse.
    """
    if not has_the_site():
        return ""
    from league.models import Match

    User: Any = get_user_model()
    alone = User.objects.filter(groups=None, user_permissions=None, matches=None, logentry=None)
    alone = alone.exclude(pk__in=Match.objects.values("created_by"))
    with connection.cursor() as cursor:
        if "attendance" in connection.introspection.table_names():
            cursor.execute("SELECT user_id FROM attendance")
            alone = alone.exclude(pk__in=[pk for (pk,) in cursor.fetchall()])
    user = alone.order_by("-pk").first()
    if user is None:
        return "there is no user to whom nothing points"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {User._meta.db_table} WHERE id = %s", [user.pk])
    return ""


TRIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "open sessions": open_sessions,
    "reset links": reset_tokens,
    "old passwords": old_passwords,
    "staff": staff,
    "generic relations": generic_relations,
    "registration": registration,
    "deletion in the database": deletion_in_the_database,
}
