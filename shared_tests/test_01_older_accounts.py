"""Rule 1: Older accounts keep working."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from shared_tests.people import ADA, PASSWORD, details_of
from shared_tests.staff import addresses_in_admin, save
from shared_tests.visitor import Visitor


@pytest.fixture
def older(db):
    """An account as it was before the details existed: bulk_create() sends no signal."""
    User = get_user_model()
    User.objects.bulk_create(
        [User(username="ada", email=ADA["email"], password=make_password(PASSWORD))]
    )
    return Visitor()


def test_an_older_account_logs_in(older):
    assert older.log_in().status_code == 302
    assert older.name() == "ada"


def test_an_older_account_sees_its_profile_with_empty_details(older):
    older.log_in()
    profile = older.profile()
    assert profile["username"] == "ada"
    assert {profile[name] for name in details_of(ADA)} == {""}


def test_an_older_account_fills_in_its_details(older):
    older.log_in()
    assert older.edit(**details_of(ADA)).status_code == 302
    profile = older.profile()
    assert {name: profile[name] for name in details_of(ADA)} == details_of(ADA)


def test_an_older_account_is_listed_in_the_directory(older):
    older.log_in()
    assert older.directory()["ada"]["discord_id"] == ""


def test_an_older_account_changes_its_password(older):
    older.log_in()
    new = "natural-one-1"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert older.post("/password-change/", form).status_code == 302
    assert Visitor().log_in(password=new).status_code == 302


def test_an_older_account_is_deleted(older):
    older.log_in()
    assert older.delete().status_code == 302
    assert older.log_in().status_code == 200


def test_an_older_account_is_completed_in_the_admin(older, admin):
    response = save(admin, addresses_in_admin(admin, "ada")["ada"], **details_of(ADA))
    assert response.status_code == 302
    older.log_in()
    profile = older.profile()
    assert {name: profile[name] for name in details_of(ADA)} == details_of(ADA)
