"""Compare the variants: hold each to the shared suite, then say what each operation costs.

`python -m benchmarks.compare` prints the table and writes .results/compare.json. A variant
that fails its suite is shown as failing, without figures, and makes the exit status 1.
"""

import json
import os
import platform
import tempfile
import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import provenance
from benchmarks.alternatives import alternatives
from benchmarks.compare_table import readme_block, sentences, table
from harness import cli
from harness.postgres import postgresql
from harness.records import RESULTS, Record
from harness.suite import Job, recorded, run_with_a_bar
from harness.text import with_block, write
from harness.variants import REFERENCE, ROOT, VARIANTS, Variant

SCHEMA = 1


def verdict(record: Record) -> dict[str, Any]:
    """Shared tests passed, names of all that failed, costs by operation, versions."""
    shared = record.shared()
    failed = record.failed
    if not record.ended and not failed:
        failed = ["it did not start, or was stopped"]
    elif record.status and not failed:
        failed = [f"pytest ended with status {record.status}"]
    operations = {
        name: {**costs, "sql": [one["words"] for one in costs["sql"]]}
        for name, costs in record.operations.items()
    }
    return {
        "passed": sum(one.outcome == "passed" for one in shared.values()),
        "failed": failed,
        "operations": {} if failed else operations,
        "versions": record.versions,
    }


def in_words(verdict: dict[str, Any]) -> str:
    failed = len(verdict["failed"])
    return f"{failed} FAILED" if failed else f"{verdict['passed']} passed"


def about(verdicts: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What the figures hold for."""
    code = provenance.code()
    return {
        "schema": SCHEMA,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        **{name: code[name] for name in ("commit", "changed", "contract")},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "versions": next((v["versions"] for v in verdicts.values() if v["versions"]), {}),
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
    made = recorded(wanted, again=options.again)
    records = {id: made[id, "postgresql"] for id in VARIANTS}
    verdicts = {id: verdict(record) for id, record in records.items()}
    show(verdicts, VARIANTS)
    path = RESULTS / "compare.json"
    write(path, json.dumps({**about(verdicts), "variants": verdicts}, indent=2) + "\n")
    print(f"Written to {path.relative_to(ROOT)}.")

    status = judged(verdicts, records)
    if options.alternatives:
        status = max(status, with_alternatives(verdicts))
    if options.readme and not status:
        readme = ROOT / "README.md"
        tests = verdicts[REFERENCE.id]["passed"]
        write(readme, with_block(readme.read_text(), readme_block(tests)))
        print("README.md has the new table.")
    return status


def show(verdicts: Mapping[str, dict[str, Any]], projects: Mapping[str, Variant]) -> None:
    """Print the table, and in words what makes the difference."""
    costs = {id: one["operations"] for id, one in verdicts.items()}
    print("\n".join(table({id: in_words(verdicts[id]) for id in projects}, costs, projects)))
    for sentence in sentences(costs, projects):
        print(textwrap.fill(sentence, 78, initial_indent="• ", subsequent_indent="  "))


def judged(verdicts: Mapping[str, dict[str, Any]], records: Mapping[str, Record]) -> int:
    """Say which fail, if any; returns the exit status."""
    failing = [id for id in records if verdicts[id]["failed"]]
    for id in failing:
        print(f"{id} fails, among others: {verdicts[id]['failed'][0]}")
        if log := records[id].log:
            print(f"  the whole output: {log}")
    counts = {one["passed"] for one in verdicts.values()}
    uneven = len(counts) > 1 or counts == {0}
    if uneven and not failing:
        print(f"Not all passed the same number of tests: {sorted(counts)}.")
    return int(uneven or bool(failing))


def with_alternatives(verdicts: dict[str, dict[str, Any]]) -> int:
    """Hold the alternatives to the shared suite, beside the variants' verdicts; their status."""
    with tempfile.TemporaryDirectory(prefix="alternatives-") as folder, postgresql() as url:
        projects = {one.project.id: one.project for one in alternatives(Path(folder))}
        jobs = [Job(one, url, name=id) for id, one in projects.items()]
        records = {job.name: record for job, record in run_with_a_bar(jobs)}
    verdicts |= {id: verdict(record) for id, record in records.items()}
    show(verdicts, projects)
    return judged(verdicts, records)


if __name__ == "__main__":
    cli.run(main)
