"""A proof whose tests are plain pytest: its command's options, and its exit status."""

import argparse
from pathlib import Path

import pytest

from harness import cli
from harness.variants import VARIANTS

OPTIONS = ["--tb=short", "-p", "no:tmpdir", "-p", "no:cacheprovider"]


def parser(session: str, description: str) -> cli.Parser:
    """The options that choose among the tests."""
    parser = cli.Parser(prog=f"nox -s {session} --", description=description)
    parser.add_choice("--variant", VARIANTS)
    parser.add_argument("-k", metavar="WORDS", help="only the tests whose names match, as pytest")
    return parser


def run(folder: Path, options: argparse.Namespace, *more: str) -> int:
    """Run the tests that are chosen, with more options of pytest's; returns the exit status."""
    chosen = [f"--variant={id}" for id in options.variant or []]
    chosen += [f"-k={options.k}"] if options.k else []
    status = pytest.main([str(folder), *OPTIONS, *chosen, *more])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # pytest has swallowed it
    if status in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
        raise cli.Refusal(f"no test matches -k {options.k!r}")
    return int(status)
