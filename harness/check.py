"""Put one variant through its whole gate: `python -m harness.check profile`.

No migration is missing, and Django's check of a deployment says nothing; the suites, run on
PostgreSQL unless they have passed on exactly this code, cover 98 % of its lines and branches; its
own tests pass alone, as a reader runs them.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import cli, environment, records, suite
from harness.variants import ROOT, VARIANTS, Variant

LEAST = 98  # percent


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, failed: str) -> None:
    """Run a Python program; a Failure with its text where it does not succeed."""
    print(f"\n{folder.name}: {' '.join(command)}", flush=True)
    if subprocess.run([sys.executable, *command], cwd=folder, env=environment).returncode:
        raise cli.Failure(failed)


def commands(variant: Variant) -> list[tuple[dict[str, str], list[str], str]]:
    """What manage.py of a variant must do: the environment, the command, what it means if not."""
    nothing = "sqlite://:memory:"  # the first two do not look at a database
    development = environment.project(variant.path, nothing)
    production = environment.project(variant.path, nothing, production=True)
    migrations = ["manage.py", "makemigrations", "--check", "--dry-run"]
    deployment = ["manage.py", "check", "--deploy", "--fail-level=WARNING"]
    alone = {name: value for name, value in environment.clean().items() if name != "DATABASE_URL"}
    return [
        (development, migrations, "a migration is missing, see above"),
        (production, deployment, "Django warns of the settings, see above"),
        (alone, ["manage.py", "test"], "its own tests fail alone, see above"),
    ]


def check(variant: Variant) -> None:
    """Raises Failure where something does not hold."""

    def manage(environment: Mapping[str, str], command: list[str], failed: str) -> None:
        run(command, environment, variant.path, f"{variant.folder}: {failed}")

    *before, alone = commands(variant)
    for one in before:
        manage(*one)
    data = records.coverage(variant)
    if data.exists():
        print("\nCoverage is read: the suites have passed on exactly this code.", flush=True)
    else:
        measure(variant, data)
    report = ["coverage", "report", f"--data-file={data}", "--skip-covered", "--show-missing"]
    too_little = f"{variant.folder}: the tests do not cover {LEAST} %, see above"
    run(["-m", *report, f"--fail-under={LEAST}"], environment.clean(), ROOT, too_little)
    manage(*alone)


def measure(variant: Variant, data: Path) -> None:
    """Run the suites and keep their coverage in a file. Failure where a test fails."""
    data.parent.mkdir(parents=True, exist_ok=True)
    for old in data.parent.glob(f"{variant.id}-*.coverage"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="coverage-") as folder:
        new = Path(folder, "coverage")
        if suite.in_this_terminal(variant, "postgresql", coverage=new):
            raise cli.Failure(f"{variant.folder}: a test fails, see above")
        copy = data.with_suffix(".new")
        shutil.copy(new, copy)
        copy.replace(data)  # whole or not at all: it is read as long as the code is the same


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="python -m harness.check", description=__doc__)
    parser.add_argument("variant", choices=list(VARIANTS))
    check(VARIANTS[parser.parse_args(arguments).variant])
    return 0


if __name__ == "__main__":
    cli.run(main)
