"""Put the three sites under load, one after the other: `nox -s load`.

Each runs as in production, on a PostgreSQL of ours or the one of DATABASE_URL; Locust, in two
processes of its own, brings the players. Passwords are hashed as in production. Everything must
succeed: each answer shows what is true, no answer is an error, and afterwards each registration is
a complete account, and each session somebody's.
"""

import argparse
import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from proofs import VARIANTS
from proofs.load.accounts import broken_rules
from proofs.load.table import NOTE, table
from proofs.sites import ROOT, Site, SiteError, free_port, new_database, site
from tools.commands import OneLineParser, Stopped, clean_environment, refused
from tools.postgres import PostgresError, postgresql

RESULTS = ROOT / ".results" / "load"
# Each answer in the site's log, for Django's own would be silent; and connections that last longer
# than a thought: gunicorn closes them after two seconds, and a request that meets this is lost.
GUNICORN = "--access-logfile=- --access-logformat='answered %(s)s %(m)s %(U)s' --keep-alive=75"
REFUSALS = (PostgresError, SiteError, psycopg2.OperationalError, OSError)

# Runs a command until our end of its input is closed, however we end. A process before Locust's,
# for gevent stands no thread that was there before it.
UNTIL_WE_END = """
import os, signal, subprocess, sys, threading
threading.Thread(
    target=lambda: (sys.stdin.read(), os.killpg(0, signal.SIGKILL)), daemon=True
).start()
sys.exit(subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL))
"""


class LoadError(Exception):
    """Locust did not end as it should; one line."""


@dataclass(frozen=True)
class Plan:
    """How many players, for how long, with how many seconds of thought between two requests."""

    users: int
    seconds: int
    think: float
    per_second: int  # who arrive

    processes: int = 2


QUICK = Plan(users=20, seconds=15, think=1, per_second=5)
FULL = Plan(users=50, seconds=300, think=5, per_second=2)


def options_from(arguments: list[str]) -> argparse.Namespace:
    parser = OneLineParser(
        prog="nox -s load --", description="Put the three sites under load, one after the other."
    )
    parser.add_argument("--full", action="store_true", help="50 players, 5 minutes for each site")
    parser.add_argument(
        "--variant", action="append", choices=list(VARIANTS), help="only this one (repeatable)"
    )
    return parser.parse_args(arguments)


def load(
    variant: str, server: str, plan: Plan, progress: Progress
) -> tuple[dict[str, Any], list[str]]:
    """A site's figures under load, and in a line each what was wrong."""
    task = progress.add_task(f"{variant}: the site starts", total=plan.seconds)
    secret_key = secrets.token_urlsafe(64)
    settings = {"DJANGO_SECRET_KEY": secret_key, "GUNICORN_CMD_ARGS": GUNICORN}
    log = RESULTS / f"{variant}.log"
    with (
        new_database(server, variant) as url,
        site(variant, url, workers=2, threads=4, settings=settings) as running,
    ):
        progress.update(task, description=f"{variant}: {plan.users} players")
        before = cpu_of(running)
        requests = locust(running, plan, log, lambda done: progress.update(task, completed=done))
        cpu = cpu_of(running) - before
        progress.update(task, description=f"{variant}: the accounts are looked at")
        answers = Counter(re.findall(r"^answered (\d+)", running.log.read_text(), re.MULTILINE))
        complaints = re.findall(r".*\[(?:ERROR|CRITICAL)\].*", running.log.read_text())
        registered = requests["register"]["number"] - requests["register"]["failed"]
        wrong = broken_rules(variant, url, secret_key, registered)
    number = sum(one["number"] for one in requests.values())
    failed = {kind: one["failed"] for kind, one in requests.items() if one["failed"]}
    errors = sum(n for status, n in answers.items() if status.startswith("5"))
    if failed:
        several = ", ".join(f"{number} of {kind}" for kind, number in failed.items())
        wrong.insert(0, f"requests failed: {several}; {log.relative_to(ROOT)} says why")
    if errors:
        wrong.insert(0, f"{errors} answers were server errors")
    if sum(answers.values()) < number:
        wrong.insert(0, f"the site answered {sum(answers.values())} of {number} requests")
    if complaints:
        wrong.insert(0, f"the site's log: {complaints[0]}")
    progress.update(task, description=f"{variant}: {number:,} requests", completed=plan.seconds)
    figures = {
        "requests": requests,
        "number": number,
        "registered": registered,
        "answers": dict(sorted(answers.items())),
        "cpu_per_request": round(1000 * cpu / number, 2),
    }
    return figures, [f"{variant}: {text}" for text in wrong]


