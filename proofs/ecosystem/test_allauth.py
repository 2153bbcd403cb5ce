import pytest
from django.urls import include, path

from shared_tests.people import ADA, PASSWORD, details_of
from shared_tests.visitor import Visitor

urlpatterns = [path("accounts/", include("allauth.urls"))]


@pytest.fixture(scope="module")
def ada():
    """Not yet registered: here she signs up."""
    return Visitor()


def test_signing_up_logs_in(ada):
    ada.post("/accounts/signup/", ADA)
    assert ada.name() == "ada", "the site greets"


def test_the_three_details_are_kept(ada):
    assert details_of(ada.profile()) == details_of(ADA), "the profile shows"


def test_logging_in_ends_in_the_site(ada):
    again = Visitor()
    again.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    assert again.profile() == ada.profile(), "the profile shows"
