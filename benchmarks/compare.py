"""Compare the variants: hold each to the shared suite, then say what each operation costs.

`python -m benchmarks.compare` prints the table and writes .results/compare.json. A variant
that fails its suite is shown as failing, without figures, and makes the exit status 1.
"""

import hashlib
import json
import os
import platform
import subprocess
import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from benchmarks.table import readme_block, sentences, table
from harness import cli
from harness.records import RESULTS, Record
from harness.suite import recorded
from harness.text import with_block, write
from harness.variants import ROOT, VARIANTS

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


def provenance(verdicts: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What the figures hold for."""
    contract = hashlib.sha256()
    for path in sorted((ROOT / "shared_tests").glob("*.py")):
        contract.update(path.read_bytes())
    return {
        "schema": SCHEMA,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": git("rev-parse", "HEAD"),
        "changed": bool(git("status", "--porcelain")),
        "contract": contract.hexdigest(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "versions": next((v["versions"] for v in verdicts.values() if v["versions"]), {}),
    }


def git(*arguments: str) -> str:
    """A git command's output; empty in a copy that is no repository, or without git."""
    try:
        run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return ""
    return run.stdout.strip()


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="python3 noxfile.py -s compare --", description=__doc__)
    parser.add_argument("--readme", action="store_true", help="renew the table in README.md")
    parser.add_argument(
        "--again", action="store_true", help="run the suites although they passed on this code"
    )
    options = parser.parse_args(arguments)
    wanted = [(variant, "postgresql") for variant in VARIANTS.values()]
    records = recorded(wanted, Console(stderr=True), again=options.again)
    verdicts = {id: verdict(records[id, "postgresql"]) for id in VARIANTS}
    costs = {id: one["operations"] for id, one in verdicts.items()}
    print("\n".join(table({id: in_words(one) for id, one in verdicts.items()}, costs)))
    for sentence in sentences(costs):
        print(textwrap.fill(sentence, 78, initial_indent="• ", subsequent_indent="  "))
    path = RESULTS / "compare.json"
    write(path, json.dumps({**provenance(verdicts), "variants": verdicts}, indent=2) + "\n")
    print(f"Written to {path.relative_to(ROOT)}.")

    failing = [id for id, one in verdicts.items() if one["failed"]]
    for id in failing:
        print(f"{VARIANTS[id].folder} fails, among others: {verdicts[id]['failed'][0]}")
        if log := records[id, "postgresql"].log:
            print(f"  the whole output: {log}")
    counts = {one["passed"] for one in verdicts.values()}
    if not failing and (len(counts) > 1 or counts == {0}):
        print(f"The variants passed different numbers of tests: {sorted(counts)}.")
        return 1
    if options.readme and not failing:
        readme = ROOT / "README.md"
        write(readme, with_block(readme.read_text(), readme_block(counts.pop())))
        print("README.md has the new table.")
    return 1 if failing else 0


if __name__ == "__main__":
    cli.run(main)
