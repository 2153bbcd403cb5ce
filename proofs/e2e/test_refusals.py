"""A refused form shows its errors, announces them to screen readers, and takes the focus."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from harness.demo import ACCOUNT, ADMIN
from proofs.e2e.conftest import Window
from shared_tests.people import PASSWORD


@dataclass(frozen=True)
class Refusal:
    """What is entered, and the error by field, or by "" for the whole form."""

    path: str
    values: dict[str, str]
    button: str
    errors: dict[str, str]


OPEN = {
    "registration": Refusal(
        "/register/",
        {
            "Username": ACCOUNT.upper(),
            "Email address": f"{ADMIN}@example.com",
            "Password": PASSWORD,
            "Password confirmation": "another",
            "Discord ID": "zero\u200bwidth",
            "Birth date": "1899-12-31",
        },
        "Register",
        {
            "Username": "already exists",
            "Email address": "already exists",
            "Password confirmation": "didn’t match",
            "Discord ID": "visible characters only",
            "Birth date": "from 1900-01-01 to today",
        },
    ),
    "log-in": Refusal(
        "/login/",
        {"Username": "unknown", "Password": "wrong"},
        "Log in",
        {"": "enter a correct username and password"},
    ),
}
OWN = {
    "edit": Refusal(
        "/profile/edit/",
        {"Email address": f"{ADMIN}@example.com", "Birth date": "1899-12-31"},
        "Save",
        {"Email address": "already exists", "Birth date": "from 1900-01-01 to today"},
    ),
    "password change": Refusal(
        "/password-change/",
        {"Old password": "wrong", "New password": "1234", "New password confirmation": "1234"},
        "Change password",
        {"Old password": "incorrectly", "New password confirmation": "too short"},
    ),
    "deletion": Refusal(
        "/profile/delete/",
        {"Password": "wrong"},
        "Delete my account",
        {"Password": "was not right"},
    ),
    "search": Refusal(
        "/players/",
        {"Born from": "1990-01-02", "Born until": "1990-01-01"},
        "Search",
        {"Born until": "before the first one"},
    ),
}


@pytest.mark.parametrize("form", [*OPEN, *OWN])
def test_the_errors_are_announced_and_lead_to_their_fields(window: Window, form: str) -> None:
    refusal = (OPEN | OWN)[form]
    visitor = window(ACCOUNT if form in OWN else "")
    visitor.open(refusal.path)
    visitor.fill(refusal.values)
    visitor.press(refusal.button)

    expect(visitor.page).to_have_title(re.compile("^Error: "))
    expect(visitor.alert).to_be_focused()
    expect(visitor.alert).to_be_in_viewport()
    invalid = [label for label in refusal.errors if label]
    expect(visitor.page.locator("main [aria-invalid=true]")).to_have_count(len(invalid))
    for label, text in refusal.errors.items():
        expect(visitor.alert).to_contain_text(re.compile(f"{label}.*{text}"))
    for label in invalid:
        field = visitor.field(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(refusal.errors[label]))
        visitor.alert.get_by_role("link").filter(has_text=label).first.click()
        expect(field).to_be_focused()
    assert visitor.barriers() == []
