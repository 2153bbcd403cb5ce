"""Compare the variants: hold each to the shared suite, then say what each operation costs.

`python -m benchmarks.compare` prints the table. A variant that fails its suite is shown as
failing, without figures, and makes the exit status 1.
"""

import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.alternatives import alternatives
from benchmarks.compare_table import readme_block, sentences, table
from harness import cli
from harness.postgres import postgresql
from harness.records import Record
from harness.suite import Job, recorded, run_with_a_bar
from harness.text import with_block, write
from harness.variants import REFERENCE, ROOT, VARIANTS, Variant


@dataclass(frozen=True)
class Verdict:
    """What a Record says of a project: how many shared tests it passed, why it fails, if it does,
    and what each operation costs."""

    record: Record

    @property
    def passed(self) -> int:
        return sum(one.outcome == "passed" for one in self.record.shared().values())

    @property
    def failed(self) -> list[str]:
        if self.record.failed or self.record.status == 0:
            return self.record.failed
        if not self.record.ended:
            return ["it did not start, or was stopped"]
        return [f"pytest ended with status {self.record.status}"]

    @property
    def in_words(self) -> str:
        return f"{len(self.failed)} FAILED" if self.failed else f"{self.passed} passed"

    @property
    def costs(self) -> dict[str, dict[str, Any]]:
        """By operation; none of a project that fails."""
        return {
            name: {**costs, "sql": [one["words"] for one in costs["sql"]]}
            for name, costs in self.record.operations.items()
            if not self.failed
        }


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="python3 noxfile.py -s compare --", description=__doc__)
    parser.add_argument("--readme", action="store_true", help="renew the table in README.md")
    parser.add_argument(
        "--again", action="store_true", help="run the suites although they passed on this code"
    )
    parser.add_argument(
        "--alternatives", action="store_true", help="and the other ways to build a strategy"
    )
    options = parser.parse_args(arguments)
    wanted = [(variant, "postgresql") for variant in VARIANTS.values()]
    records = recorded(wanted, again=options.again)
    verdicts = {id: Verdict(records[id, "postgresql"]) for id in VARIANTS}
    show(verdicts, VARIANTS)
    status = judged(verdicts)
    if options.alternatives:
        status = max(status, with_alternatives(verdicts))
    if options.readme and not status:
        readme = ROOT / "README.md"
        tests = verdicts[REFERENCE.id].passed
        write(readme, with_block(readme.read_text(), readme_block(tests)))
        print("README.md has the new table.")
    return status


def show(verdicts: Mapping[str, Verdict], projects: Mapping[str, Variant]) -> None:
    """Print the table, and in words what makes the difference."""
    costs = {id: one.costs for id, one in verdicts.items()}
    print("\n".join(table({id: verdicts[id].in_words for id in projects}, costs, projects)))
    for sentence in sentences(costs, projects):
        print(textwrap.fill(sentence, 78, initial_indent="• ", subsequent_indent="  "))


def judged(verdicts: Mapping[str, Verdict]) -> int:
    """Say which fail, if any; returns the exit status."""
    failing = {id: one for id, one in verdicts.items() if one.failed}
    for id, one in failing.items():
        print(f"{id} fails, among others: {one.failed[0]}")
        if one.record.log:
            print(f"  the whole output: {one.record.log}")
    counts = {one.passed for one in verdicts.values()}
    uneven = len(counts) > 1 or counts == {0}
    if uneven and not failing:
        print(f"Not all passed the same number of tests: {sorted(counts)}.")
    return int(uneven or bool(failing))


def with_alternatives(verdicts: Mapping[str, Verdict]) -> int:
    """Hold the alternatives to the shared suite, beside the variants' verdicts; their status."""
    with tempfile.TemporaryDirectory(prefix="alternatives-") as folder, postgresql() as url:
        projects = {one.project.id: one.project for one in alternatives(Path(folder))}
        jobs = [Job(one, url, name=id) for id, one in projects.items()]
        found = {job.name: Verdict(record) for job, record in run_with_a_bar(jobs)}
    show({**verdicts, **found}, projects)
    # The variants' own failures are said already.
    return judged({**{id: one for id, one in verdicts.items() if not one.failed}, **found})


if __name__ == "__main__":
    cli.run(main)
