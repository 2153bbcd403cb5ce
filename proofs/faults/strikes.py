"""The faults, one function each: it strikes, has the invariants checked, and says what happened.

They raise Broken where an invariant does not hold, and NotTried where a fault cannot be had.
"""

import contextlib
import itertools
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from proofs import PREFIX
from proofs.faults import HOLD
from proofs.faults.ledger import KEPT, Broken, Ledger, Person, Witness, status_of
from proofs.faults.stage import Stage, until

VISITORS, HELD, KILLS, ENOUGH = 6, 3, 2, 12
TIMEOUT = "500ms"
DISK = 32  # MB; a new database has eight


class NotTried(Exception):
    """A fault that cannot be had on this machine; the text is one line that says why."""


@dataclass
class Attempt:
    """What a visitor is about to ask for, and what the player is before it and after."""

    ledger: Ledger
    visitor: Witness
    ask: Callable[[], Any]
    username: str
    before: Person | None
    after: Person | None

    def made(self, fault: str = "kill -1", reason: str = "") -> int | None:
        """Ask for it while that fault befalls it; the status, None where the connection broke.

        Of a 500, the site's log must give the reason, a regular expression.
        """
        self.ledger.expect(self.username, self.before, self.after)
        log = self.ledger.stage.site.log
        start = log.stat().st_size
        self.visitor.session.headers["X-Fault"] = fault
        try:
            status = status_of(self.ask)
        finally:
            del self.visitor.session.headers["X-Fault"]
        # 400: Django's, where it cannot save the session at the end of a request.
        if status not in (302, 400, 500, None):
            raise Broken(f"{self.username}'s request was answered with {status}")
        if status == 500 and not re.search(reason, log.read_bytes()[start:].decode()):
            raise Broken(f"the site's log does not say {reason!r}")
        if status == 302:
            self.ledger.expect(self.username, self.after)
        return status

    def is_done(self) -> bool:
        """Whether a checked ledger has it as done."""
        return self.ledger.may[self.username][0] is self.after


def registration(ledger: Ledger) -> Attempt:
    visitor, person = Witness(ledger.stage), ledger.newcomer()
    name = person["username"]
    return Attempt(ledger, visitor, lambda: visitor.register(person), name, None, person)


def edit(ledger: Ledger, visitor: Witness | None = None, person: Person | None = None) -> Attempt:
    """Every value changes."""
    if visitor is None or person is None:
        visitor, person = ledger.resident()
    changed = ledger.changed(person)
    values = {name: changed[name] for name in KEPT}
    post = visitor.post
    name = person["username"]
    return Attempt(ledger, visitor, lambda: post("/profile/edit/", values), name, person, changed)


def deletion(
    ledger: Ledger, visitor: Witness | None = None, person: Person | None = None
) -> Attempt:
    if visitor is None or person is None:
        visitor, person = ledger.resident()
    return Attempt(ledger, visitor, visitor.delete, person["username"], person, None)


OPERATIONS = {"registration": registration, "edit": edit, "deletion": deletion}
# The fewest writes that can be right: a count below would mean that the counting is wrong.
FEWEST = {"registration": 5, "edit": 1, "deletion": 4}


@contextlib.contextmanager
def during(what: str) -> Iterator[None]:
    """Say where it was that something broke."""
    try:
        yield
    except Broken as broken:
        raise Broken(f"{what}: {broken}") from None


# --- At every write ------------------------------------------------------------------------


def web_process(stage: Stage) -> str:
    """The process that answers kills itself, by SIGKILL; gunicorn starts another."""

    def strike(attempt: Attempt, writes: int, _: int) -> None:
        before = stage.site.workers()
        if attempt.made(f"kill {writes}") is not None:
            raise Broken("the process was not killed")
        until(
            lambda: len(now := stage.site.workers()) == len(before) and now != before,
            "gunicorn has not replaced the killed process",
        )

    return _at_every_write(stage, "kills", strike)


def connection(stage: Stage) -> str:
    """The request's connection to the database is ended, from the server's side."""

    def strike(attempt: Attempt, writes: int, of: int) -> None:
        gone = "terminating connection|server closed the connection"
        if attempt.made(f"cut {writes}", gone) == 302 and writes < of:
            raise Broken("the request did not miss its connection")

    return _at_every_write(stage, "cuts", strike)


def _at_every_write(stage: Stage, what: str, strike: Callable[[Attempt, int, int], None]) -> str:
    """Strike before the first and after each write of each operation, as a first run counts."""
    ledger = Ledger(stage)
    counts: list[int] = []
    outcomes: list[bool] = []
    for name, prepare in OPERATIONS.items():
        writes = _writes_of(prepare(ledger))
        if len(writes) < FEWEST[name]:
            raise Broken(f"{name}: only {' '.join(writes) or 'no write'} was counted")
        counts.append(len(writes))
        done = []
        for made in range(len(writes) + 1):
            here = f"{name}, after {made} of {len(writes)} writes"
            stage.say(here)
            with during(f"{here} ({' '.join(writes[:made])})"):
                attempt = prepare(ledger)
                strike(attempt, made, len(writes))
                ledger.check()
                done.append(attempt.is_done())
                ledger.verify(attempt.username)
        if done != sorted(done) or done[0] or not done[-1]:
            raise Broken(f"{name}: what was done after 0, 1, 2 … writes is {done}")
        outcomes += done
    yes, no = outcomes.count(True), outcomes.count(False)
    return f"{len(outcomes)} {what} at {'+'.join(map(str, counts))} writes: {yes} done, {no} not"


def _writes_of(attempt: Attempt) -> list[str]:
    """What an operation writes when nothing befalls it."""
    answer = attempt.ask()
    if answer.status_code != 302:
        raise Broken(f"undisturbed, {attempt.username}'s request was not done")
    attempt.ledger.expect(attempt.username, attempt.after)
    writes: list[str] = answer.headers["X-Writes"].split()
    return writes


# --- The database server -------------------------------------------------------------------


def database_server(stage: Stage) -> str:
    """SIGKILL to all of PostgreSQL under load, with some requests between two of their writes."""
    ledger, stop, up = Ledger(stage), threading.Event(), threading.Event()
    done: list[str] = []
    cut_short: list[str] = []
    up.set()

    def is_done(attempt: Attempt, fault: str) -> bool:
        if attempt.made(fault) == 302:
            done.append(attempt.username)
            return True
        cut_short.append(attempt.username)
        up.wait()
        return False

    def live(held: bool) -> None:
        """Register, edit, and every other time leave, until the end."""
        for turn in itertools.count():
            fault = f"hold {1 + turn % 4}" if held else "kill -1"
            one = registration(ledger)
            while one and not stop.is_set() and is_done(one, fault):
                if one.before is None:
                    one = edit(ledger, one.visitor, one.after)
                elif one.after and turn % 2:
                    one = deletion(ledger, one.visitor, one.after)
                else:
                    break
            if stop.is_set():
                return

    with ThreadPoolExecutor(VISITORS) as pool:
        lives = [pool.submit(live, number < HELD) for number in range(VISITORS)]

        def until_more_is_done() -> None:
            goal = len(done) + ENOUGH
            enough = lambda: len(done) >= goal or any(life.done() for life in lives)  # noqa: E731
            until(enough, "the visitors get nowhere")

        try:
            for kill in range(KILLS):
                stage.say(f"load, until kill {kill + 1}")
                until_more_is_done()
                with _holding(stage) as waiting:
                    until(lambda: waiting() >= HELD, "no request is between two of its writes")
                    up.clear()
                    stage.kill_the_server()
                try:
                    _check_what_is_shown_without_a_database(stage)
                finally:
                    stage.start_again()
                up.set()
            until_more_is_done()
        finally:
            stop.set()
            up.set()
        for life in lives:
            life.result()
    stage.say("checking everybody")
    ledger.check()
    if len(cut_short) < KILLS * HELD:
        raise Broken(f"only {len(cut_short)} requests were cut short")
    ledger.verify(*dict.fromkeys(cut_short))
    ledger.check()
    return f"{KILLS} kills: {len(done)} done and kept, {len(cut_short)} cut short"


def _check_what_is_shown_without_a_database(stage: Stage) -> None:
    stranger = Witness(stage)
    stranger.session.cookies.set("sessionid", "of-a-session-that-has-to-be-looked-up")
    if stranger.get("/profile/").status_code != 500:
        raise Broken("without a database, a profile was answered all the same")
    if Witness(stage).get("/").status_code != 200:
        raise Broken("without a database, a stranger does not see the home page")


