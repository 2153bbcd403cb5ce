"""What every command here has in common: how it refuses, how it stops, what its processes see."""

import argparse
import os
import signal
import sys
from typing import Any, NoReturn

# What a person's shell may have set, and a process that is to run alike everywhere must not see.
FOREIGN = ("DJANGO_", "ECOSYSTEM_", "FORWARDED_", "GUNICORN", "LOCUST_", "PG", "PYTEST", "PYTHON")


def clean_environment() -> dict[str, str]:
    """This process's environment without what is FOREIGN."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n")


def refused(error: Exception) -> int:
    """Say in one line why nothing was done; returns the exit status."""
    text = str(error)
    if isinstance(error, OSError) and error.filename:
        text = f"{error.strerror}: {error.filename}"
    print(f"error: {' '.join(text.split())}", file=sys.stderr)
    return 2


class Stopped:
    """Ctrl-C and SIGTERM: raises KeyboardInterrupt, once, for what follows is tidying up.

    `happened` remembers, for what waits on a server or a process may make another error of it.
    """

    def __init__(self) -> None:
        self.happened = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self)

    def __call__(self, *_: Any) -> NoReturn:
        self.happened = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt
