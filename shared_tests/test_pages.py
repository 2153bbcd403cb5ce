"""The pages: every one of them does what it says."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth import aauthenticate, authenticate, get_user_model, load_backend
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection
from django.test import AsyncClient, RequestFactory

from shared_tests.pages import OWN_PAGES, link_in, reset_link
from shared_tests.people import ADA, PASSWORD, details_of
from shared_tests.visitor import Visitor, errors, parsed


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
    assert errors(visitor.log_in(password="wrong")) == {
        "": "Please enter a correct username and password. "
        "Mind the case of the password."  # that of the username does not matter
    }
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


def test_an_address_without_its_last_slash_leads_to_the_page(visitor):
    assert visitor.get("/login")["Location"] == "/login/"
    assert visitor.get("/players?page=2")["Location"] == "/players/?page=2"


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
