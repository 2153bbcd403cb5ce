"""The plugin with which pytest runs Django's own tests, as Django's `runtests.py` sets them up.

    pytest -p proofs.ecosystem.django_tests … $DJANGO_TESTS/auth_tests

with DJANGO_TESTS, the folder of Django's tests, and a variant on the path or none.
"""

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.conf import settings
from django.db.models.signals import class_prepared


def pytest_configure(config: pytest.Config) -> None:
    """Set up Django, before pytest-django does, with a variant's `players` installed.

    Django's tests run without auth's migrations, so without players': the rules that their 0002
    makes are made by what restores lost ones.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "proofs.ecosystem.django_settings"
    sys.path.insert(0, os.environ["DJANGO_TESTS"])
    runtests = import_module("runtests")
    class_prepared.connect(take_the_name)
    if find_spec("players"):
        runtests.ALWAYS_INSTALLED_APPS.extend(["axes", "players"])
    runtests.setup_run_tests(0, None, None, ["auth_tests"])
    settings.MIGRATION_MODULES["players"] = None


def take_the_name(sender: Any, **_: Any) -> None:
    """Let `from django.contrib.auth.models import User`, in the tests, mean the custom user."""
    if sender.__module__ == "players.models" and sender.__name__ == "User":
        from django.contrib.auth import models

        models.User = sender  # type: ignore[misc]
