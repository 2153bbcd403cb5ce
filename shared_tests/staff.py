"""Staff, and the admin's pages about players, wherever a variant has them."""

import os
from unittest import mock

from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.core.management import call_command

from shared_tests.people import PASSWORD
from shared_tests.visitor import Response, Visitor, form_data, parsed


def create_superuser(username: str = "root", **options: str) -> None:
    with mock.patch.dict(os.environ, {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}):
        call_command(
            "createsuperuser",
            interactive=False,
            verbosity=0,
            username=username,
            email=f"{username}@example.com",
            **options,
        )


ADDRESSES: list[str] = []  # found once, for the admin's index takes long to draw


def players_in_admin(staff: Visitor) -> str:
    """The address of the admin's list of accounts."""
    if not ADDRESSES:
        ADDRESSES.append(found_in_the_index(staff))
    return ADDRESSES[0]


def found_in_the_index(staff: Visitor) -> str:
    index = staff.get("/admin/")
    assert index.status_code == 200, index.status_code
    links = {
        link.get_text(strip=True): str(link["href"])
        for link in parsed(index).select("#content-main th a[href]")
    }
    [path] = [path for text, path in links.items() if text in {"Players", "Users"}]
    return path


def player_in_admin(staff: Visitor, username: str) -> str:
    """The address of one account's page in the admin."""
    key = get_user_model().objects.get(username=username).pk
    return f"{players_in_admin(staff)}{quote(key)}/change/"


def addresses_in_admin(staff: Visitor, search: str = "") -> dict[str, str]:
    """The addresses of the accounts that the admin's list finds, by username."""
    page = parsed(staff.get(players_in_admin(staff), {"q": search}))
    links = page.select("#result_list tbody th a")
    return {link.get_text(): str(link["href"]) for link in links}


def save(staff: Visitor, path: str, **changes: str) -> Response:
    """Change these fields on one of the admin's pages and press Save."""
    return staff.submit(path, button="_save", **changes)


def deactivate(staff: Visitor, path: str) -> Response:
    """Untick "active": a box that is not ticked is not sent."""
    data = form_data(parsed(staff.get(path)).select_one("#content form"))
    del data["is_active"]
    return staff.post(path, {**data, "_save": "1"})


def delete_all_but(staff: Visitor, *usernames: str) -> Response:
    """Tick all accounts but these in the admin's list, choose its action to delete, say yes."""
    path = players_in_admin(staff)
    keys = [
        box["value"]
        for box in parsed(staff.get(path)).select("input[name=_selected_action]")
        if not set(usernames) & set(box.find_parent("tr").get_text(" ").split())
    ]
    form = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    return staff.post(path, form)
