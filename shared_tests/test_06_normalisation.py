"""Rule 6: A username is normalised (NFKC) before it is stored, and hashed once."""

import pytest
from django.contrib.auth import get_user_model

from shared_tests.costs import measured
from shared_tests.people import GRACE, PASSWORD
from shared_tests.visitor import Visitor, errors


@pytest.mark.parametrize(
    ("typed", "stored"), [("ﬁona", "fiona"), ("ｋｉｍ", "kim"), ("ame\u0301lie", "am\u00e9lie")]
)
def test_a_compatible_spelling_registers_as_the_plain_one(visitor, typed, stored):
    assert visitor.register(username=typed).status_code == 302
    assert visitor.name() == stored
    for spelling in typed, stored:
        assert Visitor().log_in(spelling).status_code == 302


def test_a_compatible_spelling_of_a_taken_name_is_taken(visitor):
    visitor.register(username="fiona")
    assert list(errors(Visitor().register(GRACE, username="ﬁona"))) == ["username"]


def test_a_registration_hashes_the_password_once(visitor):
    with measured() as cost:
        visitor.register()
    assert cost.hashes == 1


@pytest.mark.parametrize("password", [PASSWORD, "wrong"], ids=["right", "wrong"])
@pytest.mark.parametrize("username", ["ada", "nobody", "gone"])
def test_a_log_in_hashes_once_whether_or_not_the_name_exists(ada, username, password):
    """One that was deactivated is answered as one that never was, in as much time."""
    get_user_model().objects.create_user("gone", password=PASSWORD, is_active=False)
    with measured() as cost:
        answer = Visitor().log_in(username, password)
    assert cost.hashes == 1
    if (username, password) == ("ada", PASSWORD):
        assert answer.status_code == 302
    else:
        assert errors(answer) == errors(Visitor().log_in("never-was", "wrong"))


def test_a_name_is_shown_as_it_was_typed(visitor):
    visitor.register(username="Ada")
    assert visitor.name() == "Ada"
