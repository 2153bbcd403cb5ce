"""The pages: every one of them does what it says, and can be used by everybody."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate, get_user_model, load_backend
from django.core import mail
from django.db import connection
from django.test import AsyncClient, RequestFactory

from shared_tests.people import ADA, GRACE, PASSWORD, another, details_of
from shared_tests.staff import deactivate, player_in_admin
from shared_tests.visitor import Visitor, errors, parsed

OPEN_PAGES = ["/", "/register/", "/login/", "/password-reset/", "/password-reset/done/"]
OWN_PAGES = ["/players/", "/profile/", "/profile/edit/", "/profile/delete/", "/password-change/"]


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
    assert "" in errors(visitor.log_in(password="wrong"))
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


def test_the_directory_keeps_its_filter_from_page_to_page(ada):
    for number in range(51):
        Visitor().register(another(number), birthdate="2000-02-29")
    page = parsed(ada.get("/players/", {"born_from": "2000-01-01"}))
    link = page.select_one("a[rel=next]")["href"]
    assert len(parsed(ada.get(f"/players/{link}")).select("[data-player]")) == 1


def test_the_directory_shows_nobodys_address_and_no_birth_date(ada):
    Visitor().register(GRACE)
    page = ada.get("/players/").content.decode()
    assert GRACE["email"] not in page
    assert GRACE["birthdate"] not in page


def test_the_navigation_offers_what_one_may_do(ada, admin):
    def offered(visitor):
        page = parsed(visitor.get("/"))
        return {
            *(link["href"] for link in page.select("header nav a")),
            *(form["action"] for form in page.select("header nav form")),
        }

    everybody = {"/", "/players/"}
    assert offered(Visitor()) == everybody | {"/login/", "/register/"}
    assert offered(ada) == everybody | {"/profile/", "/logout/"}
    assert offered(admin) == everybody | {"/profile/", "/logout/", "/admin/"}


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
    done = visitor.post("/password-reset/", {"email": "ADA@example.com"})
    assert done["Location"] == "/password-reset/done/"
    [message] = mail.outbox
    assert message.to == ["ada@example.com"]
    link = urlsplit(re.search(r"https?://\S+", message.body)[0]).path
    form_path = visitor.get(link)["Location"]
    new = "natural-one-1"
    response = visitor.post(form_path, {"new_password1": new, "new_password2": new})
    assert response["Location"] == "/reset/done/"
    assert visitor.get("/reset/done/").status_code == 200
    assert visitor.log_in(password=new).status_code == 302
    assert not parsed(Visitor().get(link)).select("input[type=password]")


def test_a_reset_for_an_unknown_address_says_the_same_and_sends_nothing(visitor):
    response = visitor.post("/password-reset/", {"email": "nobody@example.com"})
    assert response["Location"] == "/password-reset/done/"
    assert mail.outbox == []


@pytest.mark.parametrize("path", [*OPEN_PAGES, *OWN_PAGES])
def test_every_page_is_semantic_labelled_and_asks_no_other_host(ada, path):
    page = parsed((Visitor() if path in OPEN_PAGES else ada).get(path))
    assert page.html["lang"] == "en"
    assert page.select_one("meta[name=viewport]")
    assert len(page.select("h1")) == 1
    assert page.select("header nav")
    assert page.main
    assert not page.select("[style], style, script:not([src])")
    for element in page.select("link[href], script[src], img[src], iframe[src]"):
        assert not urlsplit(element.get("href") or element.get("src")).netloc
    for field in page.select(
        "input:not([type=hidden], [type=submit], [hidden]), select, textarea"
    ):
        assert page.select_one(f'label[for="{field.get("id")}"]'), field


def test_an_error_stands_beside_its_field_and_is_announced(visitor):
    page = parsed(visitor.register(email="not an address"))
    field = page.select_one("input[name=email]")
    assert field["aria-invalid"] == "true"
    described = field["aria-describedby"].split()
    assert any("valid email" in page.find(id=name).get_text() for name in described)
    summary = page.select_one("main [role=alert]")
    assert summary.select_one(f'a[href="#{field["id"]}"]')
    assert page.title.get_text(strip=True).startswith("Error")


def test_the_search_by_discord_id_looks_at_no_other_value(ada):
    Visitor().register(GRACE, zoom_id=ADA["discord_id"])
    assert list(ada.directory(discord_id=ADA["discord_id"])) == ["ada"]


@pytest.mark.parametrize(("page", "other"), [("/register/", "/login/"), ("/login/", "/register/")])
def test_where_to_go_next_survives_the_way_between_log_in_and_registration(visitor, page, other):
    links = parsed(visitor.get(page, {"next": "/players/?page=1"})).select("main a")
    [link] = [str(a["href"]) for a in links if str(a["href"]).startswith(other)]
    hidden = parsed(visitor.get(link)).select_one("input[name=next]")
    assert hidden["value"] == "/players/?page=1"


def test_the_reset_page_has_the_fields_it_needs(ada):
    new = "natural-one-1"
    visitor = Visitor(enforce_csrf_checks=True)
    assert visitor.submit("/password-reset/", email=ADA["email"]).status_code == 302
    link = urlsplit(re.search(r"https?://\S+", mail.outbox[0].body)[0]).path
    page = visitor.get(link)["Location"]
    assert visitor.submit(page, new_password1=new, new_password2=new).status_code == 302
    assert Visitor().log_in(password=new).status_code == 302


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_account_of_a_forgotten_password_is_found_by_an_index(django_db_blocker):
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


@pytest.mark.parametrize("path", ["/register/", "/login/", "/password-reset/", *OWN_PAGES])
def test_no_field_lets_a_browser_cut_what_is_pasted(ada, path):
    """At maxlength it cuts without a word, and counts an emoji as two; an error says what is."""
    page = parsed((Visitor() if path in OPEN_PAGES else ada).get(path))
    assert page.select("main [maxlength]") == []
