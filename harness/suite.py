"""The one way to run tests on a variant: the shared suite, its own tests, or some of them.

    python -m harness.suite profile postgresql [-- PYTEST OPTIONS…]

runs both as a person wants to see it, on all cores up to four; `all postgresql` runs those of all
variants side by side. A whole run that passes is kept as a Record, which that, `compare`, `check`
and `reference` read as long as the code is the same.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from harness import cli, environment, processes, records
from harness.postgres import postgresql
from harness.records import DATABASES, Record
from harness.variants import ROOT, VARIANTS, Variant

CORES = ["--numprocesses=auto", "--maxprocesses=4"]  # each with a database of its own
RECORDING = ["-p", "shared_tests.recording"]
# Named, they are loaded without a look at every installed package, which takes half a second.
PLUGINS = ["-p", "django", "-p", "hypothesispytest"]
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
TAIL = 2000  # characters of the output that a Record keeps


@dataclass(frozen=True, eq=False)
class Job:
    """Tests to run on a project: one of the variants, or a changed copy of one.

    `tests` are pytest's arguments: paths from ROOT, or whole ones, as `both` has them.
    `variables` are added to the environment; the run is ended after `limit` seconds. `name` is
    what a progress bar and the file of its output are called.
    """

    project: Variant
    database_url: str
    tests: Sequence[str] = ("shared_tests",)
    settings: str = "config.settings"
    production: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()
    limit: float | None = None
    name: str = ""


def both(project: Variant) -> tuple[str, str]:
    """The shared suite and a project's own tests, as `Job.tests` takes them."""
    return "shared_tests", str(project.path / "tests")


class Run:
    """A job while pytest runs it, in a process of its own, which ends with us."""

    def __init__(self, job: Job, folder: Path) -> None:
        self.job, self._record, self._begun = job, Record(), ""
        self._file, self._log = folder / "record.jsonl", folder / "output"
        self._file.touch()
        self._lines = self._file.open()
        self._end = time.monotonic() + job.limit if job.limit else float("inf")
        with self._log.open("wb") as output:
            self._process = processes.start(
                [
                    *("pytest", *PLUGINS, *job.tests, "-c", str(ROOT / "pyproject.toml")),
                    *("-vv", "--tb=short"),  # whole messages: the mutants are known by theirs
                    *(f"--rootdir={ROOT}", "-p", "no:cacheprovider"),
                    *(*RECORDING, f"--record={self._file}", *job.options),
                ],
                environment.project(
                    job.project.path,
                    job.database_url,
                    settings=job.settings,
                    production=job.production,
                    more={**ALONE, **job.variables},
                ),
                stdout=output,
                stderr=output,
            )

    def follow(self) -> Record:
        """What is known so far."""
        while line := self._lines.readline():
            self._begun += line
            if line.endswith("\n"):  # else the rest comes later
                self._record.take(self._begun)
                self._begun = ""
        return self._record

    def is_over(self) -> bool:
        """Whether it has ended, or has had its time."""
        return self._process.poll() is not None or time.monotonic() > self._end

    def end(self) -> Record:
        """End it if it runs, and say what it found, with the end of its output."""
        processes.kill(self._process)
        record = self.follow()
        record.output = self._log.read_text(errors="replace")[-TAIL:]
        self._lines.close()
        if self.job.name:
            kept = records.RESULTS / f"{self.job.name.replace(', ', '-').replace(' ', '_')}.log"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(self._log.read_bytes())
            record.log = str(kept.relative_to(ROOT))
        return record


def run(
    jobs: Iterable[Job],
    *,
    at_once: int = 2,
    progress: Callable[[Job, Record], None] = lambda job, record: None,
) -> Generator[tuple[Job, Record], None, None]:
    """Run the jobs, some at once, and yield each with its Record as it ends.

    A job is taken from `jobs` only when it starts, so that these may be made as they are needed.
    `progress` is called again and again with what is known of each job under way. The runs end
    with the generator, or with this process.
    """
    waiting = iter(jobs)
    running: dict[Run, tempfile.TemporaryDirectory[str]] = {}
    try:
        while True:
            for job in islice(waiting, at_once - len(running)):
                folder = tempfile.TemporaryDirectory(prefix="suite-", ignore_cleanup_errors=True)
                running[Run(job, Path(folder.name))] = folder
            if not running:
                return
            time.sleep(0.05)
            for one in list(running):
                over = one.is_over()
                progress(one.job, one.follow())
                if over:
                    record = one.end()
                    running.pop(one).cleanup()
                    yield one.job, record
    finally:
        for one, folder in running.items():
            one.end()
            folder.cleanup()


def run_with_a_bar(jobs: Sequence[Job]) -> list[tuple[Job, Record]]:
    """Run the jobs, with a bar a job of the tests that have ended; in the order of `jobs`.

    Four at once, for three on two cores would leave one idle while the last one runs.
    """
    found: dict[str, tuple[Job, Record]] = {}
    with cli.bar() as bars:
        tasks = {job.name: bars.add_task(job.name, total=None) for job in jobs}

        def show(job: Job, record: Record) -> None:
            bars.update(
                tasks[job.name], total=len(record.collected) or None, completed=len(record.tests)
            )

        with contextlib.closing(run(jobs, at_once=4, progress=show)) as ended:
            for job, record in ended:
                found[job.name] = job, record
    return [found[job.name] for job in jobs]