def cpu_of(running: Site) -> float:
    """Seconds of CPU that the site's processes have taken: gunicorn's, not PostgreSQL's."""
    times = [psutil.Process(pid).cpu_times() for pid in (running.process.pid, *running.workers())]
    return sum(one.user + one.system for one in times)


def locust(running: Site, plan: Plan, log: Path, say: Any) -> dict[str, dict[str, Any]]:
    """Let the players come; the figures by kind of request."""
    script = Path(sys.executable).with_name("locust")
    if not script.exists():
        raise SiteError("locust is not installed: run this as a session of noxfile.py")
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        report, port = Path(name, "report"), free_port()
        command = [
            *(sys.executable, "-c", UNTIL_WE_END, sys.executable, str(script)),
            *("--locustfile", "proofs/load/locustfile.py", "--headless", "--only-summary"),
            *("--host", running.url, f"--processes={plan.processes}", f"--users={plan.users}"),
            *(f"--spawn-rate={plan.per_second}", f"--bedtime={plan.seconds}"),
            *(f"--think={plan.think}", "--exit-code-on-error=0"),
            *(
                "--master-bind-host=127.0.0.1",
                f"--master-bind-port={port}",
                f"--master-port={port}",
            ),
            *("--json-file", str(report)),
        ]
        environment = {"PYTHONPATH": str(ROOT), "REQUESTS_CA_BUNDLE": running.ca}
        with (
            log.open("wb") as output,
            ended(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env={**clean_environment(), **environment},
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            ) as process,
        ):
            start = time.monotonic()
            while process.poll() is None:
                time.sleep(0.2)
                done = time.monotonic() - start
                say(min(done, plan.seconds))
                if done > plan.seconds + 300:
                    raise LoadError(f"Locust does not end; {log.relative_to(ROOT)} may say why")
        path = Path(f"{report}.json")
        if process.returncode or not path.exists():
            raise LoadError(f"Locust ended with {process.returncode}: {last_line(log)}")
        entries = json.loads(path.read_text())
    return {entry["name"]: figures_of(entry) for entry in entries}


@contextlib.contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    """End a process, and those of its session, with the block."""
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()


def last_line(log: Path) -> str:
    return "".join(log.read_text(errors="replace").split("\n")[-2:]).strip()


def figures_of(entry: dict[str, Any]) -> dict[str, Any]:
    """A kind's number, failures, median and 95th percentile in ms, of Locust's rounded times."""
    times = sorted((int(float(ms)), number) for ms, number in entry["response_times"].items())
    return {
        "number": entry["num_requests"],
        "failed": entry["num_failures"],
        "median": percentile(times, 0.5),
        "p95": percentile(times, 0.95),
    }


def percentile(times: list[tuple[int, int]], share: float) -> int:
    """The time within which this share of the answers came."""
    left = share * sum(number for _, number in times)
    for time_of_these, number in times:
        left -= number
        if left <= 0:
            return max(time_of_these, 1)
    return 0


def run(options: argparse.Namespace, console: Console) -> tuple[dict[str, Any], list[str]]:
    plan = FULL if options.full else QUICK
    sites, wrong = {}, []
    columns = (TextColumn("{task.description:<50}"), BarColumn(bar_width=12), TimeElapsedColumn())
    with postgresql() as server, Progress(*columns, console=console) as progress:
        for name, variant in VARIANTS.items():
            if name in (options.variant or VARIANTS):
                sites[variant], more = load(variant, server, plan, progress)
                wrong += more
    about = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": asdict(plan),
        "cpus": os.cpu_count(),
        "wrong": wrong,
    }
    return {**about, "sites": sites}, wrong


def main(arguments: Sequence[str]) -> int:
    options = options_from(list(arguments))
    stopped = Stopped()
    try:
        RESULTS.mkdir(parents=True, exist_ok=True)
        result, wrong = run(options, Console(stderr=True))
        path = RESULTS / ("full.json" if options.full else "quick.json")
        path.write_text(json.dumps(result, indent=1) + "\n")
    except BaseException as error:
        if stopped.happened:
            print("interrupted: nothing is left behind", file=sys.stderr)
            return 130
        if isinstance(error, LoadError):
            print(f"error: {error}", file=sys.stderr)
            return 1
        if not isinstance(error, REFUSALS):
            raise
        return refused(error)
    Console(width=80).print(table(result))
    print(textwrap.fill(NOTE, 80))
    print(f"Written to {path.relative_to(ROOT)}.")
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
