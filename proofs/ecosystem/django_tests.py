"""Django's own tests of auth in a process of its own: `python -m proofs.ecosystem.django_tests`.

In the folder of Django's tests, with a variant's `players` installed where ECOSYSTEM_VARIANT names
one. Prints, as a last line of JSON, how many tests ran, and what came of those that did not pass.
"""

import inspect
import json
import os
import sys
import unittest
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models.signals import class_prepared
from django.test.runner import DiscoverRunner

from proofs.ecosystem.trial import evidence

VARIANT = os.environ.get("ECOSYSTEM_VARIANT")
outcome: dict[str, Any] = {"ran": 0, "skipped": 0, "deviations": {}}


class Result(unittest.TextTestResult):
    """Keeps what did not pass."""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        outcome["ran"] += 1

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        outcome["skipped"] += 1

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        keep(test, "failed", err)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        keep(test, "error", err)

    def addSubTest(self, test: Any, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            keep(test, "failed" if issubclass(err[0], test.failureException) else "error", err)


def keep(test: unittest.TestCase, kind: str, err: Any) -> None:
    name = test.id().replace("unittest.loader._FailedTest.", "")
    outcome["deviations"].setdefault(name, [kind, evidence(err[1])])


class Runner(DiscoverRunner):
    def get_resultclass(self) -> type[unittest.TextTestResult]:
        return Result

    def setup_databases(self, **kwargs: Any) -> Any:
        """Django's tests run without auth's migrations, so without players': the rules that their
        0002 makes are made by what restores lost ones."""
        settings.MIGRATION_MODULES["players"] = None
        return super().setup_databases(**kwargs)


def take_the_name(sender: Any, **_: Any) -> None:
    """Let `from django.contrib.auth.models import User`, in the tests, mean the custom user."""
    if sender.__module__ == "players.models" and sender.__name__ == "User":
        from django.contrib.auth import models

        models.User = sender  # type: ignore[misc]


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    runtests = import_module("runtests")  # Django's own, in this folder

    if VARIANT == "custom":
        class_prepared.connect(take_the_name)
    if VARIANT:
        runtests.ALWAYS_INSTALLED_APPS += ["axes", "players"]
    names = inspect.signature(runtests.django_tests).parameters
    options: dict[str, Any] = dict.fromkeys(names, False)
    options |= {"verbosity": 0, "parallel": 1, "test_labels": ["auth_tests"]}
    for name in ("start_at", "start_after", "tags", "exclude_tags", "test_name_patterns"):
        options[name] = None
    runtests.django_tests(**options)
    print(json.dumps(outcome))


if __name__ == "__main__":
    from proofs.ecosystem import django_tests  # by its name, for the runner to be found under it

    django_tests.main()
