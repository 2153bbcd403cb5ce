"""One subject's process: reads commands as lines of JSON, answers each with one.

`python -m benchmarks.worker SUBJECT`, with DATABASE_URL and, for a variant, PYTHONPATH set.
`benchmarks.crew` holds the other end.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.extensions import connection as Connection

from benchmarks.answers import Prepared
from benchmarks.meter import Meter, remember_queries
from benchmarks.operations import Key
from benchmarks.seeding import FLOOR_SCHEMA


class Worker:
    """What all subjects' processes do; `operations` is the module that holds the operations."""

    operations: ModuleType

    def __init__(self) -> None:
        self.url = os.environ["DATABASE_URL"]
        self.meter = Meter(self.url)
        self.backend: Path | None = None

    def connect(self, database: str) -> Connection:
        """Leave the database that is connected, and connect to another of the same server."""
        raise NotImplementedError

    def connection(self) -> Connection:
        """The connection that the operations use."""
        raise NotImplementedError

    def migrate(self) -> None:
        """Make the subject's tables in the connected, empty database."""
        raise NotImplementedError

    # The commands.

    def do_connect(self, database: str, seed: int) -> None:
        connection = self.connect(database)
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        self.backend = backend_of(connection, database)
        self.operations.SEED = seed  # type: ignore[attr-defined]

    def do_migrate(self) -> None:
        self.migrate()

    def do_leave(self) -> None:
        """Let go of the database, so that it can be copied or dropped."""
        self.connection().close()

    def do_answer(self, operation: str, key: Key) -> Any:
        """The operation's answer, nothing measured."""
        run, answer = self._prepare(operation, key)
        return answer(run())

    def do_measure(self, operation: str, key: Key) -> dict[str, Any]:
        """The exact figures of one call, its statements, and its answer."""
        run, answer = self._prepare(operation, key)
        self.meter.start(self.connection())
        try:
            result = run()
        finally:
            self.meter.on = False
        measured = self.meter.stop(self.connection())
        return {**measured, "answer": answer(result)}

    def do_time(self, operation: str, keys: list[Key]) -> dict[str, Any]:
        """Seconds per call of a block of calls, and the answer of the last.

        The seconds are three: wall, CPU of this process, CPU of the backend or None.
        """
        prepared = [self._prepare(operation, key) for key in keys]
        runs = [run for run, _ in prepared]
        result = None
        backend = self._backend_cpu()
        wall, cpu = time.perf_counter(), time.process_time()
        for run in runs:
            result = run()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        after = self._backend_cpu()
        spent = None if backend is None or after is None else (after - backend) / len(runs)
        seconds = [wall / len(runs), cpu / len(runs), spent]
        return {"seconds": seconds, "answer": prepared[-1][1](result)}

    def _prepare(self, operation: str, key: Key) -> Prepared:
        function: Callable[[Key], Prepared] = getattr(self.operations, operation)
        return function(key)

    def _backend_cpu(self) -> float | None:
        """Seconds of CPU that the server process has used; None where nobody tells."""
        return int(self.backend.read_text().split()[0]) / 1e9 if self.backend else None


def backend_of(connection: Connection, database: str) -> Path | None:
    """Where Linux tells the CPU time of a connection's server process.

    None where it is another system, or where the process of that number is another: the server is
    elsewhere. PostgreSQL's processes bear the name of their database, which is this run's alone.
    """
    process = Path("/proc", str(connection.info.backend_pid))
    try:
        ours = database in (process / "cmdline").read_text()
        (process / "schedstat").read_text()
    except OSError:
        return None
    return process / "schedstat" if ours else None


class DjangoWorker(Worker):
    """A variant's process."""

    def __init__(self) -> None:
        import django

        django.setup()
        from django.db import connection

        from benchmarks import through_django
        from players import queries

        super().__init__()
        self.django = connection
        self.operations = through_django
        remember_queries(queries, self.meter)

    def connect(self, database: str) -> Connection:
        self.django.close()
        self.django.settings_dict["NAME"] = database
        self.django.execute_wrappers[:] = [self._noting]
        return self.connection()

    def connection(self) -> Connection:
        self.django.ensure_connection()
        connection: Connection = self.django.connection
        return connection

    def do_leave(self) -> None:
        self.django.close()

    def migrate(self) -> None:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)

    def _noting(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.meter.note(sql)
        return execute(sql, params, many, context)


class FloorWorker(Worker):
    """The process without Django."""

    def __init__(self) -> None:
        from benchmarks import floor

        super().__init__()
        self.floor = floor
        self.operations = floor
        floor.NOTE = self.meter.note

    def connect(self, database: str) -> Connection:
        if self.floor.CONNECTION:
            self.floor.CONNECTION.close()
        url = urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))
        self.floor.CONNECTION = psycopg2.connect(url)
        self.floor.CONNECTION.autocommit = True
        return self.floor.CONNECTION

    def connection(self) -> Connection:
        assert self.floor.CONNECTION
        return self.floor.CONNECTION

    def migrate(self) -> None:
        with self.connection().cursor() as cursor:
            cursor.execute(FLOOR_SCHEMA)


def main(subject: str) -> None:
    # Answers go to the real stdout; whatever prints, prints to stderr.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = FloorWorker() if subject == "floor" else DjangoWorker()
    gc.collect()
    gc.freeze()  # what start-up made is not to be searched for garbage again and again
    for line in sys.stdin:
        command = json.loads(line)
        try:
            result = getattr(worker, f"do_{command.pop('do')}")(**command)
            answer = {"result": result}
        except Exception as error:  # the other end says what it means
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
