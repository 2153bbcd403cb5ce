"""Which tests come past a line of the code, or draw a template: only they can kill its mutants.

A pytest plugin, too, which writes down how long each test takes and which templates it draws.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from harness import environment, records, suite
from harness.cli import Failure
from harness.text import write
from harness.variants import ROOT, Variant
from proofs.mutants.engine.mutants import Mutant
from proofs.mutants.engine.warm import known

RENDERED = "RENDERED_TEMPLATES"  # the variable that names the plugin's file


@dataclass
class Contexts:
    """`seconds` of each test; by file, the ids of the tests that draw this template, or that come
    past each line; `always`: the lines that are run outside of tests, at import or at migrate, or
    in another process, of which it is not known for which test."""

    seconds: dict[str, float] = field(default_factory=dict)
    templates: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    always: dict[str, list[int]] = field(default_factory=dict)

    @cached_property
    def order(self) -> dict[str, int]:
        """The places of the tests: those first that come past the most code in a second which no
        test before them has come past; then the others, as the suite has them."""
        past: dict[str, set[tuple[str, str]]] = {test: set() for test in self.seconds}
        for file, by_line in [*self.lines.items(), ("", self.templates)]:
            for line, tests in by_line.items():
                for test in tests:
                    past.get(test, set()).add((file, line))

        def gain(test: str) -> float:
            return len(past[test]) / (self.seconds[test] + 0.05)

        order: list[str] = []
        while past and (best := max(past, key=gain)) and past[best]:
            order.append(best)
            new = past.pop(best)
            for lines in past.values():
                lines -= new
        # The others stay together by their modules, whose fixtures are made once then.
        return {test: place for place, test in enumerate([*order, *past])}

    def of(self, mutant: Mutant) -> list[str]:
        """The tests that may kill a mutant, in the order in which they are likely to."""
        tests = set(self.seconds)
        if mutant.kind == "stylesheet":
            tests = set(list(self.order)[:1])  # no test but the browser's sees what it does
        elif name := template_name(mutant.file):
            tests = set(self.templates.get(name, tests))
        elif mutant.file in self.lines:
            touched = set(range(mutant.lines[0], mutant.lines[1] + 1))
            by_line = self.lines[mutant.file]
            reached = {test for line in touched for test in by_line.get(str(line), ())}
            if reached and not touched & set(self.always[mutant.file]):
                tests = reached
        return sorted(tests & set(self.seconds), key=lambda test: self.order[test])


def template_name(file: str) -> str:
    """The name by which Django knows a template; "" of another file."""
    return file.partition("/templates/")[2]


def measured(variant: Variant, url: str) -> Contexts:
    """The contexts of a variant, kept as long as neither it nor the suite changes.

    Raises Failure where a test fails.
    """
    place = records.RESULTS / "mutants" / f"contexts-{variant.id}.json"
    fingerprint = records.fingerprint(variant)
    if place.exists():
        kept = json.loads(place.read_text())
        if kept.pop("fingerprint") == fingerprint:
            return Contexts(**kept)
    found = measure(variant, url, place.parent)
    write(place, json.dumps({"fingerprint": fingerprint, **asdict(found)}))
    return found


def measure(variant: Variant, url: str, folder: Path) -> Contexts:
    folder.mkdir(parents=True, exist_ok=True)
    data, rendered = folder / f"{variant.id}.coverage", folder / f"{variant.id}.templates"
    packages = [path.parent for path in variant.path.glob("*/__init__.py")]
    more = {**suite.ALONE, "COVERAGE_FILE": str(data), RENDERED: str(rendered)}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *suite.PLUGINS, "-p", "pytest_cov", "-p", __name__),
            *(*suite.both(variant), "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"),
            *("-q", "-x", "--tb=short", "-p", "no:cacheprovider", "--cov-report="),
            *("--cov-context=test", *(f"--cov={one}" for one in packages if one.name != "tests")),
        ],
        cwd=ROOT,
        env=environment.project(variant.path, url, more=more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
        raise Failure(f"{variant.id} without a mutant: {(last or [done.stderr[-200:]])[0]}")
    recorded = json.loads(rendered.read_text())
    found = Contexts(recorded["seconds"], recorded["templates"])
    first = next(iter(found.seconds))
    for file, line, contexts in covered(data, variant):
        by_line = found.lines.setdefault(file, {})
        found.always.setdefault(file, [])
        ids: set[str] = set()
        for context in filter(None, contexts):
            id, _, phase = context.partition("|")
            ids.add(known(id))
            if phase == "setup":
                ids.update(recorded["shared"].get(known(id), ()))
        by_line[str(line)] = sorted(ids)
        # The first test's fixtures make the database: what they run, they run for all tests.
        if "" in contexts or any(known(one) == f"{first}|setup" for one in contexts):
            found.always[file].append(line)
    for path in (data, rendered):
        path.unlink()
    return found


def covered(data: Path, variant: Variant) -> Iterator[tuple[str, int, list[str]]]:
    """Each file of a variant, line by line, with the contexts in which it was run."""
    from coverage import CoverageData

    coverage = CoverageData(str(data))
    coverage.read()
    for measured in coverage.measured_files():
        path = Path(measured)
        if path.is_relative_to(variant.path):
            file = path.relative_to(variant.path).as_posix()
            for line, contexts in coverage.contexts_by_lineno(measured).items():
                yield file, line, contexts


class Recorder:
    """Writes down how long each test takes, and which templates it draws.

    A fixture of a module or a session is set up for the first of its tests: what is done there is
    done for the others, too. These are `shared`, by the first one.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.test, self.in_setup = path, "", False
        self.seconds: dict[str, float] = {}
        self.templates: dict[str, set[str]] = {}
        self.in_a_setup: dict[str, set[str]] = {}
        self.made_by: dict[Any, str] = {}
        self.shared: dict[str, set[str]] = {}

    def drawn(self, template: Any, **_: Any) -> None:
        where = self.in_a_setup if self.in_setup else self.templates
        where.setdefault(str(template.name), set()).add(self.test)

    def pytest_fixture_setup(self, fixturedef: Any) -> None:
        if fixturedef.scope != "function":
            self.made_by.setdefault(fixturedef, self.test)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: Any) -> Iterator[None]:
        self.test, self.in_setup = known(item.nodeid), True
        yield
        self.in_setup = False
        for definitions in item._fixtureinfo.name2fixturedefs.values():
            if definitions[-1] in self.made_by:
                self.shared.setdefault(self.made_by[definitions[-1]], set()).add(self.test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = known(report.nodeid)
        self.seconds[test] = self.seconds.get(test, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        for name, tests in self.in_a_setup.items():
            users = {user for test in tests for user in self.shared.get(test, ())}
            self.templates.setdefault(name, set()).update(tests | users)
        found = {"templates": self.templates, "shared": self.shared}
        lists = {
            kind: {name: sorted(tests) for name, tests in by.items()} for kind, by in found.items()
        }
        self.path.write_text(json.dumps({"seconds": self.seconds, **lists}))


def pytest_configure(config: pytest.Config) -> None:
    from django.test.signals import template_rendered

    recorder = Recorder(Path(os.environ[RENDERED]))
    template_rendered.connect(recorder.drawn)
    config.pluginmanager.register(recorder, "contexts")
