"""Rule 13: A deleted player leaves no orphan, whoever deletes."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction

from shared_tests.people import ADA, GRACE, PASSWORD, details_of
from shared_tests.staff import delete_all_but, player_in_admin
from shared_tests.visitor import Visitor, errors


def test_a_player_deletes_their_account_and_nothing_is_left(ada):
    grace = Visitor()
    grace.register(GRACE)
    response = ada.delete()
    assert (response.status_code, response["Location"]) == (302, "/")
    assert ada.name() is None
    assert list(grace.directory()) == ["grace"]
    assert rows_that_hold(ADA) == []
    assert ada.register().status_code == 302


def test_a_deletion_needs_a_post_and_the_password(ada):
    assert ada.get("/profile/delete/").status_code == 200
    assert list(errors(ada.delete(password="wrong"))) == ["password"]
    assert list(errors(ada.delete(password=""))) == ["password"]
    assert ada.name() == "ada"


def tables_of_people():
    """The table that holds the accounts, whatever it is called."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = connection.introspection.get_table_description(cursor, table)
            if {"username", "password", "is_superuser"} <= {column.name for column in columns}:
                yield table


def rows_that_hold(person):
    """Tables in which one of a person's details is still found."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = str(cursor.fetchall())
            if any(value in text for value in details_of(person).values()):
                found.append(table)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_raw_delete_takes_the_details_with_it_or_is_refused_whole():
    """PostgreSQL cascades. SQLite, whose foreign keys cannot be altered, refuses the orphan."""
    ada, grace = Visitor(), Visitor()
    ada.register()
    grace.register(GRACE)
    [table] = tables_of_people()
    statement = f"DELETE FROM {connection.ops.quote_name(table)} WHERE username = 'ada'"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        deleted = True
    except IntegrityError:
        deleted = False
    assert deleted or connection.vendor == "sqlite"
    if deleted:
        assert rows_that_hold(ADA) == []
        assert ada.name() is None
        assert ada.register().status_code == 302
    else:
        profile = ada.profile()
        assert {name: profile[name] for name in details_of(ADA)} == details_of(ADA)
    assert {"ada", "grace"} == set(grace.directory())


def test_the_password_is_taken_as_it_was_chosen_blanks_at_its_ends_too(visitor):
    password = f" {PASSWORD} "
    visitor.register(password1=password, password2=password)
    assert "password" in errors(visitor.delete(PASSWORD))
    assert visitor.delete(password).status_code == 302
    assert visitor.name() is None


def by_the_player(ada, admin):
    ada.delete()


def by_the_admin(ada, admin):
    path = player_in_admin(admin, "ada").replace("/change/", "/delete/")
    assert admin.post(path, {"post": "yes"}).status_code == 302
    LogEntry.objects.all().delete()  # what staff did is theirs


def by_the_admin_with_others(ada, admin):
    Visitor().register(GRACE)
    assert delete_all_but(admin, "root").status_code == 302
    LogEntry.objects.all().delete()


@pytest.mark.parametrize("delete", [by_the_player, by_the_admin, by_the_admin_with_others])
def test_nothing_at_all_of_a_deleted_player_is_left(ada, admin, delete):
    Visitor().log_in("Ada", password="wrong")
    delete(ada, admin)
    Session.objects.all().delete()  # the admin's, and theirs that no one can use any more
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = str(cursor.fetchall())
            assert "ada@example.com" not in rows, table
            assert "'ada'" not in rows, table
