"""A package on a variant: each test is a step, and goes on from where the one before ended.

    ECOSYSTEM_PACKAGE=allauth DJANGO_SETTINGS_MODULE=proofs.ecosystem.settings

and a variant on the path are what `pytest proofs/ecosystem/test_allauth.py` needs; with
ECOSYSTEM_EXTRA=1, the variant has the extra lines. DATABASE_URL names a migrated database.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test.utils import setup_databases, teardown_databases

from shared_tests.people import ADA, GRACE
from shared_tests.staff import create_superuser
from shared_tests.visitor import Visitor


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """One database for all tests, each of which sees what those before it wrote."""
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False, aliases={"default": False})
        call_command("check")
        yield
        teardown_databases(databases, verbosity=0)


def registered(person: dict[str, str]) -> Visitor:
    visitor = Visitor()
    assert visitor.register(person).status_code == 302, "the answer"
    return visitor


@pytest.fixture(scope="module")
def ada() -> Visitor:
    """Ada, who has registered on the site, and is logged in."""
    return registered(ADA)


@pytest.fixture(scope="module")
def grace() -> Visitor:
    """Grace, who has registered too."""
    return registered(GRACE)


@pytest.fixture(scope="module")
def root() -> Visitor:
    """A superuser, logged in."""
    create_superuser()
    root = Visitor()
    root.log_in("root")
    return root
