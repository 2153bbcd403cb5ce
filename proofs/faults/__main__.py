"""Inject faults into each site, and see that every player is complete or absent: `nox -s faults`.

The web process is killed before its first and after each of its writes; its connection to the
database is cut there too; the database server is killed under load and started again; its disk is
full; a lock is held against a time limit; one player is in two browsers at once. Each variant runs
as in production, on a PostgreSQL server of ours whose commits reach the disk; DATABASE_URL is not
used, for no other server is ours to kill.
"""

import os
import subprocess
import sys
from pathlib import Path

from harness import cli
from harness.postgres import server
from proofs import session

UNSEEN = "PROOFS_MOUNT_UNSEEN"


def mount_unseen(arguments: list[str]) -> None:
    """Run this anew where its mounts are seen by no other process and end with it."""
    if sys.platform != "linux" or os.geteuid() != 0 or os.environ.pop(UNSEEN, ""):
        return
    command = ["unshare", "--mount"]
    try:
        if subprocess.run([*command, "true"], stderr=subprocess.DEVNULL).returncode:
            return
    except OSError:
        return
    os.environ[UNSEEN] = "1"
    again = [*command, sys.executable, "-m", "proofs.faults", *arguments]
    os.execvp(again[0], again)  # noqa: S606


def main(arguments: list[str]) -> int:
    parser = session.parser(
        "faults", "Kill, cut, fill up and lock, and see that no player is left half-made."
    )
    options = parser.parse_args(arguments)
    mount_unseen(arguments)
    with server():
        pass  # before anything else, for it may not be had
    # A browser's connection is left to the garbage collector, whose warning is none to fail for.
    quiet = ["--verbose", "-W", "ignore::ResourceWarning"]
    return session.run(Path(__file__).parent, *quiet, *session.chosen(options))


if __name__ == "__main__":
    cli.run(main)
