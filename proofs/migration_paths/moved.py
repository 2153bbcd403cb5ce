"""The shared suite on a database that has moved: behaviour, after the rows were compared."""

from contextlib import closing
from dataclasses import replace

from harness import suite
from harness.cli import Failure
from harness.databases import Databases
from harness.suite import Job
from harness.variants import Variant
from proofs.migration_paths.paths import SWITCH, MigrationPath
from proofs.migration_paths.walk import walking

FOR_SESSIONS = "keep_sessions.diff"


def held_to_the_suite(path: MigrationPath, databases: Databases) -> str:
    """Move a database without the app `league`, empty it, and run the suite on it as it is.

    The project is what it is in the end: without the path's own migrations, which have no way back
    where one of the suite's tests goes back to zero, and without the backend that was kept for old
    sessions, which hashes a wrong password a second time. Raises Failure.
    """
    path = replace(path, diffs=tuple(diff for diff in path.diffs if diff != FOR_SESSIONS))
    with walking(path, databases, lambda what: None, league=False) as walk:
        name = walk.before("s")  # short: the suite's tests add to it
        walk.prepare.migrate(name)
        walk.new.migrate(name)
        walk.finish.migrate(name)
        walk.finish.flush(name)
        if path.tables:
            walk.ask(name, "DROP TABLE attendance")  # no part of the site that the suite knows
        for migration in path.migrations(SWITCH):
            (walk.new.project / "players" / "migrations" / f"{migration}.py").unlink()
        # What pytest-django would create: --reuse-db takes it as it finds it.
        variant = Variant.read(walk.new.project)
        databases.create(f"test_{name}_{variant.id}", name)
        job = Job(variant, databases.url_of(name), options=["--reuse-db"])
        with closing(suite.run([job])) as ended:
            [(_, record)] = ended
    if not record.passed:
        where = record.failed[0] if record.failed else record.last_error
        raise Failure(f"{path.name}: the shared suite on the moved database: {where}")
    return f"{len(record.tests)} passed"
