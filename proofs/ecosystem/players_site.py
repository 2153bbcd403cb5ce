"""What the operations know of a variant: nothing that differs from one to the next."""

from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from players.forms import RegistrationForm
from players.queries import by_username
from proofs.ecosystem.attempt import expect
from shared_tests.people import ADA, GRACE, PASSWORD, details_of
from shared_tests.visitor import Visitor

__all__ = ["ADA", "GRACE", "PASSWORD", "Player", "admin_page", "by_username", "details_of"]
__all__ += ["log_in_root", "register"]

# The model of a player: the proxy; auth.User beside the profile; the custom user.
Player = RegistrationForm._meta.model


def register(person: dict[str, str] = ADA) -> Visitor:
    """Somebody who has just registered on the site, and is logged in."""
    visitor = Visitor()
    expect("the answer", visitor.register(person).status_code, 302)
    return visitor


def log_in_root() -> Visitor:
    """A superuser who is logged in."""
    users: Any = get_user_model().objects
    users.create_superuser("root", "root@example.com", PASSWORD)
    visitor = Visitor()
    visitor.log_in("root")
    return visitor


def admin_page(name: str, *arguments: Any) -> str:
    """The path of an admin page of players: "changelist"; "change" and a key."""
    return reverse(
        f"admin:{Player._meta.app_label}_{Player._meta.model_name}_{name}", args=arguments
    )
