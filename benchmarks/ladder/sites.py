"""What a step's site needs to run: a database, and its environment."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.databases import Databases
from benchmarks.ladder import STEPS

ROOT = Path(__file__).resolve().parents[2]


class LadderError(Exception):
    """A step did not do what it is measured for; the text is one line."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


@contextmanager
def site_database(databases: Databases, step: str) -> Iterator[str]:
    """Yield the URL of a new, empty database of this run, which is dropped after the block.

    So is the one that the shared suite makes beside it, for a suite that is killed leaves it.
    Raises psycopg2.Error where the server does not let us.
    """
    # Numbered, for the suite's own name for it has to fit into PostgreSQL's 63 characters.
    name = databases.name("ladder", str(list(STEPS).index(step)))
    try:
        databases.create(name)
        yield databases.url_of(name)
    finally:
        databases.drop(name)
        databases.drop(f"test_{name}_profile_variant")


def environment(step: str, url: str) -> dict[str, str]:
    """The environment of a step's site in development, whatever a person's shell has set."""
    foreign = ("DJANGO_", "PYTEST", "PYTHON")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "benchmarks.ladder.settings",
        "LADDER_STEP": step,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "profile_variant"), str(ROOT)]),
    }


def in_production(environment: dict[str, str]) -> dict[str, str]:
    """The same environment with the settings that make it production."""
    return {
        **environment,
        "DJANGO_ALLOWED_HOSTS": "localhost",
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
    }
