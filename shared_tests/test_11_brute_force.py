"""Rule 11: Whoever guesses passwords is locked out, and nobody else."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from shared_tests.manage import in_production
from shared_tests.people import GRACE
from shared_tests.staff import addresses_in_admin, delete_all_but, player_in_admin
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


@pytest.mark.parametrize("way", ["own page", "page of the admin", "action of the admin"])
def test_a_deletion_ends_the_lock_of_nobody_else(ada, admin, way):
    grace = Visitor()
    grace.register(GRACE)
    guess(LIMIT)
    if way == "own page":
        grace.delete()
    elif way == "page of the admin":
        page = player_in_admin(admin, "grace").replace("/change/", "/delete/")
        admin.post(page, {"post": "yes"})
    else:
        delete_all_but(admin, "root", "ada")
    assert set(addresses_in_admin(admin)) == {"ada", "root"}
    assert Visitor().log_in().status_code == 429


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


@pytest.mark.parametrize("username", ["nobody", "x" * 250, "x" * 300, "é" * 5000])
def test_guesses_at_names_that_do_not_exist_are_answered_alike(visitor, username):
    assert guess(LIMIT - 1, [username]).status_code == 200
    assert guess(1, [username]).status_code in {200, 429}


@pytest.mark.parametrize("spelling", ["k\u0130m", "K\u0130M", "\u212aim"])
def test_a_spelling_that_finds_the_account_counts_as_its_name(visitor, spelling):
    """The database's LOWER() decides which spellings are one name: for it, İ may be an i."""
    visitor.register(username="kim")
    guess(LIMIT, ["kim"])
    elsewhere = Visitor(REMOTE_ADDR="203.0.113.7")
    finds_kim = elsewhere.log_in(spelling).status_code == 302
    locked = Visitor().log_in(spelling).status_code == 429
    assert locked or not finds_kim


def test_names_that_the_database_keeps_apart_are_counted_apart(visitor):
    """LOWER() of the letter without a dot is that letter: two players, and two counts."""
    visitor.register(username="\u0131stanbul")
    Visitor().register(GRACE, username="istanbul")
    guess(LIMIT, ["istanbul"])
    assert Visitor().log_in("\u0131stanbul").status_code == 302


# What speaks HTTPS for the site appends the address that it sees to X-Forwarded-For.
BEHIND_PROXY = """
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from shared_tests.people import ADA, PASSWORD
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
call_command("migrate", verbosity=0)
def log_in(password, forwarded):
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": forwarded}
    form = {"username": "ada", "password": password}
    client = Client(SERVER_NAME="players.example.com", REMOTE_ADDR="192.0.2.1")
    return client.post("/login/", form, headers=headers).status_code
headers = {"x-forwarded-proto": "https"}
client = Client(SERVER_NAME="players.example.com")
assert client.post("/register/", ADA, headers=headers).status_code == 302
"""
CASES = [
    ("a stranger", ["203.0.113.7"] * 5, "198.51.100.9", 302),
    ("the player's own address", ["203.0.113.7"] * 5, "203.0.113.7", 429),
    ("forged in front", [f"198.51.100.{n}, 203.0.113.7" for n in range(5)], "203.0.113.7", 429),
    ("forged as the player's", ["198.51.100.9, 203.0.113.7"] * 5, "198.51.100.9", 302),
    ("with the port", ["203.0.113.7:5678"] * 5, "203.0.113.7:999", 429),
    ("a stranger's port", ["203.0.113.7:5678"] * 5, "198.51.100.9:5678", 302),
    ("IPv6 with the port", ["[2001:db8::7]:443"] * 5, "2001:db8::7", 429),
    ("no address", ["unknown"] * 5, "nonsense", 429),
    ("IPv6", ["2001:db8::7"] * 5, "2001:0db8:0::7", 429),
]


def test_behind_a_web_server_the_address_that_it_wrote_counts():
    code = (
        BEHIND_PROXY
        + f"""
from axes.utils import reset
for case, guesses, then, expected in {CASES!r}:
    reset()
    for forwarded in guesses:
        log_in("wrong", forwarded)
    print(case, log_in(PASSWORD, then) == expected)
"""
    )
    lines = in_production(code, DJANGO_BEHIND_PROXY="1")
    assert lines == [f"{case} True" for case, *_ in CASES]


def test_without_one_a_forged_address_is_not_believed(ada):
    for number in range(LIMIT):
        visitor = Visitor(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        visitor.log_in(password=f"guess {number}")
    assert Visitor(HTTP_X_FORWARDED_FOR="198.51.100.9").log_in().status_code == 429
    assert Visitor(REMOTE_ADDR="198.51.100.9").log_in().status_code == 302


def test_whoever_unlocks_a_name_may_write_it_in_any_case(ada):
    guess(LIMIT)
    call_command("axes_reset_username", "Ada", verbosity=0, stdout=StringIO())
    assert Visitor().log_in().status_code == 302
