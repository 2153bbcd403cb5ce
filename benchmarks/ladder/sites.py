"""What a step's site needs to run: a database, and its environment."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from tools.postgres import PostgresError
from tools.serve import fresh_database

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "extending_user_bench_ladder_"


class LadderError(Exception):
    """A step did not do what it is measured for; the text is one line and names the step."""


@contextmanager
def site_database(server: str, step: str, *, test: bool = False) -> Iterator[str]:
    """Yield the URL of a new, empty database, which is dropped after the block.

    With `test`, so is the one that the shared suite makes beside it, if its run was killed.
    Raises PostgresError where the server does not let us.
    """
    if not server.startswith(("postgres:", "postgresql:")):
        raise PostgresError("DATABASE_URL is set, but not to a PostgreSQL server: unset it")
    name = PREFIX + step.replace("-", "_")
    try:
        with fresh_database(server, name) as url:
            if test:
                with fresh_database(server, f"test_{name}_profile_variant"):
                    yield url
            else:
                yield url
    except psycopg2.Error as error:
        raise PostgresError(f"{name} cannot be made or dropped: {error}") from None


def environment(step: str, url: str) -> dict[str, str]:
    """The environment of a step's site in development, whatever a person's shell has set."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTHON"))}
    return {
        **inherited,
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
