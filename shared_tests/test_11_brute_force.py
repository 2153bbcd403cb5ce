"""Rule 11: Whoever guesses passwords is locked out, and nobody else."""

from datetime import timedelta

import pytest

from shared_tests.people import GRACE
from shared_tests.visitor import Visitor, parsed

LIMIT = 5


def guess(times, usernames=("ada",), path="/login/"):
    """Guess wrong; return the last answer."""
    for number in range(times):
        form = {"username": usernames[number % len(usernames)], "password": f"guess {number}"}
        response = Visitor().post(path, form)
    return response


def test_repeated_wrong_log_ins_are_locked_out_even_with_the_right_password(ada):
    assert guess(LIMIT - 1).status_code == 200
    assert guess(1).status_code == 429
    assert Visitor().log_in().status_code == 429


def test_the_page_says_what_happened_and_when_it_ends(ada):
    page = parsed(guess(LIMIT))
    assert page.h1
    assert f"tried {LIMIT} wrong passwords" in page.main.get_text()
    assert "wait 15 minutes" in page.main.get_text()
    assert page.select_one('a[href="/password-reset/"]')


def test_other_spellings_of_a_name_are_guesses_at_the_same_name(ada):
    assert guess(LIMIT, ["ada", "ADA", "aDa", "ａｄａ"]).status_code == 429


def test_the_admins_log_in_counts_too(ada):
    assert guess(LIMIT, path="/admin/login/").status_code == 429
    assert Visitor().log_in().status_code == 429


def test_other_players_at_the_same_address_still_log_in(ada):
    Visitor().register(GRACE)
    guess(LIMIT)
    assert Visitor().log_in("grace").status_code == 302


def test_the_player_elsewhere_still_logs_in(ada):
    guess(LIMIT)
    elsewhere = Visitor(REMOTE_ADDR="203.0.113.7")
    assert elsewhere.log_in().status_code == 302


def test_a_session_that_is_open_stays_open(ada):
    guess(LIMIT)
    assert ada.name() == "ada"


def test_the_lock_opens_by_itself(ada, settings):
    guess(LIMIT)
    settings.AXES_COOLOFF_TIME = timedelta(0)
    assert Visitor().log_in().status_code == 302


@pytest.mark.parametrize("username", ["nobody", "x" * 250])
def test_guesses_at_names_that_do_not_exist_are_answered_alike(visitor, username):
    assert guess(LIMIT - 1, [username]).status_code == 200
    assert guess(1, [username]).status_code in {200, 429}
