"""The project's own manage.py, run in its folder, away from the suite's settings."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

ROOT = str(Path(__file__).resolve().parent.parent)  # where a command finds shared_tests
PRODUCTION = {
    "DJANGO_DEBUG": "0",
    "DJANGO_SECRET_KEY": "a-secret-of-more-than-fifty-characters-0123456789-ABCDEFGHIJ",
    "DJANGO_ALLOWED_HOSTS": "players.example.com",
}


def manage(
    *command: str, folder: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py, in the project's folder or in a copy of it."""
    kept = ("DJANGO_", "PYTEST_", "COV_", "PYTHONPATH")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(kept)}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *command],
        cwd=folder or Path(settings.BASE_DIR),
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def in_production(code: str, **variables: str) -> list[str]:
    """What a piece of code prints under the production settings, line by line."""
    environment = {"DATABASE_URL": "sqlite://:memory:", "PYTHONPATH": ROOT} | PRODUCTION
    run = manage("shell", "-c", code, **environment | variables)
    assert run.returncode == 0, run.stderr
    # Django begins with a line on what it imported, and an empty one.
    lines = run.stdout.splitlines()
    return lines[2:] if " imported automatically" in lines[0] else lines