@contextlib.contextmanager
def _holding(stage: Stage) -> Iterator[Callable[[], int]]:
    """Requests with the fault `hold` are held until the block ends; how many are, says a call."""
    with stage.connected() as ask:
        ask("SELECT pg_advisory_lock(%s)", HOLD)

        def waiting() -> int:
            return len(ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))

        yield waiting


# --- The disk ------------------------------------------------------------------------------


def disk(stage: Stage) -> str:
    """The disk under the site's database is full to its last page."""
    ledger, full = Ledger(stage), "No space left on device"
    with _small_disk(stage) as folder, _moved_to(stage, folder):
        reader, _ = ledger.resident()
        attempts = [edit(ledger), deletion(ledger)]
        stage.say("filling the disk")
        # So that new details soon need a new page; in two variants, their user is written by then.
        stage.ask(f"ALTER TABLE {stage.details} SET (fillfactor = 10)")
        with _filled(folder):
            stage.say("writing and reading without space")
            refused = _refused_registration(ledger, full)
            for attempt in attempts:  # the room that is left may do for these
                attempt.made(reason=full)
            pages = ("/", "/profile/", "/players/")
            unread = [path for path in pages if _unread(stage, reader, path)]
            ledger.check()
        stage.say("with space again")
        stage.ask(f"ALTER TABLE {stage.details} RESET (fillfactor)")
        ledger.check()
        ledger.verify(refused.username, *(attempt.username for attempt in attempts))
        ledger.check()
    refusal = f"{' and '.join(unread)} too" if unread else "reading goes on"
    return f"registration refused, {refusal}"


def _unread(stage: Stage, reader: Witness, path: str) -> bool:
    """Whether a page is refused for want of space, although it only reads.

    A new connection writes a cache of the catalogue into the database's folder, where autovacuum
    has just made the last one invalid. Without room for it, PostgreSQL refuses the connection.
    """
    log = stage.site.log
    before = len(log.read_bytes())
    if (status := reader.get(path).status_code) == 200:
        return False
    said = log.read_bytes()[before:].decode(errors="replace")
    if status == 500 and "could not write init file: No space left on device" in said:
        return True
    raise Broken(f"with a full disk, {path} answered {status}: {''.join(said.splitlines()[-1:])}")


def _refused_registration(ledger: Ledger, reason: str) -> Attempt:
    for _ in range(30):  # the last page has room for a few
        attempt = registration(ledger)
        if attempt.made(reason=reason) == 500:
            return attempt
    raise Broken("the disk is full, and people still register")


@contextlib.contextmanager
def _small_disk(stage: Stage) -> Iterator[Path]:
    """A small file system in memory, which belongs to whom the server belongs to."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotTried("only root, on Linux, can mount a small disk")
    folder = stage.server_folder
    place, owner = folder / "disk", folder.stat()
    place.mkdir()
    options = f"size={DISK}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    try:
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        done = subprocess.run(mount, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise NotTried(" ".join(done.stderr.split()))
        yield place
    finally:
        if place.is_mount():
            # Lazily: PostgreSQL may still have files open of those that it has dropped.
            subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


@contextlib.contextmanager
def _moved_to(stage: Stage, folder: Path) -> Iterator[None]:
    """The site's database lies in that folder; its log of changes, the WAL, stays where it is."""
    name = f"{PREFIX}disk"
    move = f'ALTER DATABASE "{stage.database}" SET TABLESPACE'
    stage.ask(f"CREATE TABLESPACE {name} LOCATION %s", str(folder), server=True)
    try:
        stage.ask(f"{move} {name}", server=True)
        yield
    finally:
        stage.ask(f"{move} pg_default", server=True)
        stage.ask(f"DROP TABLESPACE {name}", server=True)


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


# --- Locks ---------------------------------------------------------------------------------


def statement_timeout(stage: Stage) -> str:
    """What is asked for waits for somebody's lock; the server gives the statement up."""
    return _given_up(stage, "statement_timeout", "canceling statement due to statement timeout")


def lock_timeout(stage: Stage) -> str:
    """What is asked for waits for somebody's lock; the server gives the waiting up."""
    return _given_up(stage, "lock_timeout", "canceling statement due to lock timeout")


