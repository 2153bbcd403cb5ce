"""Rule 5: Of those who want one name, one gets it, however close the race."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connection, transaction

from shared_tests.people import ADA, GRACE, another
from shared_tests.staff import player_in_admin, players_in_admin, save
from shared_tests.visitor import Visitor, errors

RACERS = 4


def race(*runs):
    """Run each in a thread, with a connection of its own; all meet before their first write."""
    start = threading.Barrier(len(runs), timeout=20)

    def meet_the_others(run):
        met = False

        def execute_once_met(execute, sql, params, many, context):
            nonlocal met
            if not met and sql.startswith(("INSERT", "UPDATE")):
                met = True
                start.wait()
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(execute_once_met):
                return run()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runs)) as threads:
        return list(threads.map(meet_the_others, runs))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("username", ["ada"] * RACERS),
        ("username", ["ada", "Ada", "ADA", "aDa"]),
        ("email", ["ada@example.com", "Ada@example.com", "ADA@example.com", "aDa@example.com"]),
        ("discord_id", ["ada#1815", "Ada#1815", "ADA#1815", "aDa#1815"]),
    ],
)
def test_of_many_who_register_the_same_at_once_exactly_one_wins(field, values):
    def registration(number, value):
        person = {**another(number), field: value}
        return lambda: Visitor().register(person)

    responses = race(*(registration(number, value) for number, value in enumerate(values)))
    assert sorted(response.status_code for response in responses) == [200] * (RACERS - 1) + [302]
    for response in responses:
        if response.status_code == 200:
            assert list(errors(response)) == [field]
    grace = Visitor()
    grace.register(GRACE)
    assert len(grace.directory()) == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("email", ["countess@example.com", "Countess@example.com"]),
        ("discord_id", ["countess#1", "Countess#1"]),
    ],
)
def test_of_two_who_change_to_the_same_at_once_exactly_one_wins(field, values):
    ada, grace = Visitor(), Visitor()
    ada.register(ADA)
    grace.register(GRACE)
    before = {"ada": ada.profile(), "grace": grace.profile()}
    responses = race(
        lambda: ada.edit(**{field: values[0]}),
        lambda: grace.edit(**{field: values[1]}),
    )
    assert sorted(response.status_code for response in responses) == [200, 302]
    [lost] = [response for response in responses if response.status_code == 200]
    assert list(errors(lost)) == [field]
    after = {"ada": ada.profile(), "grace": grace.profile()}
    assert sum(before[name] != after[name] for name in before) == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_form_submitted_twice_at_once_makes_one_account():
    responses = race(Visitor().register, Visitor().register)
    assert sorted(response.status_code for response in responses) == [200, 302]
    assert Visitor().log_in().status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ada"),
        ("username", "ADA"),
        ("email", "ada@example.com"),
        ("email", "Ada@Example.com"),
        ("discord_id", "ada#1815"),
        ("discord_id", "ADA#1815"),
    ],
)
def test_what_is_taken_is_refused_whatever_its_case(ada, field, value):
    visitor = Visitor()
    assert list(errors(visitor.register(GRACE, **{field: value}))) == [field]
    assert visitor.name() is None
    assert list(ada.directory()) == ["ada"]


@pytest.mark.parametrize(
    ("field", "value"), [("email", "ADA@example.com"), ("discord_id", "Ada#1815")]
)
def test_an_edit_to_what_is_taken_is_refused_whatever_its_case(ada, field, value):
    grace = Visitor()
    grace.register(GRACE)
    before = grace.profile()
    assert list(errors(grace.edit(**{field: value}))) == [field]
    assert grace.profile() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "ADA@example.com"), ("discord_id", "Ada#1815"), ("username", "ADA")],
)
def test_the_admin_is_refused_it_too_with_a_form_error(ada, admin, field, value):
    Visitor().register(GRACE)
    response = save(admin, player_in_admin(admin, "grace"), **{field: value})
    assert response.status_code == 200
    assert b"already exists" in response.content
    assert list(ada.directory()) == ["ada", "grace", "root"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "ADA@example.com"), ("discord_id", "Ada#1815"), ("username", "ADA")],
)
def test_the_admins_page_for_a_new_account_says_so_too(ada, admin, field, value):
    account = {name: GRACE[name] for name in ("username", "email", "password1", "password2")}
    path = f"{players_in_admin(admin)}add/"
    response = save(admin, path, **account | {field: value})
    assert response.status_code == 200
    assert b"already exists" in response.content
    assert list(ada.directory()) == ["ada", "root"]


@pytest.mark.parametrize("field", ["discord_id", "zoom_id", "birthdate"])
def test_what_is_left_blank_repeats_freely(visitor, field):
    for number in range(3):
        assert Visitor().register(another(number), **{field: ""}).status_code == 302


TAKEN = {
    "username": "hopper@example.com",
    "email": "grace@example.com",
    "discord_id": "cobol@example.com",
    "zoom_id": "yale@example.com",
    "birthdate": "1986-12-09",
}


@pytest.mark.parametrize("field", ["username", "email", "discord_id", "zoom_id"])
def test_what_is_taken_is_taken_as_what_it_is_and_as_nothing_else(ada, field):
    """A Discord ID may be somebody's Zoom ID; and two may share a Zoom ID or a birthday."""
    Visitor().register(GRACE, **TAKEN)
    welcome = [value for name, value in TAKEN.items() if name != field or name == "zoom_id"]
    if field == "email":
        welcome.remove(TAKEN["birthdate"])  # which is no address
    if field != "username":
        for value in welcome:
            assert ada.edit(birthdate=TAKEN["birthdate"], **{field: value}).status_code == 302
            assert ada.profile()[field] == value
    ada.delete()
    for number, value in enumerate(welcome):
        player = Visitor()
        assert player.register(another(number), **{field: value}).status_code == 302, value
        assert player.profile()[field] == value


