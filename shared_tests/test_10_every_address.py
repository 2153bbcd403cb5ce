"""Rule 10: The pages keep to HTTP, and leak nothing."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.core import mail
from django.db import transaction

from shared_tests.walk import BESIDE, ELEMENT, FORGED, MAIL, MARKUP, NOWHERE, SECRET, marked, walk

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def walked(django_db_setup, django_db_blocker):
    """What everybody gets at every address, for the tests that look at it; nobody lists them."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = walk()
        transaction.set_rollback(True)
    mail.outbox.clear()
    return found


@pytest.fixture
def answers(walked):
    return walked[0]


def test_every_address_of_the_site_is_visited(walked):
    """What is left wants a line in walk.py's ARGUMENTS: what its arguments may be."""
    answers, unknown = walked
    assert unknown == []
    assert {answer.status for answer in answers} >= {200, 302, 400, 403, 404, 405, 429, 500}


def test_no_address_is_a_server_error_whatever_the_method(answers):
    for answer in answers:
        assert answer.status < 500 or answer.who == "somebody", answer


def test_every_page_carries_the_security_headers(answers):
    for answer in answers:
        for name, expected in HEADERS.items():
            value = answer.response.get(name, "")
            if name == "Content-Security-Policy":
                value = "; ".join(sorted(value.split("; ")))
            assert (name, value) == (name, expected), answer


HEADERS = {
    "Content-Security-Policy": "base-uri 'none'; default-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' data:; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(answers):
    """Nor is another cookie, but the token's, which Django lets the site's own scripts read."""
    names = set()
    for answer in answers:
        for name, cookie in answer.response.cookies.items():
            names.add(name)
            ends = cookie["max-age"] == 0
            assert cookie["httponly"] or ends or name == "csrftoken", (answer, name)
            assert cookie["samesite"] == "Lax", (answer, name)
            assert (cookie["domain"], cookie["path"]) == ("", "/"), (answer, name)
            assert not cookie["secure"]  # here; under the production settings it is
    assert names >= {"sessionid", "csrftoken"}


def test_no_post_is_taken_without_a_csrf_token(answers):
    """Whoever sends it; the database would fail at a change."""
    for answer in answers:
        if answer.how == FORGED and answer.path != NOWHERE:
            assert answer.status == 403, answer


def test_forms_take_get_and_post_only(answers):
    """Outside the admin, whose pages take any method, and a token, as Django's do."""
    for answer in answers:
        admins = answer.path.startswith("/admin/")
        if answer.how in {"PUT", "PATCH", "DELETE"} and not admins and answer.path != NOWHERE:
            assert answer.status == 405, answer


def test_pages_with_passwords_are_not_stored(answers):
    """Nor does one show a password that was typed."""
    for answer in answers:
        page = answer.response.content.decode()
        if re.search("""type=["']?password""", page):
            assert "no-store" in answer.response.get("Cache-Control", ""), answer
        assert SECRET not in page, answer


def test_after_the_log_out_the_back_button_shows_no_page_of_the_player(answers):
    """Nor of staff: no page that a stranger is not given, or that names whom it is drawn for."""
    pages = [one for one in answers if one.how == "GET" and one.status == 200]
    given = {page.path for page in pages if page.who == "stranger"} | {WORDS}
    for page in pages:
        named = page.who != "stranger" and marked(page.who, "username") in page.html.get_text()
        if named or page.path not in given:
            assert "no-store" in page.response.get("Cache-Control", ""), page


WORDS = "/admin/jsi18n/"  # what the admin's scripts say, the same to all


def test_whatever_one_writes_is_shown_as_text_on_every_page(answers):
    """No markup in a name, a detail, an address or a form makes an element; none is lost."""
    left = {marked(who, field) for who in ("ada", "root") for field in FIELDS}
    left |= {MARKUP, *BESIDE}
    for answer in answers:
        if ELEMENT not in answer.response.content.decode():
            continue
        assert answer.html.select(ELEMENT) == [], answer
        for text in texts_with(ELEMENT, answer):
            assert MARKUP in text or MAIL in text, answer
            left -= {one for one in left if one in text}
    assert left == set()


FIELDS = ["username", "email", "first_name", "last_name", "discord_id", "zoom_id"]


def texts_with(word, answer):
    """The texts and the attributes' values with a word in them; addresses as they are meant."""
    values = [str(value) for tag in answer.html.find_all(True) for value in tag.attrs.values()]
    for text in [*answer.html.find_all(string=True), *values]:
        if word in text:
            text = unquote(unquote(text))  # an address in another is quoted twice
            # Django's own page to set somebody's password escapes the name in its title twice.
            twice = answer.path.endswith("/password/") and MARKUP not in text
            yield unescape(text) if twice else text
