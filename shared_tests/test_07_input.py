"""Rule 7: Bad input is a form error and good input comes back as it was typed."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.utils.module_loading import import_string

from shared_tests.pages import reset_link
from shared_tests.people import ADA, GRACE, PASSWORD
from shared_tests.staff import player_in_admin, players_in_admin, save
from shared_tests.visitor import Visitor, errors, parsed

INVISIBLE = {
    "NUL": "\0",
    "bell": "\a",
    "line break": "\n",
    "escape": "\x1b",
    "C1 control": "\x85",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "soft hyphen": "\u00ad",
    "byte order mark": "\ufeff",
    "private use": "\ue000",
    "unassigned": "\U000e0fff",
    # Letters, marks and symbols by category, which draw nothing all the same
    "grapheme joiner": "\u034f",
    "Hangul choseong filler": "\u115f",
    "Hangul jungseong filler": "\u1160",
    "Hangul filler": "\u3164",
    "halfwidth Hangul filler": "\uffa0",
    "Khmer inherent vowel": "\u17b4",
    "Mongolian variation selector": "\u180b",
    "Braille blank": "\u2800",
    "variation selector": "\ufe0f",
    "object replacement": "\ufffc",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "Egyptian full blank": "\U00013441",
    "Khitan filler": "\U00016fe4",
    "null notehead": "\U0001d159",
    "ideographic variation selector": "\U000e0100",
}
LANGUAGES = ["de", "en-gb", "fr", "hu", "ja"]


def tomorrow():
    """Asked for in the test, not before it: midnight may come between."""
    return (date.today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    "birthdate",
    [
        *("1899-12-31", tomorrow, "2001-02-29", "20010203", "soon", "\0"),
        *("01/02/30", "01/02/03", "02/29/2000", "30.01.2002"),  # some read a day in these
    ],
)
def test_a_birth_date_out_of_range_or_not_iso_is_refused(visitor, birthdate):
    birthdate = birthdate() if callable(birthdate) else birthdate
    assert list(errors(visitor.register(birthdate=birthdate))) == ["birthdate"]
    assert visitor.name() is None


@pytest.mark.parametrize("birthdate", ["1900-01-01", "2000-02-29", date.today])
def test_a_birth_date_from_1900_to_today_is_kept(visitor, birthdate):
    birthdate = birthdate().isoformat() if callable(birthdate) else birthdate
    visitor.register(birthdate=birthdate)
    assert visitor.profile()["birthdate"] == birthdate


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_changed_stays_whatever_the_language_of_the_site(ada, settings, language):
    """A browser's date input knows ISO alone, and shows another language's date as none."""
    before = ada.profile()
    settings.LANGUAGE_CODE = language
    assert ada.edit(zoom_id="new.zoom").status_code == 302
    assert ada.profile() == {**before, "zoom_id": "new.zoom"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_date_input_speaks_iso_whatever_the_language_of_the_site(ada, settings, language):
    settings.LANGUAGE_CODE = language
    born = {"birthdate": "1990-12-10", "born_from": "1990-12-10", "born_to": "1990-12-10"}
    refused = {**ADA, **born}
    pages = {
        "/register/": Visitor().post("/register/", {**refused, "email": "@"}),
        "/profile/edit/": ada.get("/profile/edit/"),
        "/profile/edit/ refused": ada.post("/profile/edit/", {**refused, "email": "@"}),
        "/players/": ada.get("/players/", born),
    }
    for name, page in pages.items():
        dates = parsed(page).select("main input[type=date]")
        assert [date["value"] for date in dates] == ["1990-12-10"] * len(dates), name
        assert dates, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("birthdate", ["01/02/03", "10.12.1990", "10/12/1990"])
def test_no_language_makes_another_spelling_a_birth_date(visitor, settings, language, birthdate):
    settings.LANGUAGE_CODE = language
    assert list(errors(visitor.register(birthdate=birthdate))) == ["birthdate"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_admin_keeps_the_birth_date_whatever_the_language(ada, admin, settings, language):
    path = player_in_admin(admin, "ada")
    settings.LANGUAGE_CODE = language
    assert save(admin, path, zoom_id="new.zoom").status_code == 302
    settings.LANGUAGE_CODE = "en-us"
    assert ada.profile()["birthdate"] == ADA["birthdate"]
    assert ada.profile()["zoom_id"] == "new.zoom"


def test_an_edit_obeys_the_same_rules(ada):
    before = ada.profile()
    refused = {
        "birthdate": tomorrow(),
        "discord_id": "a\u202eb",
        "zoom_id": "x" * 41,
        "email": "@",
    }
    assert set(errors(ada.edit(**refused))) == set(refused)
    assert ada.profile() == before


@pytest.mark.parametrize("field", ["username", "discord_id", "zoom_id"])
@pytest.mark.parametrize("character", INVISIBLE.values(), ids=INVISIBLE)
def test_an_invisible_character_is_refused(visitor, field, character):
    assert list(errors(visitor.register(**{field: f"ad{character}a"}))) == [field]
    assert visitor.name() is None


@pytest.mark.parametrize(
    "zoom_id",
    [
        "🐉",
        "👩\u200d💻 ada",
        "👩🏽\u200d🚀",
        "❤️\u200d🔥",
        "1️⃣ 🙂\u200d↔️ ©️ ‼️",
        "Ада Лавлейс",
        "阿达",
        "आदा",
        "عايدة",
        "<b>ada</b>",
        "<script>alert(1)</script>",
        "'; DROP TABLE auth_user; --",
        "100%s %(x)s {{ user }}",
        "a&amp;b",
        "\\N\\x00",
    ],
)
def test_any_visible_text_comes_back_as_it_was_typed(visitor, zoom_id):
    visitor.register(zoom_id=zoom_id)
    assert visitor.profile()["zoom_id"] == zoom_id
    assert visitor.directory()["ada"]["zoom_id"] == zoom_id
    edit = parsed(visitor.get("/profile/edit/"))
    assert edit.select_one("input[name=zoom_id]")["value"] == zoom_id


def test_blanks_around_a_value_are_not_kept(visitor):
    visitor.register(discord_id="  ada#1815 ", zoom_id="   ")
    profile = visitor.profile()
    assert (profile["discord_id"], profile["zoom_id"]) == ("ada#1815", "")


@pytest.mark.parametrize(
    ("field", "longest"),
    [("username", "a" * 150), ("discord_id", "🐉" * 40), ("zoom_id", "z" * 40)],
)
def test_the_longest_value_is_kept_and_one_more_character_refused(visitor, field, longest):
    assert list(errors(visitor.register(**{field: longest + longest[0]}))) == [field]
    assert visitor.register(**{field: longest}).status_code == 302
    assert visitor.profile()[field] == longest


@pytest.mark.parametrize(
    ("password", "why"),
    [
        *(("ada", "short"), ("d-dragn", "short"), ("password", "common"), ("20202020", "numeric")),
        *(("ada@example.com", "similar to the email"), ("countess7", "similar to the username")),
    ],
)
def test_a_weak_password_is_refused(visitor, password, why):
    """Wherever there is a form for a new one."""
    person = {**ADA, "username": "countess"}
    shown = errors(visitor.register(person, password1=password, password2=password))
    assert list(shown) == ["password2"]
    assert why in shown["password2"]
    visitor.register(person)
    new = {"new_password1": password, "new_password2": password}
    for answer in (
        visitor.post("/password-change/", {"old_password": PASSWORD, **new}),
        visitor.post(visitor.get(reset_link())["Location"], new),
    ):
        assert why in errors(answer)["new_password2"]


def test_eight_characters_are_enough_for_a_password(visitor):
    assert visitor.register(password1="d-dragon", password2="d-dragon").status_code == 302


@pytest.mark.parametrize("path", ["/register/", "/login/", "/password-reset/"])
def test_a_body_too_large_or_of_too_many_fields_is_a_bad_request(visitor, path):
    assert visitor.post(path, {"username": "x" * 3_000_000}).status_code == 400
    assert visitor.post(path, {f"f{n}": "" for n in range(1500)}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/register/", "/login/", "/players/", "/profile/"])
def test_nul_in_the_address_is_no_server_error(ada, path):
    for name in "next", "page", "q", "discord_id", "\0":
        assert ada.get(path, {name: "\0"}).status_code < 500
        assert Visitor().get(path, {name: "\0"}).status_code < 500


CONTENT_TYPES = [
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=latin-1",
    "application/x-www-form-urlencoded; charset=utf8",  # which Django does not take for UTF-8
    "application/x-www-form-urlencoded; charset=base64",
    "application/x-www-form-urlencoded; CHARSET = 'idna'",
    "application/x-www-form-urlencoded; charset=utf-8; charset=rot13",
    "application/x-www-form-urlencoded; charset=a\0b",
    "application/x-www-form-urlencoded; charset*0=utf-16",
    'application/x-www-form-urlencoded; charset="utf-8',
    "application/x-www-form-urlencoded; a*=nonsense''%E2",
    "multipart/form-data; boundary=x; charset=base64",
    "multipart/form-data; boundary=x; charset=utf-16",
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_a_body_in_another_charset_than_utf_8_is_a_bad_request(db, content_type):
    """Asked of the WSGI application itself: Django fails before its error pages are there."""
    for path in "/", "/login/", "/register/", "/admin/login/", "/no-such-page/":
        for method in "GET", "POST":
            status, page = served(method, path, b"username=ada", content_type)
            assert (status, page.h1.get_text()) == (400, "We did not understand that")


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; charset="UTF-8"', ";charset=UTF-8"])
def test_a_body_in_utf_8_is_read(db, charset):
    content_type = f"application/x-www-form-urlencoded{charset}"
    status, page = served("POST", "/login/", "username=émile&password=x".encode(), content_type)
    assert (status, page.select_one("input[name=username]")["value"]) == (200, "émile")


@pytest.mark.parametrize("path", ["/", "/login/", "/register/", "/no-such-page/"])
def test_a_form_that_cannot_be_read_is_no_server_error(db, path):
    for content_type in "multipart/form-data", "multipart/form-data; boundary=\xff":
        status, _ = served("POST", path, b"x", content_type)
        assert status in {400, 403, 404}


def served(method, path, body, content_type):
    """The status and the page that the server sends to a browser which has the CSRF cookie."""
    token = "a" * 32
    if "charset" not in content_type or "utf" in content_type.lower():
        body += f"&csrfmiddlewaretoken={token}".encode()
    environ = RequestFactory().generic(method, path, body, "text/plain").environ
    environ |= {"HTTP_COOKIE": f"csrftoken={token}", "CONTENT_TYPE": content_type}
    statuses = []
    application = import_string(settings.WSGI_APPLICATION)
    # As Django's test client does: the test's connection has to stay open.
    request_started.disconnect(close_old_connections)
    try:
        chunks = application(environ, lambda status, headers: statuses.append(int(status[:3])))
        return statuses[0], BeautifulSoup(b"".join(chunks), "html.parser")
    finally:
        request_started.connect(close_old_connections)


def test_nul_in_a_log_in_is_no_server_error(visitor):
    assert visitor.log_in("a\0da").status_code == 200
    assert visitor.log_in(password="\0").status_code == 200
    wrong = {"username": "ada", "password": "wrong"}
    assert visitor.post("/login/?next=%00", wrong).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["q=%00", "username__regex=[", "email__regex=(", "username__exact=%00", "is_staff__exact=%00"],
)
def test_a_bad_query_in_the_admin_is_no_server_error(admin, query):
    assert admin.get(f"{players_in_admin(admin)}?{query}").status_code < 500


def test_the_admin_takes_no_ambiguous_date(ada, admin):
    before = ada.profile()
    path = player_in_admin(admin, "ada")
    for field, value in ("birthdate", "01/02/03"), ("discord_id", "a\u202eb"):
        assert save(admin, path, **{field: value}).status_code == 200
    assert ada.profile() == before


def test_an_address_is_stored_with_its_domain_in_lower_case(visitor):
    visitor.register(GRACE, email="Grace@EXAMPLE.com")
    assert visitor.profile()["email"] == "Grace@example.com"
    visitor.edit(email="Hopper@EXAMPLE.com")
    assert visitor.profile()["email"] == "Hopper@example.com"
