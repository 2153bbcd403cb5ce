"""Which tests of the contract each rung fails.

`python -m benchmarks.ladder.rules` runs the shared suite against each rung, compares with
broken_rules.json, and exits with 1 where they differ; `--accept` writes that file instead.
"""

import argparse
import difflib
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg2

from benchmarks.databases import REFUSALS, Databases, databases
from benchmarks.ladder import LADDER
from benchmarks.ladder.sites import ROOT, LadderError, environment, site_database
from tools.commands import refused
from tools.postgres import postgresql

ACCEPTED = Path(__file__).with_name("broken_rules.json")
AT_ONCE = 2

Broken = dict[str, list[str]]


def accepted() -> dict[str, Broken]:
    """By rung, what broken_rules.json says."""
    broken: dict[str, Broken] = json.loads(ACCEPTED.read_text())
    return broken


def broken_rules(
    databases: Databases, progress: Callable[[str], None] = print
) -> dict[str, Broken]:
    """By rung: the sorted names of the tests it fails, by the number of their rule or "pages".

    A rung takes most of a minute; two run at once, each on databases of its own, which are
    dropped. Raises LadderError where a suite does not end, psycopg2.Error without a database.
    """
    broken: dict[str, Broken] = {}
    rungs = list(LADDER)
    for start in range(0, len(rungs), AT_ONCE):
        with ExitStack() as stack:
            suites = [Suite(rung, databases, stack) for rung in rungs[start : start + AT_ONCE]]
            for suite in suites:
                broken[suite.rung] = suite.broken()
                progress(f"the rules: {len(broken)} of {len(rungs)} rungs")
    return broken


class Suite:
    """A rung's run of the shared suite, which ends with the stack."""

    def __init__(self, rung: str, databases: Databases, stack: ExitStack) -> None:
        self.rung = rung
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        own = stack.enter_context(site_database(databases, rung))
        self.report, self.log = folder / "report.json", folder / "log"
        output = stack.enter_context(self.log.open("w"))
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "shared_tests", "--quiet", "--tb=short"),
                *("-p", "no:cacheprovider", f"--costs={self.report}"),
                # What it finds, it shrinks for minutes; the rules' own tests find it too.
                "--ignore=shared_tests/test_lives.py",
            ],
            cwd=ROOT,
            env=environment(rung, own),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only us, who then end it
        )
        stack.enter_context(self.process)
        stack.callback(self.process.kill)

    def broken(self) -> Broken:
        """Wait for the end, and sort what failed."""
        if self.process.wait() not in (0, 1):  # passed, failed
            last = self.log.read_text()[-300:]
            raise LadderError(f"{self.rung}: the suite ended before its time: {last}")
        rules = defaultdict(set)
        for test in json.loads(self.report.read_text())["failed"]:
            file, _, name = test.partition("::")
            number = re.search(r"test_(\d\d)_", file)
            # Without its parameters: one of them is the date of tomorrow.
            rules[str(int(number[1])) if number else "pages"].add(name.partition("[")[0])
        return {rule: sorted(rules[rule]) for rule in sorted(rules, key=lambda r: (len(r), r))}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ladder.rules", description=__doc__)
    parser.add_argument("--accept", action="store_true", help=f"write {ACCEPTED.name}")
    options = parser.parse_args(arguments)
    with postgresql() as url, databases(url) as ours:
        broken = broken_rules(ours, lambda text: print(text, file=sys.stderr))
    variant = list(LADDER)[-1]
    if broken[variant]:
        raise LadderError(f"{variant}, the variant itself, breaks rules: {broken[variant]}")
    new = json.dumps(broken, indent=2) + "\n"
    if options.accept:
        ACCEPTED.write_text(new)
    old = ACCEPTED.read_text() if ACCEPTED.exists() else ""
    sys.stdout.writelines(
        difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), "accepted", "measured"
        )
    )
    return int(old != new)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (*REFUSALS, psycopg2.Error) as error:
        sys.exit(refused(error))
    except LadderError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
