"""The disk under the site's database is full to its last page."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.databases import PROOF
from proofs.faults.client import Client
from proofs.faults.conftest import Tell
from proofs.faults.invariants import Invariants
from proofs.faults.operations import Attempt, deletion, edit, registration
from proofs.faults.target import Target

SIZE = 32  # MB; a new database has eight
FULL = "No space left on device"


def test_the_disk_is_full(
    target: Target, small_disk: Path, invariants: Invariants, tell: Tell
) -> None:
    """Write and read without space; then with space again."""
    reader, _ = invariants.new_player()
    attempts = [edit(invariants), deletion(invariants)]
    # So that new details soon need a new page; in two variants, their user is written by then.
    target.ask(f"ALTER TABLE {target.details} SET (fillfactor = 10)")
    with filled(small_disk):
        refused = refused_registration(invariants)
        for attempt in attempts:  # the room that is left may do for these
            attempt.make(reason=FULL)
        pages = ("/", "/profile/", "/players/")
        unread = [path for path in pages if is_unreadable(target, reader, path)]
        invariants.check()
    target.ask(f"ALTER TABLE {target.details} RESET (fillfactor)")
    invariants.check()
    invariants.verify(refused.username, *(attempt.username for attempt in attempts))
    invariants.check()
    refusal = f"{' and '.join(unread)} too" if unread else "reading goes on"
    tell(f"registration refused, {refusal}")


def is_unreadable(target: Target, reader: Client, path: str) -> bool:
    """Whether a page is refused for want of space, although it only reads.

    A new connection writes a cache of the catalogue into the database's folder, where autovacuum
    has just made the last one invalid. Without room for it, PostgreSQL refuses the connection.
    """
    log = target.site.log
    before = log.stat().st_size
    if (status := reader.get(path).status_code) == 200:
        return False
    assert status == 500, path
    assert f"could not write init file: {FULL}" in log.read_bytes()[before:].decode()
    return True


def refused_registration(invariants: Invariants) -> Attempt:
    for _ in range(30):  # the last page has room for a few
        attempt = registration(invariants)
        if attempt.make(reason=FULL) == 500:
            return attempt
    raise AssertionError("the disk is full, and registrations still succeed")


@pytest.fixture
def small_disk(target: Target) -> Iterator[Path]:
    """A small file system in memory, in which the site's database lies; its log of changes, the
    WAL, stays where it is."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root, on Linux, can mount a small disk")
    name = f"{PROOF}disk"
    move = f'ALTER DATABASE "{target.database}" SET TABLESPACE'
    with mounted(target.server_folder) as place:
        target.ask(f"CREATE TABLESPACE {name} LOCATION %s", str(place), server=True)
        try:
            target.ask(f"{move} {name}", server=True)
            yield place
        finally:
            target.ask(f"{move} pg_default", server=True)
            target.ask(f"DROP TABLESPACE {name}", server=True)


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """The small file system, which belongs to the user that the server runs as."""
    place, owner = folder / "disk", folder.stat()
    place.mkdir()
    options = f"size={SIZE}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    try:
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        done = subprocess.run(mount, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            pytest.skip(done.stderr.strip())
        yield place
    finally:
        if place.is_mount():
            # Lazily: PostgreSQL may still have files open of those that it has dropped.
            subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    try:
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        yield
    finally:
        ballast.unlink(missing_ok=True)
