"""What a run of the tests has found, as the plugin `shared_tests.recording` writes it down."""

import hashlib
import json
import os
import platform
import re
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.text import write
from harness.variants import ROOT, Variant

RESULTS = ROOT / ".results"
RECORDS = RESULTS / "records"
DATABASES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
# What decides the outcome, besides the project itself.
CODE = ("shared_tests/**/*", "pyproject.toml", "requirements/tests.txt")
NOT_CODE = {"__pycache__", ".venv", "staticfiles", ".pytest_cache"}


@dataclass
class Outcome:
    """Of one test: "passed", "skipped", "failed" or, where something around it failed, "error";
    and what its failures said: pytest's E lines."""

    outcome: str
    messages: list[str] = field(default_factory=list)


@dataclass
class Record:
    """One run of tests on one database.

    `tests`: outcomes by node id, as they end; `collected`: the ids in the order of the suite.
    `left_out`: the ids that this database cannot run. `operations`: by name, the figures of a
    budget and `sql`: each statement as `sql` and in `words`; empty unless rule 14's test ran and
    held. `tables` and `ddl`: the database after migrate. `versions`: of Python, Django and the
    database. `date`: when it began. `warnings`: those that were no errors, as "Category: text".
    `status`: pytest's; None for a run that was stopped, or broke, before its end. `output`: the
    end of what pytest printed; `log`: the file with all of it, from ROOT.
    """

    tests: dict[str, Outcome] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    ddl: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    date: str = ""
    fingerprint: str = ""
    collected: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    status: int | None = None
    output: str = ""
    log: str = ""

    @property
    def ended(self) -> bool:
        return self.status is not None

    @property
    def failed(self) -> list[str]:
        """The ids of the tests that did not pass."""
        return [id for id, one in self.tests.items() if one.outcome in {"failed", "error"}]

    @property
    def passed(self) -> bool:
        """Whether it came to its end, and no test failed."""
        return self.status == 0 and bool(self.tests) and not self.failed

    @property
    def last_error(self) -> str:
        """The last line of its output that names an error, else the last one."""
        errors = re.findall(r"^(?:E +)?(?:\w+\.)*(\w+: .+)$", self.output, re.MULTILINE)
        return str((errors or self.output.strip().split("\n"))[-1])

    def shared(self) -> dict[str, Outcome]:
        """The tests of the shared suite alone."""
        return {id: one for id, one in self.tests.items() if id.startswith("shared_tests/")}

    def take(self, line: str) -> None:
        """Take in a line of the file. Lines of other kinds are let be."""
        entry = json.loads(line)
        if "test" in entry:
            known = self.tests.setdefault(entry["test"], Outcome(entry["outcome"]))
            if entry["outcome"] != "passed":
                if known.outcome != "failed":  # what breaks afterwards, at the teardown, is less
                    known.outcome = entry["outcome"]
                known.messages += entry["messages"]
        else:
            for name, value in entry.items():
                setattr(self, name, value)


def read(path: Path) -> Record:
    """The record in a file; an empty one where there is none, or it is cut off."""
    record = Record()
    try:
        for line in path.read_text().splitlines():
            record.take(line)
    except (OSError, ValueError):
        return Record()
    return record


def save(record: Record, path: Path) -> None:
    """Write a record as `read` reads it, whole or not at all; its tests in the suite's order."""
    about = asdict(record)
    tests, order = about.pop("tests"), about.pop("collected")
    lines = [
        {"test": id, "outcome": tests[id]["outcome"], "messages": tests[id]["messages"]}
        for id in [*filter(tests.get, order), *(id for id in tests if id not in order)]
    ]
    write(path, "".join(f"{json.dumps(line)}\n" for line in [*lines, about]))


def place(variant: Variant, database: str) -> Path:
    """Where the last run of all tests on one of DATABASES is kept, under this Python and Django:
    a run of the matrix takes no other's place."""
    versions = f"python{platform.python_version()}-django{version('django')}"
    return RECORDS / f"{variant.id}-{database}-{versions}.jsonl"


def coverage(variant: Variant) -> Path:
    """Where the coverage is kept that `check` measured in a passed run on exactly this code.

    It has whole paths in it, so that a clone which was moved measures anew.
    """
    here = hashlib.sha256(f"{fingerprint(variant)} {ROOT}".encode()).hexdigest()
    return RECORDS / f"{variant.id}-{here[:16]}.coverage"


def fingerprint(variant: Variant) -> str:
    """A hash of all that decides how a variant's tests end: code, packages, Python, server."""
    own = (path for path in variant.path.rglob("*") if path.is_file())
    files = [*own, *(path for pattern in CODE for path in ROOT.glob(pattern) if path.is_file())]
    digest = hashlib.sha256()
    for path in sorted(files):
        name = path.relative_to(variant.path if path.is_relative_to(variant.path) else ROOT)
        if not NOT_CODE & set(name.parts) and ".sqlite3" not in name.name:
            digest.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    server = urlsplit(os.environ.get("DATABASE_URL", ""))
    about = [platform.python_version(), version("django"), server.hostname, str(server.port)]
    digest.update(repr(about).encode())
    return digest.hexdigest()


def fitting(variant: Variant, database: str) -> Record | None:
    """The last run of all tests if it passed, on exactly the code that is here now."""
    record = read(place(variant, database))
    return record if record.passed and record.fingerprint == fingerprint(variant) else None
