"""The disk under the site's database is full to its last page."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from harness.cli import Refusal
from harness.databases import PROOF
from proofs.faults.client import Broken, Client
from proofs.faults.invariants import Invariants
from proofs.faults.operations import Attempt, deletion, edit, registration
from proofs.faults.target import Target

SIZE = 32  # MB; a new database has eight
FULL = "No space left on device"
UNSEEN = "PROOFS_MOUNT_UNSEEN"


class NotTried(Refusal):
    """A fault that cannot be had on this machine; the text is one line that says why."""


def disk(target: Target) -> str:
    """Write and read without space; then with space again."""
    invariants = Invariants(target)
    with _small_disk(target) as folder, _moved_to(target, folder):
        reader, _ = invariants.new_player()
        attempts = [edit(invariants), deletion(invariants)]
        target.say("filling the disk")
        # So that new details soon need a new page; in two variants, their user is written by then.
        target.ask(f"ALTER TABLE {target.details} SET (fillfactor = 10)")
        with _filled(folder):
            target.say("writing and reading without space")
            refused = _refused_registration(invariants)
            for attempt in attempts:  # the room that is left may do for these
                attempt.make(reason=FULL)
            pages = ("/", "/profile/", "/players/")
            unread = [path for path in pages if _is_unreadable(target, reader, path)]
            invariants.check()
        target.say("with space again")
        target.ask(f"ALTER TABLE {target.details} RESET (fillfactor)")
        invariants.check()
        invariants.verify(refused.username, *(attempt.username for attempt in attempts))
        invariants.check()
    refusal = f"{' and '.join(unread)} too" if unread else "reading goes on"
    return f"registration refused, {refusal}"


def _is_unreadable(target: Target, reader: Client, path: str) -> bool:
    """Whether a page is refused for want of space, although it only reads.

    A new connection writes a cache of the catalogue into the database's folder, where autovacuum
    has just made the last one invalid. Without room for it, PostgreSQL refuses the connection.
    """
    log = target.site.log
    before = log.stat().st_size
    if (status := reader.get(path).status_code) == 200:
        return False
    text = log.read_bytes()[before:].decode(errors="replace")
    if status == 500 and f"could not write init file: {FULL}" in text:
        return True
    raise Broken(f"with a full disk, {path} answered {status}: {''.join(text.splitlines()[-1:])}")


def _refused_registration(invariants: Invariants) -> Attempt:
    for _ in range(30):  # the last page has room for a few
        attempt = registration(invariants)
        if attempt.make(reason=FULL) == 500:
            return attempt
    raise Broken("the disk is full, and registrations still succeed")


@contextlib.contextmanager
def _small_disk(target: Target) -> Iterator[Path]:
    """A small file system in memory, which belongs to the user that the server runs as."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotTried("only root, on Linux, can mount a small disk")
    folder = target.server_folder
    place, owner = folder / "disk", folder.stat()
    place.mkdir()
    options = f"size={SIZE}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    try:
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        done = subprocess.run(mount, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise NotTried(done.stderr)
        yield place
    finally:
        if place.is_mount():
            # Lazily: PostgreSQL may still have files open of those that it has dropped.
            subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


@contextlib.contextmanager
def _moved_to(target: Target, folder: Path) -> Iterator[None]:
    """The site's database lies in that folder; its log of changes, the WAL, stays where it is."""
    name = f"{PROOF}disk"
    move = f'ALTER DATABASE "{target.database}" SET TABLESPACE'
    target.ask(f"CREATE TABLESPACE {name} LOCATION %s", str(folder), server=True)
    try:
        target.ask(f"{move} {name}", server=True)
        yield
    finally:
        target.ask(f"{move} pg_default", server=True)
        target.ask(f"DROP TABLESPACE {name}", server=True)


@contextlib.contextmanager
def _filled(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    try:
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        yield
    finally:
        ballast.unlink(missing_ok=True)


def mount_unseen(module: str, arguments: list[str]) -> None:
    """Run a module anew where its mounts are seen by no other process and end with it."""
    if sys.platform != "linux" or os.geteuid() != 0 or os.environ.pop(UNSEEN, ""):
        return
    command = ["unshare", "--mount"]
    try:
        if subprocess.run([*command, "true"], stderr=subprocess.DEVNULL).returncode:
            return
    except OSError:
        return
    os.environ[UNSEEN] = "1"
    again = [*command, sys.executable, "-m", module, *arguments]
    os.execvp(again[0], again)  # noqa: S606
