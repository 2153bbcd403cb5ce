"""A session whose checks are plain pytest: its command's options, and its exit status.

It is a plugin of that run, too, which asserts nothing: PYTEST_DONT_REWRITE.
"""

import argparse
import signal
from pathlib import Path

import pytest

from harness import cli
from harness.variants import VARIANTS

OPTIONS = ["--tb=short", "-p", "no:tmpdir", "-p", "no:cacheprovider", "-p", __name__]


def pytest_configure(config: pytest.Config) -> None:
    """The terminal sends Ctrl-C to the workers too, which their parent ends."""
    if hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def parser(session: str, description: str) -> cli.Parser:
    """The options that choose among the tests."""
    parser = cli.Parser(prog=f"nox -s {session} --", description=description)
    parser.add_choice("--variant", VARIANTS)
    parser.add_argument("-k", metavar="WORDS", help="only the tests whose names match, as pytest")
    return parser


def chosen(options: argparse.Namespace) -> list[str]:
    """These options, as pytest takes them."""
    variants = [f"--variant={id}" for id in options.variant or []]
    return [*variants, *([f"-k={options.k}"] if options.k else [])]


def run(folder: Path, *options: str) -> int:
    """Run a folder's tests; returns the exit status. Raises Refusal where none is chosen."""
    status = pytest.main([str(folder), *OPTIONS, *options])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # pytest has swallowed it
    if status in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
        raise cli.Refusal("no test matches: choose others by -k")
    return int(status)
