"""Django's own test settings (tests/test_sqlite.py of its source), and a variant's user model."""

import os

from test_sqlite import *  # type: ignore[import-not-found]  # noqa: F403 (of Django's tests)

TEST_RUNNER = "proofs.ecosystem.django_tests.Runner"
if os.environ.get("ECOSYSTEM_VARIANT") == "custom":
    AUTH_USER_MODEL = "players.User"