@contextlib.contextmanager
def a_database(kind: str) -> Iterator[str]:
    """The URL of a database for suites: on PostgreSQL, DATABASE_URL's or a new server's; or a new
    file of SQLite."""
    if kind == "postgresql":
        with postgresql() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory(prefix="suite-") as folder:
            yield f"sqlite:///{quote(Path(folder, 'db.sqlite3').as_posix())}"


def recorded(
    wanted: Sequence[tuple[Variant, str]], *, again: bool = False
) -> dict[tuple[str, str], Record]:
    """By variant and database, the Record of a run of all tests: a fitting one where it is kept,
    else of a run made now, and then kept if it passed."""
    found: dict[tuple[str, str], Record] = {}
    for variant, kind in wanted:
        kept = None if again else records.fitting(variant, kind)
        if kept:
            found[variant.id, kind] = kept
    missing = [one for one in wanted if (one[0].id, one[1]) not in found]
    if found:
        dates = sorted(record.date for record in found.values())
        print(
            f"{len(found)} of {len(wanted)} runs are read, not made again: they passed on exactly "
            f"this code, the first of them at {dates[0]}.",
            file=sys.stderr,
        )
    if not missing:  # nor is an empty bar drawn
        return found
    before = {variant.id: records.fingerprint(variant) for variant, _ in missing}
    with contextlib.ExitStack() as stack:
        urls: dict[str, str] = {}
        jobs = {}
        for variant, kind in missing:
            name = f"{variant.title}, {DATABASES[kind]}"
            place = kind if kind == "postgresql" else name  # one server, but a file for each suite
            if place not in urls:
                urls[place] = stack.enter_context(a_database(kind))
            jobs[name] = variant, kind, urls[place]
        made = run_with_a_bar(
            [
                Job(variant, url, both(variant), name=name)
                for name, (variant, _, url) in jobs.items()
            ]
        )
    for job, record in made:
        variant, kind, _ = jobs[job.name]
        found[variant.id, kind] = record
        keep(record, variant, kind, before[variant.id])
    return found


def keep(record: Record, variant: Variant, kind: str, before: str) -> None:
    """Keep the Record of a whole run that passed, on code that has been the same since `before`,
    the fingerprint at its beginning; forget an older one otherwise."""
    place = records.place(variant, kind)
    if record.passed and records.fingerprint(variant) == before:
        record.fingerprint = before
        records.save(record, place)
    else:
        place.unlink(missing_ok=True)


def in_this_terminal(
    variant: Variant, kind: str, options: Sequence[str] = (), coverage: Path | None = None
) -> int:
    """Run both suites as a person wants to see them; returns the exit status.

    Measures the coverage of the variant's code, branches too, into a file if one is named: the
    suites take a third more CPU time then.
    """
    with a_database(kind) as url, tempfile.TemporaryDirectory(prefix="suite-") as folder:
        file = Path(folder, "record.jsonl")
        before = records.fingerprint(variant)
        pytest = [sys.executable, "-m", "pytest", *both(variant), *CORES, *options]
        if coverage:
            packages = [path.parent for path in variant.path.glob("*/__init__.py")]
            pytest += [f"--cov={path}" for path in packages if path.name != "tests"]
            pytest += ["--cov-branch", "--cov-report="]
        more = {"COVERAGE_FILE": str(coverage)} if coverage else {}
        child = subprocess.Popen(
            [*pytest, *RECORDING, f"--record={file}"],
            cwd=ROOT,
            env=environment.project(variant.path, url, more=more),
        )
        try:
            status = child.wait()
        except KeyboardInterrupt:  # it has heard of Ctrl-C as well, but not of SIGTERM
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(5)
            child.terminate()
            child.wait()
            raise
        record = records.read(file)
        if not options:
            keep(record, variant, kind, before)
    # To us, 2 means bad input, such as an option that pytest does not know: its own 4.
    return {2: 1, 4: 2}.get(status, status)


def side_by_side(kind: str) -> int:
    """Run the suites of all variants that have not passed on this code; returns the status."""
    found = recorded([(variant, kind) for variant in VARIANTS.values()])
    for (id, _), record in found.items():
        said = f"{len(record.tests)} tests, none failed"
        if not record.passed:
            said = f"FAILED {(record.failed or [record.last_error])[0]}; all of it: {record.log}"
        print(f"{id}: {said}")
    return int(not all(record.passed for record in found.values()))


@cli.command
def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="python -m harness.suite", description=__doc__)
    parser.add_argument("variant", choices=[*VARIANTS, "all"])
    parser.add_argument("database", choices=list(DATABASES))
    parser.add_argument("options", nargs="*", help="pytest's, after --")
    options = parser.parse_args(arguments)
    if options.variant == "all":
        if options.options:
            parser.error("pytest's options go to the suite of one variant")
        return side_by_side(options.database)
    return in_this_terminal(VARIANTS[options.variant], options.database, options.options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