def test_the_admin_takes_a_discord_id_that_is_the_zoom_id_of_another(ada, admin):
    Visitor().register(GRACE)
    page = player_in_admin(admin, "ada")
    assert save(admin, page, discord_id=GRACE["zoom_id"]).status_code == 302
    assert ada.profile()["discord_id"] == GRACE["zoom_id"]


def test_a_blank_email_repeats_freely(db):
    for name in "ada", "grace":
        get_user_model().objects.create_user(name)


def test_the_database_itself_refuses_what_is_taken(ada):
    """With no form before it: create_user() asks nobody."""
    for account in ("ADA", "new@example.com"), ("new", "ADA@example.com"):
        with pytest.raises(IntegrityError), transaction.atomic():
            get_user_model().objects.create_user(*account)


@pytest.mark.parametrize("other", ["İstanbul", "ıstanbul", "ISTANBUL", "ſtanbul"])
def test_letters_whose_case_is_disputed_are_accepted_or_refused_by_the_form(visitor, other):
    visitor.register(username="istanbul")
    response = Visitor().register(GRACE, username=other)
    assert response.status_code == 302 or list(errors(response)) == ["username"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["registration", "edit"])
def test_a_refusal_whose_reason_is_gone_at_a_second_look_asks_to_try_again(ada, form):
    """The other player took the name, and their transaction was rolled back."""
    refused = False

    def refuse_once(execute, sql, params, many, context):
        nonlocal refused
        if sql.startswith(("INSERT", "UPDATE")) and not refused:
            refused = True
            raise IntegrityError
        return execute(sql, params, many, context)

    visitor = ada if form == "edit" else Visitor()

    def submit():
        return visitor.edit(zoom_id="new") if form == "edit" else visitor.register(GRACE)

    with connection.execute_wrapper(refuse_once):
        assert "try again" in errors(submit())[""]
    assert submit().status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_is_a_server_error_and_calls_nothing_taken():
    """Django's constraints with a condition take an error of the database for a violation."""
    gone = False

    def go_when_asked_for_the_address(execute, sql, params, many, context):
        nonlocal gone
        gone = gone or "email" in sql
        if gone:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    wrapper = connection.execute_wrapper(go_when_asked_for_the_address)
    with wrapper, pytest.raises(OperationalError):
        Visitor().register()
    assert gone


def test_two_names_that_only_upper_case_makes_equal_are_two_players(visitor):
    """UPPER() of both begins with I; LOWER(), by which the index compares, keeps them apart."""
    visitor.register(username="ıstanbul")
    assert Visitor().register(GRACE, username="istanbul").status_code == 302
    for username in "istanbul", "ıstanbul":
        either = Visitor()
        either.log_in(username)
        assert either.name() == username