def _given_up(stage: Stage, setting: str, reason: str) -> str:
    ledger = Ledger(stage)
    victim, person = ledger.resident()
    newcomer = registration(ledger)
    attempts = [newcomer, edit(ledger, victim, person), deletion(ledger, victim, person)]
    seconds = []
    with contextlib.closing(psycopg2.connect(stage.site.database_url)) as holder:
        # Never committed, it holds the new name against the one and the row against the others.
        rename = f"UPDATE {stage.accounts} SET username = %s WHERE username = %s"
        holder.cursor().execute(rename, (newcomer.username, person["username"]))
        with _set(stage, setting, TIMEOUT):
            for attempt, name in zip(attempts, OPERATIONS, strict=True):
                stage.say(f"{name}, while somebody holds the lock")
                start = time.monotonic()
                with during(name):
                    if attempt.made(reason=reason) != 500:
                        raise Broken("somebody else's lock did not hinder it")
                    seconds.append(time.monotonic() - start)
                    ledger.check()
                    if attempt.is_done():
                        raise Broken("it was refused, and is done")
                if victim.get("/profile/").status_code != 200:
                    raise Broken("a player cannot see a profile that somebody has locked")
    stage.say("with the lock released")
    for attempt, name in zip(attempts, OPERATIONS, strict=True):
        if attempt.made() != 302:
            raise Broken(f"{name}, which was given up, cannot be repeated")
        ledger.check()
    ledger.verify(newcomer.username, person["username"])
    return f"3 given up in {max(seconds):.1f} s at most, repeated"


@contextlib.contextmanager
def _set(stage: Stage, setting: str, value: str) -> Iterator[None]:
    """A setting of the site's database, for connections that begin within the block."""
    alter = f'ALTER DATABASE "{stage.database}"'
    stage.ask(f"{alter} SET {setting} = %s", value)
    try:
        yield
    finally:
        stage.ask(f"{alter} RESET {setting}")


def collision(stage: Stage) -> str:
    """One player in two browsers at once: the second asks while the first is half done."""
    ledger = Ledger(stage)
    waits: list[bool] = []
    for first, second in ((edit, edit), (edit, deletion), (deletion, edit)):
        writes = _writes_of(first(ledger))
        for made in range(1, len(writes) + 1):
            here = f"{first.__name__}, {made} of {len(writes)} writes, and {second.__name__}"
            stage.say(here)
            with during(here):
                waits.append(_meet(stage, ledger, first, second, made))
    if not any(waits):
        raise Broken("nobody ever had to wait for the other")
    return f"{len(waits)} meetings, {sum(waits)} with a wait, no deadlock"


def _meet(
    stage: Stage,
    ledger: Ledger,
    first: Callable[..., Attempt],
    second: Callable[..., Attempt],
    made: int,
) -> bool:
    """Whether the second had to wait for the first, which was held after so many writes."""
    visitor, person = ledger.resident()
    other = Witness(stage)
    other.log_in(person["username"])
    one, two = first(ledger, visitor, person), second(ledger, other, person)
    blocked = """
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND wait_event <> 'advisory'
    """
    with ThreadPoolExecutor(2) as pool, _holding(stage) as waiting:
        earlier = pool.submit(one.made, f"hold {made}")
        until(lambda: waiting() or earlier.done(), "the first request does not come")
        later = pool.submit(two.made)
        until(lambda: later.done() or stage.ask(blocked), "the second request does not come")
        waited = not later.done()
    if (answers := (earlier.result(), later.result())) != (302, 302):
        raise Broken(f"the two were answered with {answers[0]} and {answers[1]}")
    for browser in (visitor, other):  # where somebody is deleted, other browsers' sessions stay
        browser.log_out()
    outcomes = (one.after, two.after) if one.after and two.after else (None,)
    ledger.expect(person["username"], *outcomes)
    ledger.check()
    ledger.verify(person["username"])
    return waited


FAULTS: dict[str, Callable[[Stage], str]] = {
    "web-process": web_process,
    "connection": connection,
    "database-server": database_server,
    "disk": disk,
    "statement-timeout": statement_timeout,
    "lock-timeout": lock_timeout,
    "collision": collision,
}
