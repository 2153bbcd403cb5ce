"""Django's own test settings, from the folder of its tests, and a variant's user model."""

import os
from importlib import import_module

globals().update(vars(import_module("test_sqlite")))
AXES_ENABLED = False  # installed, for players needs it; Django's tests guess at no password
TEST_RUNNER = "proofs.ecosystem.django_tests.Runner"
if os.environ.get("ECOSYSTEM_VARIANT") == "custom":
    AUTH_USER_MODEL = "players.User"
