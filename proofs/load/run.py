"""One site under the load of Locust's players, and what must hold of it afterwards."""

import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
from rich.progress import Progress

from harness import environment, processes
from harness.cli import Failure, Refusal
from harness.databases import Databases
from harness.records import RESULTS
from harness.sites import Site, free_port, migrated, site
from harness.variants import ROOT, Variant
from proofs.accounts import Accounts, accounts_of
from shared_tests.people import DETAILS

FOLDER = RESULTS / "load"
# Each answer in the site's log, for Django's own would be silent.
GUNICORN = "--access-logfile=- --access-logformat='answered %(s)s %(m)s %(U)s'"


@dataclass(frozen=True)
class Plan:
    """How many players, for how long, with how many seconds of thought between two requests."""

    users: int
    seconds: int
    think: float
    per_second: int  # who arrive


def load(
    variant: Variant, databases: Databases, plan: Plan, bar: Progress
) -> tuple[dict[str, Any], list[str]]:
    """A site's figures under load, and in a line each what was wrong."""
    task = bar.add_task(f"{variant.id}: the site starts", total=plan.seconds)

    def say(text: str, seconds: float) -> None:
        bar.update(task, description=f"{variant.id}: {text}", completed=seconds)

    settings = {"GUNICORN_CMD_ARGS": GUNICORN}
    log = FOLDER / f"{variant.id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        migrated(databases, variant) as url,
        site(variant, url, workers=2, threads=4, settings=settings) as running,
    ):
        before = cpu_of(running)
        requests = locust(running, plan, log, say)
        cpu = cpu_of(running) - before
        say("the accounts are looked at", plan.seconds)
        text = running.log.read_text()
        accounts = accounts_of(running)
    answers = Counter(re.findall(r"^answered (\d+)", text, re.MULTILINE))
    number = sum(one["number"] for one in requests.values())
    figures = {
        "requests": requests,
        "number": number,
        "registered": requests["register"]["number"] - requests["register"]["failed"],
        "answers": dict(sorted(answers.items())),
        "cpu_per_request": round(1000 * cpu / number, 2),
    }
    wrong = wrong_answers(figures, text, log) + wrong_accounts(accounts, figures["registered"])
    say(f"{number:,} requests", plan.seconds)
    return figures, [f"{variant.title}: {line}" for line in wrong]


def wrong_answers(figures: dict[str, Any], site_log: str, log: Path) -> list[str]:
    """In a line each, what the site did not answer as it should."""
    requests, answers = figures["requests"], figures["answers"]
    failed = [f"{one['failed']} of {kind}" for kind, one in requests.items() if one["failed"]]
    errors = sum(n for status, n in answers.items() if status.startswith("5"))
    answered, complaints = sum(answers.values()), re.findall(r".*\[(?:ERROR|CRIT).*", site_log)
    wrong = {
        f"the site's log: {''.join(complaints[:1])}": bool(complaints),
        f"the site answered {answered} of {figures['number']} requests": answered
        < figures["number"],
        f"{errors} answers were server errors": bool(errors),
        f"requests failed: {', '.join(failed)}; {log.relative_to(ROOT)} says why": bool(failed),
    }
    return [text for text, is_so in wrong.items() if is_so]


def wrong_accounts(accounts: Accounts, registered: int) -> list[str]:
    """In a line each, what is wrong in the database after so many registrations."""
    number, sessions = len(accounts.players), len(accounts.sessions)
    orphans, lost = len(accounts.orphans), len(accounts.lost_sessions)
    # Each player here gives all three details.
    incomplete = sum(not all(one[name] for name in DETAILS) for one in accounts.players)
    wrong = {
        f"{number} accounts after {registered} registrations": number != registered,
        f"{incomplete} accounts are not complete": bool(incomplete),
        f"{orphans} details belong to no account": bool(orphans),
        f"{lost} of {sessions} sessions belong to no account": bool(lost),
    }
    return [text for text, is_so in wrong.items() if is_so]


def cpu_of(running: Site) -> float:
    """Seconds of CPU that the site's processes have taken: gunicorn's, not PostgreSQL's."""
    times = [psutil.Process(pid).cpu_times() for pid in (running.process.pid, *running.workers())]
    return sum(one.user + one.system for one in times)


def locust(
    running: Site, plan: Plan, log: Path, say: Callable[[str, float], None]
) -> dict[str, dict[str, Any]]:
    """Let the players come; the figures by kind of request."""
    if find_spec("locust") is None:
        raise Refusal("locust is not installed: run this as a session of noxfile.py")
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        folder, port = Path(name), free_port()
        figures = folder / "figures"
        command = [
            *("proofs.load.apart", "--locustfile=proofs/load/locustfile.py"),
            *(f"--host={running.url}", f"--figures={figures}"),
            *("--headless", "--only-summary", "--exit-code-on-error=0"),
            *("--processes=2", "--master-bind-host=127.0.0.1"),
            *(f"--master-bind-port={port}", f"--master-port={port}"),
            *(f"--users={plan.users}", f"--spawn-rate={plan.per_second}"),
            *(f"--bedtime={plan.seconds}", f"--think={plan.think}"),
        ]
        variables = {"PYTHONPATH": str(ROOT), "REQUESTS_CA_BUNDLE": running.ca}
        with log.open("wb") as output:
            process = processes.start(
                command,
                environment.clean() | variables,
                folder=folder,
                stdout=output,
                stderr=output,
            )
        with processes.stopped(process, 0):
            start = time.monotonic()
            while process.poll() is None:
                time.sleep(0.2)
                passed = time.monotonic() - start
                say(f"{plan.users} players", min(passed, plan.seconds))
                if passed > plan.seconds + 120:
                    raise Failure(f"Locust does not end; {log.relative_to(ROOT)} may say why")
        if process.returncode or not figures.exists():
            last = "".join(log.read_text(errors="replace").splitlines()[-1:])
            raise Failure(f"Locust ended with {process.returncode}: {last}")
        requests: dict[str, dict[str, Any]] = json.loads(figures.read_text())
    return requests
