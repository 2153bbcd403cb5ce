"""Rule 4: Registration is all or nothing."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from shared_tests.people import ADA, GRACE, another, details_of
from shared_tests.visitor import Visitor, errors


class Unplugged(Exception):
    """What happens at a write that never reaches the database."""


def fail_at_write(number):
    """Let that many writes through, then fail."""
    left = number

    def execute_or_fail(execute, sql, params, many, context):
        nonlocal left
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            left -= 1
            if left < 0:
                raise Unplugged
        return execute(sql, params, many, context)

    return connection.execute_wrapper(execute_or_fail)


def is_complete_or_absent(username, person):
    """A player has all of it and can log in, or nothing, and the name is free again."""
    visitor = Visitor()
    if visitor.log_in(username).status_code == 302:
        profile = visitor.profile()
        return {name: profile[name] for name in details_of(person)} == details_of(person)
    return visitor.register(person, username=username).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_failure_at_any_write_leaves_a_whole_player_or_none(db):
    number = 0
    while True:
        person = another(number)
        with fail_at_write(number):
            response = Visitor(raise_request_exception=False).register(person)
        if response.status_code == 302:
            break
        assert response.status_code == 500
        assert is_complete_or_absent(person["username"], person)
        number += 1
    assert number >= 3, "a registration writes at least a user, a session and a last log-in"


@pytest.mark.django_db(transaction=True)
def test_a_failed_edit_changes_nothing(ada):
    before = ada.profile()
    changes = {
        "email": "new@example.com",
        "zoom_id": "new.zoom",
        "discord_id": "",
        "birthdate": "",
    }
    ada.client.raise_request_exception = False
    number = 0
    while True:
        with fail_at_write(number):
            response = ada.edit(**changes)
        if response.status_code == 302:
            break
        assert response.status_code == 500
        assert ada.profile() == before
        number += 1
    assert number >= 1
    assert {name: ada.profile()[name] for name in changes} == changes


@pytest.mark.django_db(transaction=True)
def test_a_failed_deletion_deletes_nothing(ada):
    before = ada.profile()
    ada.client.raise_request_exception = False
    number = 0
    while True:
        with fail_at_write(number):
            response = ada.delete()
        if response.status_code == 302:
            break
        assert response.status_code == 500
        assert ada.profile() == before
        number += 1
    assert number >= 1
    assert Visitor().log_in().status_code == 200


@pytest.mark.django_db(transaction=True)
def test_kill_9_at_any_write_leaves_a_whole_player_or_none():
    Visitor().register(GRACE)
    database = connection.settings_dict["NAME"]
    run = subprocess.run(
        [sys.executable, "-m", "shared_tests.killed", str(database)],
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ,
    )
    killed = json.loads(run.stdout)
    assert len(killed) >= 3, "a registration writes at least a user, a session and a last log-in"
    for number in killed:
        assert is_complete_or_absent(another(number)["username"], another(number))
    assert list(errors(Visitor().register(ADA, discord_id=GRACE["discord_id"]))) == ["discord_id"]
