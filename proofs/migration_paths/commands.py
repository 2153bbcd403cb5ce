"""What a deployment's project is asked to do, in its own process.

`serve` reads a JSON list a line from a socket: a command, a database's name, and arguments. It
answers with a line: `{"result": …}`, or `{"error": …}` with the text of what the command refuses.
"""

import io
import json
import socket
from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory, IrreversibleError
from django.db.migrations.loader import MigrationLoader

from proofs.migration_paths import people, survey, visits

REFUSALS = (
    CommandError,
    DatabaseError,
    IrreversibleError,
    InconsistentMigrationHistory,
    SystemCheckError,
    ValueError,
)


def migrate(*arguments: str) -> list[str]:
    """The lines that `manage.py migrate` prints of what it has done."""
    output = io.StringIO()
    call_command("migrate", *arguments, stdout=output, no_color=True, interactive=False)
    return [line.strip() for line in output.getvalue().splitlines() if "... OK" in line]


def last_migration() -> str:
    """The one that no other of `players` depends on; "zero" without such an app."""
    leaves = MigrationLoader(None).graph.leaf_nodes("players")
    return leaves[0][1] if leaves else "zero"


def missing_migrations() -> str:
    """What `makemigrations` would write; "" if nothing."""
    output = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output, no_color=True)
    except SystemExit:
        return output.getvalue()
    return ""


def flush() -> None:
    call_command("flush", verbosity=0, interactive=False)


COMMANDS: dict[str, Callable[..., Any]] = {
    "migrate": migrate,
    "flush": flush,
    "last_migration": last_migration,
    "missing_migrations": missing_migrations,
    "create": people.create,
    "survey": survey.survey,
    "visit": visits.visit,
}


def answer(command: str, database: str, *arguments: Any) -> dict[str, Any]:
    connection.close()
    connection.settings_dict["NAME"] = database
    ContentType.objects.clear_cache()
    try:
        return {"result": COMMANDS[command](*arguments)}
    except REFUSALS as error:
        text = " ".join(str(error).split())
        return {
            "error": text if isinstance(error, CommandError) else f"{type(error).__name__}: {text}"
        }
    finally:
        connection.close()


def serve(descriptor: int) -> None:
    """Answer until the other end of the socket is closed."""
    with socket.socket(fileno=descriptor) as end, end.makefile("rw") as lines:
        for line in lines:
            print(json.dumps(answer(*json.loads(line)), default=str), file=lines, flush=True)
