"""What a step's site needs to run: a database, and its environment."""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from tools.postgres import PostgresError

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "extending_user_bench_ladder_"


class LadderError(Exception):
    """A step did not do what it is measured for; the text is one line."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


@contextmanager
def site_database(server: str, step: str) -> Iterator[str]:
    """Yield the URL of a new, empty database, which is dropped after the block.

    So is the one that the shared suite makes beside it, for a suite that is killed leaves it.
    Raises PostgresError where the server does not let us.
    """
    if not server.startswith(("postgres:", "postgresql:")):
        raise PostgresError("DATABASE_URL is set, but not to a PostgreSQL server: unset it")
    name = PREFIX + step.replace("-", "_")

    def execute(statement: str, *names: str) -> None:
        with closing(psycopg2.connect(server)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for each in names:
                    cursor.execute(sql.SQL(statement).format(sql.Identifier(each)))

    def drop() -> None:
        execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name, f"test_{name}_profile_variant")

    try:
        drop()
        try:
            execute("CREATE DATABASE {}", name)
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            drop()
    except psycopg2.Error as error:
        raise PostgresError(f"{name} cannot be made or dropped: {error}") from None


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
