"""The pages: every one of them does what it says, and can be used by everybody."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth import aauthenticate, authenticate, get_user_model, load_backend
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection, transaction
from django.test import AsyncClient, RequestFactory

from shared_tests.pages import BEHIND_THE_MAIL, OWN_PAGES, every_page, link_in, reset_link
from shared_tests.people import ADA, GRACE, PASSWORD, another, details_of
from shared_tests.staff import deactivate, player_in_admin
from shared_tests.visitor import Visitor, errors, form_data, parsed


def test_a_new_player_is_logged_in_and_sent_home(visitor):
    response = visitor.register()
    assert (response.status_code, response["Location"]) == (302, "/")
    assert visitor.name() == "ada"


def test_a_new_player_sees_all_their_details_on_their_profile(visitor):
    visitor.register()
    profile = visitor.profile()
    assert profile["username"] == "ada"
    assert profile["email"] == "ada@example.com"
    assert {name: profile[name] for name in details_of(ADA)} == details_of(ADA)


def test_the_three_details_are_optional(visitor):
    assert visitor.register(discord_id="", zoom_id="", birthdate="").status_code == 302
    profile = visitor.profile()
    assert (profile["discord_id"], profile["zoom_id"], profile["birthdate"]) == ("", "", "")
    assert visitor.directory()["ada"]["age"] == ""


@pytest.mark.parametrize("field", ["username", "email", "password1", "password2"])
def test_the_rest_is_required(visitor, field):
    assert list(errors(visitor.register(**{field: ""}))) == [field]
    assert visitor.log_in().status_code == 200


def test_registration_sends_a_new_player_where_they_came_from(visitor):
    page = visitor.get("/register/", {"next": "/players/?page=1"})
    assert parsed(page).select_one("input[name=next]")["value"] == "/players/?page=1"
    assert visitor.register(next="/players/?page=1")["Location"] == "/players/?page=1"


@pytest.mark.parametrize("username", ["ada", "ADA", "aDa"])
def test_log_in_ignores_the_case_of_the_username(ada, username):
    visitor = Visitor()
    assert visitor.log_in(username).status_code == 302
    assert visitor.name() == "ada"


def test_a_wrong_password_does_not_log_in(ada):
    visitor = Visitor()
    assert "correct username and password" in errors(visitor.log_in(password="wrong"))[""]
    assert visitor.name() is None


def test_credentials_of_another_kind_are_left_to_other_backends(ada):
    request = RequestFactory().post("/login/")
    assert authenticate(request, token="ada") is None
    assert authenticate(request, username="ada") is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("username", "password"),
    [("ada", PASSWORD), ("ADA", PASSWORD), ("ada", "wrong"), ("nobody", PASSWORD), (None, "")],
)
def test_asynchronous_code_authenticates_as_other_code_does(username, password):
    Visitor().register()
    request = RequestFactory().post("/login/")
    credentials = {"username": username, "password": password}
    user = authenticate(request, **credentials)
    same = async_to_sync(aauthenticate)(request, **credentials)
    assert (same, type(same)) == (user, type(user))
    if user:
        same = async_to_sync(load_backend(user.backend).aget_user)(user.pk)
        assert (same, type(same)) == (user, type(user))


@pytest.mark.django_db(transaction=True)
def test_an_asynchronous_server_logs_in_and_locks_out_as_another_does():
    async def post(password):
        form = {"username": "ADA", "password": password}
        return (await AsyncClient().post("/login/", form)).status_code

    async def client_logs_in(password):
        request = RequestFactory().post("/login/")
        return await AsyncClient().alogin(request=request, username="ada", password=password)

    Visitor().register()
    assert async_to_sync(post)(PASSWORD) == 302
    assert async_to_sync(client_logs_in)(PASSWORD)
    assert not async_to_sync(client_logs_in)("wrong")
    assert [async_to_sync(post)("wrong") for _ in range(4)] == [200, 200, 200, 429]
    assert async_to_sync(post)(PASSWORD) == 429
    assert not async_to_sync(client_logs_in)(PASSWORD)


def test_log_out_needs_a_post_and_ends_the_session(ada):
    assert ada.get("/logout/").status_code == 405
    assert ada.name() == "ada"
    assert ada.log_out()["Location"] == "/"
    assert ada.name() is None


@pytest.mark.parametrize("path", OWN_PAGES)
def test_own_pages_ask_a_stranger_to_log_in(visitor, path):
    response = visitor.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={path}"


def test_the_directory_shows_name_discord_id_zoom_id_and_age(ada):
    today = date.today()
    born_today = today.replace(year=today.year - 30, day=min(today.day, 28)).isoformat()
    Visitor().register(GRACE, birthdate=born_today)
    row = ada.directory()["grace"]
    assert row == {
        "username": "grace",
        "discord_id": "grace#1906",
        "zoom_id": "grace.zoom",
        "age": "30",
    }


def test_a_birthday_still_to_come_does_not_count_as_a_year(visitor):
    tomorrow = date.today() + timedelta(days=1)
    born = tomorrow.replace(year=tomorrow.year - 20, day=min(tomorrow.day, 28))
    expected = (
        date.today().year
        - born.year
        - ((date.today().month, date.today().day) < (born.month, born.day))
    )
    visitor.register(birthdate=born.isoformat())
    assert visitor.profile()["age"] == str(expected)


@pytest.fixture
def sixty(ada):
    """Sixty more players, every second in upper case, made without their details."""
    names = [another(number)["username"] for number in range(60)]
    for number, name in enumerate(names):
        get_user_model().objects.create_user(name.upper() if number % 2 else name)
    return names


def test_the_directory_lists_by_username_whatever_its_case_fifty_a_page(ada, sixty):
    first, second = ada.directory(), ada.directory(page="2")
    assert [name.lower() for name in [*first, *second]] == ["ada", *sixty]
    assert (len(first), len(second)) == (50, 11)


def test_the_directory_leads_back_to_the_page_before(ada, sixty):
    link = parsed(ada.get("/players/", {"page": "2"})).select_one("a[rel=prev]")["href"]
    page = parsed(ada.get(f"/players/{link}"))
    assert page.select_one("[data-player]")["data-player"] == "ada"


def test_the_directory_keeps_its_filter_from_page_to_page_and_back(ada):
    for number in range(51):
        Visitor().register(another(number), birthdate="2000-02-29")
    filters = {"born_from": "2000-01-01", "born_to": "2000-12-31"}
    first = ada.get("/players/", filters)
    there = parsed(first).select_one("a[rel=next]")["href"]
    assert dict(parse_qsl(there.lstrip("?"))) == filters | {"page": "2"}
    second = parsed(ada.get(f"/players/{there}"))
    assert [row["data-player"] for row in second.select("[data-player]")] == ["player050"]
    back = second.select_one("a[rel=prev]")["href"]
    assert dict(parse_qsl(back.lstrip("?"))) == filters | {"page": "1"}
    for page in parsed(first), second, parsed(ada.get(f"/players/{back}")):
        assert page.caption.get_text() == "51 players"
        shown = form_data(page.select_one("search form"))
        assert {name: shown[name] for name in filters} == filters


def test_the_directory_counts_all_whom_it_found_and_not_those_on_the_page(ada, sixty):
    for number in "1", "2":
        page = parsed(ada.get("/players/", {"page": number}))
        assert page.caption.get_text() == "61 players"
        assert f"Page {number} of 2" in page.main.get_text()
    found = parsed(ada.get("/players/", {"discord_id": ADA["discord_id"]}))
    assert found.caption.get_text() == "1 player"
    assert not found.select("main nav")  # between pages, of which there is one
    nobody = parsed(ada.get("/players/", {"discord_id": "nobody"}))
    assert "0 players" in nobody.main.get_text()


def test_the_directory_and_the_profile_say_what_each_value_is(ada):
    table = parsed(ada.get("/players/")).table
    names = [cell["data-field"] for cell in table.select("[data-player] [data-field]")]
    assert names == ["username", "discord_id", "zoom_id", "age"]
    heads = table.select("thead th[scope=col]")
    assert [head.get_text() for head in heads] == ["Username", "Discord ID", "Zoom ID", "Age"]
    assert table.select_one("th[scope=row]").get_text() == "ada"
    shown = parsed(ada.get("/profile/")).main.dl
    assert {
        name.get_text(): value["data-field"]
        for name, value in zip(shown.select("dt"), shown.select("dd"), strict=True)
    } == {
        "Username": "username",
        "Email address": "email",
        "Discord ID": "discord_id",
        "Zoom ID": "zoom_id",
        "Birth date": "birthdate",
        "Age": "age",
    }


def test_the_directory_shows_nobodys_address_and_no_birth_date(ada):
    Visitor().register(GRACE)
    page = ada.get("/players/").content.decode()
    assert GRACE["email"] not in page
    assert GRACE["birthdate"] not in page


def test_the_navigation_offers_what_one_may_do(ada, admin):
    def offered(visitor):
        page = parsed(visitor.get("/"))
        return {
            **{link["href"]: link.get_text() for link in page.select("header nav a")},
            **{form["action"]: "Log out" for form in page.select("header nav form")},
        }

    everybody = {"/": "Home", "/players/": "Players"}
    own = everybody | {"/profile/": "Profile", "/logout/": "Log out"}
    assert offered(Visitor()) == everybody | {"/login/": "Log in", "/register/": "Register"}
    assert offered(ada) == own
    assert offered(admin) == own | {"/admin/": "Admin"}


def test_deactivated_players_are_not_listed(ada, admin):
    Visitor().register(GRACE)
    path = player_in_admin(admin, "grace")
    form = parsed(admin.get(path)).select_one("#content form")
    assert form.select_one("input[name=is_active][checked]")
    assert deactivate(admin, path).status_code == 302
    assert "grace" not in ada.directory()


@pytest.mark.parametrize("discord_id", ["grace#1906", "GRACE#1906"])
def test_the_directory_finds_a_player_by_their_whole_discord_id(ada, discord_id):
    Visitor().register(GRACE)
    assert list(ada.directory(discord_id=discord_id)) == ["grace"]
    assert list(ada.directory(discord_id="grace")) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"born_from": "1990-12-10"}, ["ada"]),
        ({"born_from": "1990-12-11"}, []),
        ({"born_to": "1986-12-09"}, ["grace"]),
        ({"born_to": "1986-12-08"}, []),
        ({"born_from": "1986-12-09", "born_to": "1990-12-10"}, ["ada", "grace"]),
        ({"born_from": "1980-01-01", "discord_id": "ada#1815"}, ["ada"]),
        ({"born_to": "1987-01-01", "discord_id": "ada#1815"}, []),
    ],
)
def test_the_directory_filters_by_birth_date_both_ends_included(ada, filters, found):
    Visitor().register(GRACE)
    Visitor().register(another(1), birthdate="", discord_id="1987-01-01", zoom_id="1987-06-06")
    assert list(ada.directory(**filters)) == found


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"born_from": "yesterday"}, "born_from"),
        ({"born_to": "1990-02-30"}, "born_to"),
        ({"born_from": "1990-01-02", "born_to": "1990-01-01"}, "born_to"),
        ({"discord_id": "x" * 41}, "discord_id"),
        ({"discord_id": "\0"}, "discord_id"),
        ({"born_from": "\0"}, "born_from"),
    ],
)
def test_a_bad_filter_is_a_form_error_and_lists_nobody(ada, filters, field):
    response = ada.get("/players/", filters)
    assert list(errors(response)) == [field]
    assert not parsed(response).select("[data-player]")


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "\0", "9" * 30])
def test_a_page_that_is_not_there_is_not_found(ada, page):
    assert ada.get("/players/", {"page": page}).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "countess@example.com"),
        ("discord_id", "countess#1"),
        ("zoom_id", "countess.zoom"),
        ("birthdate", "1991-01-01"),
        ("discord_id", ""),
        ("zoom_id", ""),
        ("birthdate", ""),
    ],
)
def test_a_player_changes_one_thing_and_the_rest_stays(ada, field, value):
    before = ada.profile()
    response = ada.edit(**{field: value})
    assert (response.status_code, response["Location"]) == (302, "/profile/")
    after = ada.profile()
    assert after[field] == value
    assert {n: v for n, v in after.items() if n not in {field, "age"}} == {
        n: v for n, v in before.items() if n not in {field, "age"}
    }


def test_a_player_changes_everything_at_once(ada):
    changes = {
        "email": "countess@example.com",
        "discord_id": "",
        "zoom_id": "countess.zoom",
        "birthdate": "1991-01-01",
    }
    ada.edit(**changes)
    profile = ada.profile()
    assert {name: profile[name] for name in changes} == changes


def test_a_player_may_save_without_a_change_or_change_only_case(ada):
    before = ada.profile()
    assert ada.edit().status_code == 302
    assert ada.profile() == before
    assert ada.edit(discord_id="ADA#1815", email="ADA@example.com").status_code == 302
    assert ada.profile()["discord_id"] == "ADA#1815"


def test_what_was_done_is_said_on_the_next_page(ada):
    ada.edit(zoom_id="new.zoom")
    assert "saved" in parsed(ada.get("/profile/")).select_one("[role=status]").get_text()
    ada.delete()
    assert "deleted" in parsed(ada.get("/")).select_one("[role=status]").get_text()


def test_an_account_keeps_an_address(ada):
    assert list(errors(ada.edit(email=""))) == ["email"]


def test_a_refused_edit_changes_nothing_and_shows_what_was_typed(ada):
    before = ada.profile()
    response = ada.edit(email="not an address", zoom_id="typed")
    assert list(errors(response)) == ["email"]
    assert parsed(response).select_one("input[name=zoom_id]")["value"] == "typed"
    assert ada.profile() == before


def test_a_changed_password_logs_in_and_the_old_one_no_longer_does(ada):
    new = "natural-one-1"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert ada.post("/password-change/", form)["Location"] == "/password-change/done/"
    assert ada.get("/password-change/done/").status_code == 200
    assert ada.name() == "ada"
    assert Visitor().log_in(password=PASSWORD).status_code == 200
    assert Visitor().log_in(password=new).status_code == 302


def test_a_forgotten_password_is_reset_by_mail_once(ada):
    visitor = Visitor()
    link = reset_link("ADA@example.com")
    form_path = visitor.get(link)["Location"]
    new = "natural-one-1"
    response = visitor.post(form_path, {"new_password1": new, "new_password2": new})
    assert response["Location"] == "/reset/done/"
    assert visitor.get("/reset/done/").status_code == 200
    assert (visitor.name(), ada.name()) == (None, None)
    assert visitor.log_in(password=new).status_code == 302
    assert not is_alive(link)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_mail_says_from_whom_to_whom_and_why_and_its_link_leads_here(ada, scheme):
    visitor = Visitor()
    done = visitor.post("/password-reset/", {"email": "ADA@example.com"}, secure=scheme == "https")
    assert done["Location"] == "/password-reset/done/"
    [message] = mail.outbox
    assert message.from_email == settings.DEFAULT_FROM_EMAIL
    assert message.recipients() == ["ada@example.com"]
    assert message.subject == "A new password for your player account"
    assert message.content_subtype == "plain"
    assert message.body.startswith("Hello ada,\n")
    assert "asked for a new password for your player account" in message.body
    assert "you need not do anything" in message.body
    assert link_in(message.body).startswith(f"{scheme}://testserver/reset/")
    assert is_alive(urlsplit(link_in(message.body)).path)


def is_alive(link):
    """Whether the link of a mail still leads to a form for a new password."""
    return bool(parsed(Visitor().get(link, follow=True)).select("input[type=password]"))


@pytest.mark.parametrize("name", ["nobody", "deactivated", "without-password", "without-address"])
def test_a_reset_that_nobody_may_have_says_the_same_and_sends_nothing(visitor, name):
    """Of staff who log in another way, say, the admin keeps no usable password."""
    accounts = get_user_model().objects
    accounts.create_user("deactivated", "deactivated@example.com", PASSWORD, is_active=False)
    accounts.create_user("without-password", "without-password@example.com")
    accounts.create_user("without-address", "", PASSWORD)
    response = visitor.post("/password-reset/", {"email": f"{name}@example.com"})
    assert response["Location"] == "/password-reset/done/"
    assert [message.to for message in mail.outbox] == []


@pytest.mark.parametrize(
    ("later", "alive"),
    [(timedelta(days=3, minutes=-1), True), (timedelta(days=3, minutes=1), False)],
)
def test_the_link_of_the_mail_lives_for_three_days(ada, monkeypatch, later, alive):
    link = reset_link()
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: datetime.now() + later)
    assert is_alive(link) == alive


def test_the_link_of_the_mail_ends_with_what_it_was_for(ada):
    """The account has another address, or a new password."""
    new = {"old_password": PASSWORD, "new_password1": "natural-one-1"}
    for change in [
        lambda: ada.edit(email="countess@example.com"),
        lambda: ada.post("/password-change/", new | {"new_password2": "natural-one-1"}),
    ]:
        link = reset_link(ada.profile()["email"])
        assert is_alive(link)
        assert change().status_code == 302
        assert not is_alive(link)


# Each page's title, and where it leads on to, in which words.
PAGES = {
    "/register/": ("Register", {"/login/": "I already have an account"}),
    "/login/": (
        "Log in",
        {"/password-reset/": "I forgot my password", "/register/": "I have no account yet"},
    ),
    "/password-reset/": ("Set a new password", {"/login/": "Back to log-in"}),
    "/password-reset/done/": ("Check your email", {"/password-reset/": "try another address"}),
    BEHIND_THE_MAIL: ("Choose a new password", {}),
    "/reset/MQ/dead-link/": (
        "This link does not work",
        {"/password-reset/": "ask for a new one"},
    ),
    "/reset/done/": ("Password saved", {"/login/": "log in"}),
    "/profile/": (
        "Profile",
        {
            "/profile/edit/": "Edit your details",
            "/password-change/": "Change your password",
            "/profile/delete/": "Delete your account",
        },
    ),
    "/profile/edit/": ("Edit your details", {"/profile/": "Cancel"}),
    "/profile/delete/": ("Delete your account", {"/profile/": "Keep my account"}),
    "/password-change/": ("Change your password", {"/profile/": "Cancel"}),
    "/password-change/done/": ("Password changed", {"/profile/": "your profile"}),
    "/no-such-page/": ("Page not found", {"/": "the home page"}),
    400: ("Bad request", {"/": "the home page"}),
    403: ("Form expired", {}),
    429: ("Log-in is locked", {"/login/": "log in", "/password-reset/": "set a new one"}),
    500: ("Something went wrong", {"/": "Home page"}),
}
WELCOME = {
    False: {"/register/": "Register", "/login/": "log in"},
    True: {"/players/": "who plays", "/profile/": "your details"},
}
FOUND = {
    "/players/": {"?page=2": "Next"},
    "/players/?page=2": {"?page=1": "Previous"},
    "/players/?discord_id=ada%231815": {"/players/": "Clear"},
    "/players/?discord_id=nobody": {"/players/": "Clear"},
    "/players/?born_from=soon": {"/players/": "Clear"},
}
# The headings that are not the title.
HEADINGS = {
    "Home": "Dungeons & Dragons players",
    "Profile": "Your profile",
    "Bad request": "We did not understand that",
    "Form expired": "This form has expired",
}
BUTTONS = {
    "/register/": "Register",
    "/login/": "Log in",
    "/password-reset/": "Send the link",
    BEHIND_THE_MAIL: "Save the new password",
    "/password-change/": "Change password",
    "/profile/edit/": "Save",
    "/profile/delete/": "Delete my account",
    "/players/": "Search",
}


METAS = {"viewport": "width=device-width, initial-scale=1", "color-scheme": "light dark"}


def test_every_page_is_semantic_labelled_and_asks_no_other_host(ada):
    for page in every_page(ada):
        html = page.html
        assert html.html["lang"] == "en", page
        assert html.select_one("meta[charset=utf-8]"), page
        for name, content in METAS.items():
            assert html.select_one(f"meta[name={name}]")["content"] == content, page
        assert len(html.select("h1")) == 1, page
        assert html.main, page
        if page.status != 500:  # which depends on nothing
            assert len(html.select("link[rel=stylesheet][href]")) == 2, page
            first = html.body.a
            assert (first["href"], first.get_text()) == (f"#{html.main['id']}", "Skip to content")
        assert html.select_one("link[rel=icon][href]"), page
        assert html.select("header nav") or page.status in {400, 500}, page
        assert not html.select("nav:not([aria-label])"), page
        assert not html.select("[style], style, script:not([src])"), page
        for element in html.select("link[href], script[src], img[src], iframe[src]"):
            address = element.get("href") or element.get("src")
            if not address.startswith("data:"):
                found = Path(settings.BASE_DIR).glob(f"*{address}")
                assert address.startswith("/static/"), page
                assert any(found), address
        for field in html.select(
            "input:not([type=hidden], [type=submit], [hidden]), select, textarea"
        ):
            assert html.select_one(f'label[for="{field.get("id")}"]'), (page, field)


def test_every_page_says_which_it_is_and_leads_on_to_what_one_may_want_next(ada):
    for page in every_page(ada):
        if page.name == "/":
            title, links = "Home", WELCOME[bool(page.html.select("header nav form"))]
        elif page.name == "/players/":
            title, links = "Players", FOUND[page.path]
        else:
            title, links = PAGES.get(page.status) or PAGES[page.name]
        found = {
            link["href"].partition("?next=")[0]: link.get_text()
            for link in page.html.select('main a[href]:not([href^="#"])')
        }
        assert found == links, page
        assert page.html.h1.get_text() == HEADINGS.get(title, title), page
        shown = page.html.title.get_text(strip=True)
        refused = page.status == 200 and bool(page.html.select("main [role=alert]"))
        assert shown == f"{'Error: ' * refused}{title} – D&D players", page
        offered = {link["href"] for link in page.html.select("header nav a")}
        marked = {link["href"] for link in page.html.select("header nav a[aria-current=page]")}
        assert marked == offered & {page.name}, page


def test_every_link_leads_to_a_page(ada):
    followed = {}
    for page in every_page(ada):
        for link in page.html.select("a[href]"):
            address = urljoin(page.path, str(link["href"])).partition("#")[0]
            followed[page.visitor is ada, address] = page.visitor, page
    for (_, address), (visitor, page) in followed.items():
        assert visitor.get(address).status_code in {200, 302} or page.path == address, page


def test_whatever_a_page_refers_to_is_on_it_once(ada):
    """The description that a field names, the field of a label, the target of a link."""
    for page in every_page(ada):
        ids = [element["id"] for element in page.html.select("[id]")]
        assert len(ids) == len(set(ids)), page
        named = [
            name
            for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for")
            for element in page.html.select(f"[{attribute}]")
            for name in element[attribute].split()
        ]
        named += [link["href"][1:] for link in page.html.select('a[href^="#"]')]
        assert set(named) <= set(ids), page
        for name in named:
            assert page.html.find(id=name).get_text(strip=True) or "described" not in name, page


def test_every_form_carries_its_token_and_leads_where_it_should(ada):
    """Sent as it stands, by a browser that must show the token, it is read."""
    for page in every_page(ada):
        for form in page.html.select("form"):
            sent = form.get("method", "get"), urljoin(page.path, form.get("action", ""))
            button = [one.get_text() for one in form.select("button")]
            if form.find_parent("header"):
                assert (sent, button) == (("post", "/logout/"), ["Log out"]), page
            else:
                assert sent == ("get" if page.name == "/players/" else "post", page.path), page
                assert button == [BUTTONS[page.name]], page
            sender = Visitor(enforce_csrf_checks=True)
            sender.client.cookies = deepcopy(page.visitor.client.cookies)
            with transaction.atomic():
                answer = getattr(sender, sent[0])(sent[1], form_data(form))
                transaction.set_rollback(True)
            assert answer.status_code in {200, 302}, page


NEW = {
    "new_password1": ("New password", "password", "new-password", "required"),
    "new_password2": ("New password confirmation", "password", "new-password", "required"),
}
DETAILS = {
    "discord_id": ("Discord ID", "text", None, ""),
    "zoom_id": ("Zoom ID", "text", None, ""),
    "birthdate": ("Birth date", "date", "bday", ""),
}
PASSWORD_FIELD = ("Password", "password", "current-password", "required")
# What the person, the browser and the password manager are told of each field.
FIELDS = {
    "/register/": {
        "username": ("Username", "text", "username", "required"),
        "email": ("Email address", "email", "email", "required"),
        "password1": ("Password", "password", "new-password", "required"),
        "password2": ("Password confirmation", "password", "new-password", "required"),
        **DETAILS,
    },
    "/login/": {
        "username": ("Username", "text", "username", "required"),
        "password": PASSWORD_FIELD,
    },
    "/password-reset/": {"email": ("Email", "email", "email", "required")},
    BEHIND_THE_MAIL: NEW,
    "/password-change/": {
        "old_password": ("Old password", "password", "current-password", "required"),
        **NEW,
    },
    "/profile/edit/": {"email": ("Email address", "email", "email", "required"), **DETAILS},
    "/profile/delete/": {"password": PASSWORD_FIELD},
    "/players/": {
        "discord_id": ("Discord ID", "text", None, ""),
        "born_from": ("Born from", "date", None, ""),
        "born_to": ("Born until", "date", None, ""),
    },
}
HELP = {
    "username": "150 characters",
    "password1": "at least 8 characters",
    "password2": "Enter the same password",
    "new_password1": "at least 8 characters",
    "new_password2": "Enter the same password",
}


def test_every_field_says_what_belongs_in_it_before_and_after_an_error(ada):
    for page in every_page(ada):
        fields = page.html.select("main input[name]:not([type=hidden])")
        expected = FIELDS.get(page.name, {}) if page.status == 200 else {}
        assert [field["name"] for field in fields] == list(expected), page
        for field in fields:
            name = field["name"]
            label = page.html.select_one(f'label[for="{field["id"]}"]').get_text().rstrip(":")
            required = "required" * field.has_attr("required")
            told = label, field["type"], field.get("autocomplete"), required
            assert told == expected[name], page
            described = field.get("aria-describedby", "").split()
            text = " ".join(page.html.find(id=one).get_text() for one in described)
            if page.name != "/login/":
                assert HELP.get(name, "") in text, (page, name)
            assert field["type"] != "password" or not field.get("value"), page


@pytest.mark.parametrize("path", ["/password-change/", "/profile/delete/", BEHIND_THE_MAIL])
def test_a_password_manager_is_told_whose_password_it_is(ada, path):
    visitor = ada
    if path == BEHIND_THE_MAIL:
        visitor = Visitor()
        path = visitor.get(reset_link())["Location"]
    fields = parsed(visitor.get(path)).select("main form input[autocomplete=username]")
    assert [field["value"] for field in fields] == ["ada"]


def test_the_pages_say_what_cannot_be_undone_and_who_will_see_what(ada):
    """What the contract promises to say where it is decided."""
    register = parsed(Visitor().get("/register/")).main.get_text()
    assert "can search by Discord ID and birth date" in register
    assert "Your email address is not shown" in register
    assert "cannot be undone" in parsed(ada.get("/profile/delete/")).main.get_text()


def test_an_address_without_its_last_slash_leads_to_the_page(visitor):
    assert visitor.get("/login")["Location"] == "/login/"
    assert visitor.get("/players?page=2")["Location"] == "/players/?page=2"


def test_an_error_stands_beside_its_field_and_is_announced(visitor):
    page = parsed(visitor.register(email="not an address"))
    field = page.select_one("input[name=email]")
    assert field["aria-invalid"] == "true"
    described = field["aria-describedby"].split()
    assert any("valid email" in page.find(id=name).get_text() for name in described)
    summary = page.select_one("main [role=alert][tabindex]")
    assert summary.has_attr("autofocus")
    link = summary.select_one(f'a[href="#{field["id"]}"]')
    assert link.get_text() == "Email address: Enter a valid email address."
    assert page.title.get_text(strip=True).startswith("Error")


def test_the_search_by_discord_id_looks_at_no_other_value(ada):
    Visitor().register(GRACE, zoom_id=ADA["discord_id"])
    assert list(ada.directory(discord_id=ADA["discord_id"])) == ["ada"]
    for name in "username", "email", "birthdate":
        assert list(ada.directory(discord_id=GRACE[name])) == [], name
    assert list(ada.directory(discord_id=ADA["zoom_id"])) == []


@pytest.mark.parametrize(("page", "other"), [("/register/", "/login/"), ("/login/", "/register/")])
def test_where_to_go_next_survives_the_way_between_log_in_and_registration(visitor, page, other):
    links = parsed(visitor.get(page, {"next": "/players/?page=1"})).select("main a")
    [link] = [str(a["href"]) for a in links if str(a["href"]).startswith(other)]
    hidden = parsed(visitor.get(link)).select_one("input[name=next]")
    assert hidden["value"] == "/players/?page=1"


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_account_of_a_forgotten_password_is_found_by_an_index():
    """At a million players, reading the whole table would take half a second."""
    User = get_user_model()
    User.objects.bulk_create(
        User(username=f"player{n}", email=f"Player{n}@example.com") for n in range(2000)
    )
    plans = []

    def explain(execute, sql, params, many, context):
        if sql.startswith("SELECT") and "email" in sql.partition("WHERE")[2]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append(str(cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with connection.execute_wrapper(explain):
        Visitor().post("/password-reset/", {"email": "player1999@EXAMPLE.com"})
    [plan] = [plan for plan in plans if "Scan" in plan][:1]
    assert "Seq Scan" not in plan
    assert "Index" in plan


def test_no_field_lets_a_browser_cut_what_is_pasted(ada):
    """At maxlength it cuts without a word, and counts an emoji as two; an error says what is."""
    for page in every_page(ada):
        assert page.html.select("main [maxlength]") == [], page
