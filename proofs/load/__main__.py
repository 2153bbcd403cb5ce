"""Put the sites under load, one after the other: `nox -s load`.

Each runs as in production, on a PostgreSQL of ours or the one of DATABASE_URL; Locust, in two
processes of its own, brings the players. Passwords are hashed as in production. Everything must
succeed: each answer shows what is true, no answer is an error, and afterwards each registration is
a complete account, and each session belongs to one.
"""

import json
import os
import sys
import textwrap
from dataclasses import asdict
from datetime import UTC, datetime

from rich.console import Console

from harness import cli
from harness.databases import PROOF, on_a_server
from harness.text import write
from harness.variants import ROOT, VARIANTS
from proofs.load.run import FOLDER, Plan, load
from proofs.load.table import NOTE, table

PLANS = {
    "quick": Plan(users=20, seconds=15, think=1, per_second=5),
    "full": Plan(users=50, seconds=300, think=5, per_second=2),
    "ci": Plan(users=10, seconds=5, think=0.2, per_second=10),
}


HELP = {
    "full": "50 players, 5 minutes for each site",
    "ci": "10 hasty players, who each live one evening: enough to see a wrong answer or account, "
    "too short to say anything of a time",
}


def main(arguments: list[str]) -> int:
    parser = cli.Parser(
        prog="nox -s load --", description="Put the sites under load, one after the other."
    )
    length = parser.add_mutually_exclusive_group()
    for name, text in HELP.items():
        length.add_argument(
            f"--{name}", dest="plan", action="store_const", const=name, default="quick", help=text
        )
    parser.add_choice("--variant", VARIANTS)
    options = parser.parse_args(arguments)
    plan = PLANS[options.plan]
    sites, wrong = {}, []
    with on_a_server(PROOF) as databases, cli.bar() as bar:
        for variant in cli.chosen(options.variant, VARIANTS):
            sites[variant.id], lines = load(variant, databases, plan, bar)
            wrong += lines
    result = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": asdict(plan),
        "cpus": os.cpu_count(),
        "wrong": wrong,
        "sites": sites,
    }
    path = FOLDER / f"{options.plan}.json"
    write(path, json.dumps(result, indent=1) + "\n")
    Console(width=80).print(table(result))
    print(textwrap.fill(NOTE, 80))
    print(f"Written to {path.relative_to(ROOT)}.")
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    cli.run(main)
