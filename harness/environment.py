"""The environment of the processes that are started here, whatever a person's shell has set."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from harness.variants import ROOT

# What a person's shell may have set, and a process that is to run alike everywhere must not see.
FOREIGN = ("DJANGO_", "FORWARDED_", "GUNICORN", "LOCUST_", "PG", "PYTEST", "PYTHON")


def clean() -> dict[str, str]:
    """This process's environment without what is FOREIGN."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def project(
    path: Path,
    database_url: str,
    *,
    settings: str = "config.settings",
    production: bool = False,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The environment of a project's process, in development or production; `more` is added."""
    in_production = {
        "DJANGO_ALLOWED_HOSTS": "localhost",
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
    }
    return {
        **clean(),
        **(in_production if production else {}),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)]),
        **(more or {}),
    }
