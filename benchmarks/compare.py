"""Compare the variants: hold each to the shared suite, then count what each operation costs.

`python -m benchmarks.compare` prints the table and writes .results/compare.json. A variant
that fails its suite is shown as failing, not measured, and makes the exit status 1.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from benchmarks.table import HEADINGS, ROOT, VARIANTS, readme_block, sentences, table, with_block
from tools.commands import refused
from tools.postgres import PostgresError, postgresql

RESULTS = ROOT / ".results"
SCHEMA = 1
OUTCOME = re.compile(r" (PASSED|FAILED|ERROR) ")
COLLECTED = re.compile(r"collected (\d+) items?(?: / (\d+) deselected)?")


class Suite:
    """One variant's run of the shared suite, in a process of its own."""

    def __init__(self, variant: str, url: str) -> None:
        self.variant = variant
        self.report = RESULTS / f"{variant}.json"
        self.log = RESULTS / f"{variant}.log"
        self.report.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-u", "-m", "pytest", "shared_tests", "--verbose"),
                *("-p", "no:cacheprovider", "--tb=short", f"--costs={self.report}"),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONPATH": os.pathsep.join([str(ROOT / variant), str(ROOT)]),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def follow(self, progress: Progress, task: TaskID) -> None:
        """Show each test as it ends; keep the output for whoever wants to know why."""
        with self.log.open("w") as log:
            for line in self.process.stdout or ():
                log.write(line)
                if match := COLLECTED.search(line):
                    progress.update(task, total=int(match[1]) - int(match[2] or 0))
                elif OUTCOME.search(line):
                    progress.advance(task)
        self.process.wait()

    def verdict(self) -> dict[str, Any]:
        """Tests passed, names of those that failed, costs by operation, versions."""
        if not self.report.exists():
            failed = ["it did not start, or was stopped"]
            return {"passed": 0, "failed": failed, "operations": {}, "versions": {}}
        verdict: dict[str, Any] = json.loads(self.report.read_text())
        if self.process.returncode and not verdict["failed"]:
            verdict["failed"] = [f"pytest ended with status {self.process.returncode}"]
        return verdict


def run_suites(url: str, console: Console) -> dict[str, dict[str, Any]]:
    """Each variant's verdict, all suites run side by side."""
    suites: list[Suite] = []
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, console=console) as progress, ThreadPoolExecutor() as threads:
            for variant, heading in zip(VARIANTS, HEADINGS, strict=True):
                suites.append(Suite(variant, url))
                threads.submit(suites[-1].follow, progress, progress.add_task(heading, total=None))
    except BaseException:
        for suite in suites:
            suite.process.terminate()
        raise
    return {suite.variant: suite.verdict() for suite in suites}


def in_words(verdict: dict[str, Any]) -> str:
    failed = len(verdict["failed"])
    return f"{failed} FAILED" if failed else f"{verdict['passed']} passed"


def provenance(verdicts: dict[str, dict[str, Any]]) -> dict[str, Any]:
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


def write(path: Path, text: str) -> None:
    """Replace a file whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    new.replace(path)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 noxfile.py -s compare --", description=__doc__)
    parser.add_argument("--readme", action="store_true", help="renew the table in README.md")
    options = parser.parse_args(arguments)
    console = Console(stderr=True)
    RESULTS.mkdir(exist_ok=True)
    with postgresql() as url:
        verdicts = run_suites(url, console)

    costs = {variant: verdict["operations"] for variant, verdict in verdicts.items()}
    print("\n".join(table({v: in_words(verdict) for v, verdict in verdicts.items()}, costs)))
    for sentence in sentences(costs):
        print(textwrap.fill(sentence, 78, initial_indent="• ", subsequent_indent="  "))
    path = RESULTS / "compare.json"
    result = {**provenance(verdicts), "variants": verdicts}
    write(path, json.dumps(result, indent=2) + "\n")
    print(f"Written to {path.relative_to(ROOT)}.")

    failing = [variant for variant, verdict in verdicts.items() if verdict["failed"]]
    for variant in failing:
        print(f"{variant} fails, among others: {verdicts[variant]['failed'][0]}")
        print(f"  the whole output: {(RESULTS / variant).relative_to(ROOT)}.log")
    counts = {verdict["passed"] for verdict in verdicts.values()}
    if not failing and (len(counts) > 1 or counts == {0}):
        print(f"The variants passed different numbers of tests: {sorted(counts)}.")
        return 1
    if options.readme and not failing:
        readme = ROOT / "README.md"
        write(readme, with_block(readme.read_text(), readme_block(counts.pop())))
        print("README.md has the new table.")
    return 1 if failing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, PostgresError) as error:
        sys.exit(refused(error))
    except KeyboardInterrupt:
        sys.exit(130)
