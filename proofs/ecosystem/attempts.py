"""Attempts: a package on a variant, as documented or with the extra lines, as jobs of pytest."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from harness.cli import Failure, Refusal
from harness.records import Record
from harness.suite import Job
from harness.variants import ROOT, Variant
from proofs.ecosystem.catalogue import Package

WORKS, WORKS_WITH, BREAKS = "works", "works with", "breaks"
SECONDS = 900  # one takes two, or twenty for Django's tests; this long, on a busy machine, hangs
FOLDER = "ecosystem/"  # of the files of their output, in .results/
OPTIONS = [
    *("-p", "proofs.ecosystem.evidence"),
    *("-p", "no:unraisableexception"),  # which collects garbage again and again in a short life
]


def jobs(package: Package, variant: Variant, database_url: str) -> Iterable[Job]:
    """A package's tests on a variant, whose tables the database has, in each way that is tried."""
    for extra in ways(package, variant):
        yield Job(
            variant,
            database_url,
            tests=[str(package.file.relative_to(ROOT))],
            settings="proofs.ecosystem.settings",
            production=True,
            variables={
                "ECOSYSTEM_PACKAGE": package.id,
                "ECOSYSTEM_EXTRA": "1" if extra else "",
            },
            options=[*OPTIONS, "--exitfirst", "-W", "default"],
            limit=SECONDS,
            name=attempt(package.id, variant.id, extra),
        )


def ways(package: Package, variant: Variant) -> list[bool]:
    """Whether with the extra lines: as documented; and with them, where there are some."""
    return [False, True] if package.extra_for(variant.id) else [False]


def attempt(package: str, variant: str, extra: bool = False) -> str:
    """What the attempt is called, and the file of its output."""
    return f"{FOLDER}{package} {variant}{' with extra lines' if extra else ''}"


def version_of(package: Package) -> str:
    """The version that is installed. Raises Refusal where none is."""
    try:
        return version(package.distribution)
    except PackageNotFoundError:
        raise Refusal(
            f"{package.distribution} is not installed: run this as a session of noxfile.py"
        ) from None


def steps(package: Package) -> dict[str, str]:
    """The tests' names as sentences, by name, in their order."""
    names = re.findall(r"^def (test_\w+)\(", package.file.read_text(), re.MULTILINE)
    return {name: name.removeprefix("test_").replace("_", " ") for name in names}


def failure(package: Package, record: Record) -> dict[str, str]:
    """The step that failed and what it said; nothing where all passed. Raises Failure."""
    if record.passed:
        return {}
    if not record.failed:
        if record.collected and not record.ended:
            raise Failure(f"{record.log} ended before its time: {record.last_error}")
        return {"failed": "it starts", "evidence": record.last_error}
    [first, *_] = record.failed
    step = steps(package)[first.rpartition("::")[2]]
    return {
        "failed": step if record.versions else "its migrations run",
        "evidence": record.tests[first].messages[-1],
    }


def found(
    package: Package, variants: Iterable[Variant], records: Mapping[str, Record]
) -> dict[str, Any]:
    """What matrix.json holds of a package, from the records of its attempts."""
    entries = {}
    warnings: set[str] = set()
    for variant in variants:
        names = [attempt(package.id, variant.id, extra) for extra in ways(package, variant)]
        tried = [records[name] for name in names]
        entries[variant.id] = entry(package, variant, *tried)
        warnings.update(*(one.warnings for one in tried))
    return {
        "version": version_of(package),
        "steps": list(steps(package).values()),
        "deprecations": sorted(w for w in warnings if w.startswith("RemovedInDjango")),
        "variants": entries,
    }


def entry(
    package: Package, variant: Variant, first: Record, second: Record | None = None
) -> dict[str, str]:
    """The verdict on a package and a variant, and its evidence."""
    failed = failure(package, first)
    extra = package.extra_for(variant.id)
    if not failed:
        return {"verdict": WORKS}
    if not (second and extra):
        return {"verdict": BREAKS, **failed}
    still = failure(package, second)
    return {
        "verdict": BREAKS if still else WORKS_WITH,
        **failed,
        "with": extra.title,
        **({"then": f"{still['failed']}: {still['evidence']}"} if still else {}),
    }
