"""Which tests of the contract each rung fails.

`python -m benchmarks.ladder.rules` runs the shared suite against each rung, compares with
broken_rules.json, and exits with 1 where they differ; `--accept` writes that file instead.
"""

import json
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from benchmarks.ladder import LADDER, LAST, SETTINGS, VARIANT, LadderError
from harness import cli, golden
from harness.contract import function, rule_of
from harness.databases import BENCH, on_a_server
from harness.records import Record
from harness.suite import Job, recorded, run_with_a_bar

ACCEPTED = Path(__file__).with_name("broken_rules.json")

Broken = dict[str, list[str]]


def accepted() -> dict[str, Broken]:
    """By rung, what broken_rules.json says."""
    broken: dict[str, Broken] = json.loads(ACCEPTED.read_text())
    return broken


def broken_rules() -> dict[str, Broken]:
    """By rung: the sorted names of the tests it fails, by the number of their rule or "pages".

    The last rung is the variant itself, whose Record is read where it fits. Raises LadderError
    where a suite does not end, psycopg2.Error without a database.
    """
    rungs = [rung for rung in LADDER if rung != LAST]
    with on_a_server(BENCH) as databases, ExitStack() as stack:
        jobs = [
            Job(
                VARIANT,
                stack.enter_context(databases.fresh("ladder", str(number))),
                settings=SETTINGS,
                variables={"LADDER_STEP": rung},
                # What it finds, it shrinks for minutes; the rules' own tests find it too.
                options=["--ignore=shared_tests/test_lives.py"],
                name=rung,
            )
            for number, rung in enumerate(rungs)
        ]
        found = {job.name: broken_by(record, job.name) for job, record in run_with_a_bar(jobs)}
    [record] = recorded([(VARIANT, "postgresql")]).values()
    return {**found, LAST: broken_by(record, LAST)}


def broken_by(record: Record, rung: str) -> Broken:
    """The tests that failed, sorted by their rule."""
    if record.status not in (0, 1):  # passed, failed
        raise LadderError(f"{rung}: the suite ended before its time: {record.output[-300:]}")
    rules = defaultdict(set)
    for test in record.failed:
        # Without its parameters: one of them is the date of tomorrow.
        rules[str(rule_of(test) or "pages")].add(function(test))
    return {rule: sorted(rules[rule]) for rule in sorted(rules, key=lambda r: (len(r), r))}


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="nox -s ladder --", description=__doc__)
    parser.add_argument("--accept", action="store_true", help=f"write {ACCEPTED.name}")
    options = parser.parse_args(arguments)
    broken = broken_rules()
    if rules := broken[VARIANT.id]:
        raise LadderError(f"{VARIANT.folder}, the variant itself, breaks rules: {rules}")
    new = json.dumps(broken, indent=2) + "\n"
    return golden.hold({ACCEPTED: new}, accept=options.accept, advice="nox -s ladder -- --accept")


if __name__ == "__main__":
    cli.run(main)
