"""What the tests know of a variant's players: nothing that differs from one to the next."""

from importlib import import_module
from typing import Any, TypeVar

from django.conf import settings
from django.urls import reverse

from players.forms import RegistrationForm
from players.queries import by_username

__all__ = ["EXTRAS", "Player", "admin_page", "by_username", "replaceable"]

Thing = TypeVar("Thing")

# The model of a player: the proxy; auth.User beside the profile; the custom user.
Player = RegistrationForm._meta.model
# The modules with the extra lines of this run; none where it is as documented.
EXTRAS = [import_module(f"proofs.ecosystem.extras.{name}") for name in settings.EXTRA_MODULES]


def replaceable(thing: Thing) -> Thing:
    """What the extra lines have by this name, else the thing itself."""
    name = thing.__name__  # type: ignore[attr-defined]
    found: Thing = next((vars(one)[name] for one in EXTRAS if name in vars(one)), thing)
    return found


def admin_page(name: str, *arguments: Any) -> str:
    """The path of an admin page of players: "changelist"; "change" and a key."""
    return reverse(
        f"admin:{Player._meta.app_label}_{Player._meta.model_name}_{name}", args=arguments
    )
