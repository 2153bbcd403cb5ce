"""Rule 9: A session belongs to one account, and ends with it."""

import threading

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import RequestFactory

from shared_tests.overtaking import WRITES, overtaken
from shared_tests.pages import reset_link
from shared_tests.people import GRACE, PASSWORD
from shared_tests.staff import deactivate, player_in_admin
from shared_tests.visitor import Visitor, errors

NEW = "natural-one-1"
CHANGE = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}


def session_key(visitor):
    cookie = visitor.client.cookies.get("sessionid")
    return cookie.value if cookie else None


def test_the_session_key_changes_at_log_in_and_at_registration(ada):
    registered = session_key(ada)
    ada.log_out()
    ada.log_in()
    assert registered
    assert session_key(ada) not in {None, "", registered}


def test_a_key_planted_before_the_log_in_is_worth_nothing_after_it(ada):
    visitor = Visitor()
    visitor.client.cookies["sessionid"] = planted = "planted" * 4
    visitor.log_in()
    assert session_key(visitor) != planted
    stranger = Visitor()
    stranger.client.cookies["sessionid"] = planted
    assert stranger.name() is None


def test_a_cookie_copied_before_the_log_out_is_worth_nothing_after_it(ada):
    copy = Visitor()
    copy.client.cookies["sessionid"] = session_key(ada)
    assert copy.name() == "ada"
    ada.log_out()
    assert copy.name() is None


def test_a_logged_in_player_who_registers_is_sent_home_and_keeps_the_account(ada):
    assert ada.get("/register/")["Location"] == "/"
    assert ada.register(GRACE)["Location"] == "/"
    assert ada.name() == "ada"
    assert Visitor().log_in("grace").status_code == 200


def test_a_form_submitted_twice_makes_one_account(visitor):
    assert visitor.register().status_code == 302
    assert visitor.register().status_code == 302
    assert list(errors(Visitor().register())) == ["username", "email", "discord_id"]
    assert list(visitor.directory()) == ["ada"]


def test_deleting_an_account_ends_every_session_of_it(ada):
    elsewhere = Visitor()
    elsewhere.log_in()
    ada.delete()
    assert (ada.name(), elsewhere.name()) == (None, None)
    assert elsewhere.get("/profile/")["Location"] == "/login/?next=/profile/"


def test_deactivating_an_account_ends_every_session_of_it(ada, admin):
    elsewhere = Visitor()
    elsewhere.log_in()
    assert deactivate(admin, player_in_admin(admin, "ada")).status_code == 302
    assert (ada.name(), elsewhere.name()) == (None, None)
    assert Visitor().log_in().status_code == 200


def test_changing_the_password_ends_the_other_sessions(ada):
    elsewhere = Visitor()
    elsewhere.log_in()
    new = "natural-one-1"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    ada.post("/password-change/", form)
    assert (ada.name(), elsewhere.name()) == ("ada", None)


def test_editing_an_account_that_another_tab_deleted_is_a_clean_log_out(ada):
    other_tab = Visitor()
    other_tab.log_in()
    form = {"email": "ada@example.com", "discord_id": "new", "zoom_id": "", "birthdate": ""}
    other_tab.delete()
    assert ada.post("/profile/edit/", form)["Location"] == "/login/?next=/profile/edit/"
    assert ada.log_in().status_code == 200


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "changes",
    [
        {"zoom_id": "new.zoom"},
        {"email": "new@example.com"},
        {"discord_id": ""},
        {"email": "new@example.com", "zoom_id": "", "discord_id": "new#1"},
    ],
    ids=" and ".join,
)
def test_an_edit_overtaken_by_a_deletion_is_a_clean_log_out(changes):
    """The account goes after the edit has loaded it, and before its first write."""
    ada, other_tab, grace = Visitor(), Visitor(), Visitor()
    grace.register(GRACE)
    ada.register()
    other_tab.log_in()
    response = overtaken(lambda: ada.edit(**changes), by=other_tab.delete)
    assert response.status_code == 302
    assert ada.get(response["Location"], follow=True).redirect_chain in (
        [],
        [("/login/?next=/profile/", 302)],
    )
    assert ada.name() is None
    assert ada.log_in().status_code == 200
    assert list(grace.directory()) == ["grace"]
    assert ada.register().status_code == 302


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_log_in_overtaken_by_a_deletion_is_a_log_in_page():
    ada, other_tab = Visitor(), Visitor()
    other_tab.register()
    response = overtaken(ada.log_in, by=other_tab.delete)
    assert (response.status_code, response["Location"]) == (302, "/login/")
    assert ada.name() is None
    assert list(errors(ada.log_in())) == [""]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", ["/password-change/", "/reset/"])
def test_a_new_password_overtaken_by_a_deletion_brings_nobody_back(page):
    ada, other_tab = Visitor(), Visitor()
    ada.register()
    other_tab.log_in()
    if page == "/reset/":
        ada.log_out()
        page = ada.get(reset_link())["Location"]
    response = overtaken(lambda: ada.post(page, CHANGE), by=other_tab.delete)
    assert response.status_code == 302
    assert ada.name() is None
    assert ada.register().status_code == 302


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("overtaking", [True, False])
def test_the_link_for_anothers_new_password_logs_out_nobody_else(overtaking):
    """In the browser of Grace, who is logged in; Ada deletes her account meanwhile, or not."""
    ada, grace = Visitor(), Visitor()
    ada.register()
    grace.register(GRACE)
    page = grace.get(reset_link())["Location"]
    by = ada.delete if overtaking else ada.profile
    response = overtaken(lambda: grace.post(page, CHANGE), by=by)
    assert response["Location"] == ("/login/" if overtaking else "/reset/done/")
    assert grace.name() == "grace"
    assert ada.name() is None


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_an_edit_overtaken_by_a_deletion_is_not_called_saved():
    ada, other_tab = Visitor(), Visitor()
    ada.register()
    other_tab.log_in()
    response = overtaken(lambda: ada.edit(email="new@example.com"), by=other_tab.delete)
    assert response["Location"] == "/login/"
    assert b"saved" not in ada.get("/login/").content


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_deletion_in_the_middle_of_an_edit_waits_for_it():
    """Neither may hold the lock that the other needs next."""
    ada, other_tab = Visitor(raise_request_exception=False), Visitor(raise_request_exception=False)
    ada.register()
    other_tab.log_in()
    answers = []
    deletion = threading.Thread(
        target=lambda: (answers.append(other_tab.delete().status_code), connection.close())
    )

    def delete_after_the_first_write(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(WRITES) and not deletion.ident:
            deletion.start()
            join_or_block(deletion)
        return result

    with connection.execute_wrapper(delete_after_the_first_write):
        answers.append(ada.edit(email="new@example.com", zoom_id="new.zoom").status_code)
    deletion.join()
    assert answers == [302, 302]
    assert ada.name() is None


BLOCKED_BY_US = "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def join_or_block(thread):
    """Wait until a thread has ended, or waits for a lock that is ours."""
    with connection.cursor() as cursor:
        while thread.is_alive():
            thread.join(timeout=0.02)
            cursor.execute(BLOCKED_BY_US)
            if cursor.rowcount:
                return


def test_a_deactivated_account_authenticates_nowhere(ada, admin):
    deactivate(admin, player_in_admin(admin, "ada"))
    request = RequestFactory().post("/login/")
    assert authenticate(request, username="ada", password=PASSWORD) is None
