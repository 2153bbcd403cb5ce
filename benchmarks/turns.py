"""Targets in processes of their own take turns: one works, and the others wait.

A machine that is busy for a moment then meets all of them alike, and each round of one can be set
against the same round of another. `Coordinator` is in the process that has started the others;
each of these has `Turns`.

What a target is at is a tuple: the number of a size, of an operation in it or of what comes before
these, and of what is done with that. It only ever grows. A target that waits at a later one than
the others has no part in theirs: it waits until they come there.
"""

import contextlib
import os
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from harness import processes
from harness.cli import Failure

At = tuple[int, int, int]
SEEDING, COPYING = -2, -1  # before the operations of a size
COUNTING, TIMING = 0, 1  # what is done with an operation
TURNS = "BENCHMARK_TURNS"  # where a process finds its end of the pipe


def our_end() -> Connection | None:
    """The pipe to the `Coordinator` that has started this process, if one has."""
    pipe = os.environ.pop(TURNS, None)
    return Connection(int(pipe)) if pipe else None


class Turns:
    """The part of one of several targets; alone, where no `Coordinator` has started this process,
    it never waits. `reference` is the target that the others' times are divided by. Raises
    EOFError once the run has ended."""

    def __init__(self, target: str, reference: str, run: Connection | None) -> None:
        self._target, self.reference, self._run = target, reference, run

    @property
    def alone(self) -> bool:
        return self._run is None

    def meet(self, at: At, value: Any = None) -> dict[str, Any]:
        """Wait until all are here; returns what each brought, by target."""
        brought: dict[str, Any] = self._ask("meet", at, value) or {self._target: value}
        return brought

    def begin(self, at: At) -> None:
        """Wait for one's turn."""
        self._ask("begin", at, None)

    def end(self) -> None:
        """Let the next one work."""
        self._send("end")

    @contextlib.contextmanager
    def turn(self, at: At) -> Iterator[None]:
        """Work when it is one's turn."""
        self.begin(at)
        yield
        self.end()

    def tell(self, name: str, value: dict[Any, Any]) -> None:
        """Have the run take down a result."""
        self._send("tell", name, value)

    def _ask(self, *message: Any) -> Any:
        self._send(*message)
        return self._run.recv() if self._run else None

    def _send(self, *message: Any) -> None:
        try:
            if self._run:
                self._run.send(message)
        except OSError:
            raise EOFError from None


class Coordinator:
    """Starts targets in processes that end with us, at the latest with the block, and serves them.

    `progress` is called with what they are at. `told` fills with what they tell, by name and
    target; by "failed", for what "reason". `folder` is removed if we are killed.
    """

    def __init__(self, progress: Callable[[At], None], folder: Path | None = None) -> None:
        self._progress, self._folder = progress, folder
        self._stack = contextlib.ExitStack()
        self._connections: dict[str, Connection] = {}
        self._ends: dict[str, Callable[[], str]] = {}
        self._shuffle = random.Random(1).shuffle  # noqa: S311 (no secret)
        self._waiting: dict[str, tuple[str, At, Any]] = {}
        self.told: dict[str, dict[str, dict[Any, Any]]] = defaultdict(lambda: defaultdict(dict))

    def __enter__(self) -> "Coordinator":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(
        self, target: str, command: Sequence[str], variables: Mapping[str, str], message: Any
    ) -> None:
        """Start a module with its arguments; the first that it reads is the message."""
        ours, theirs = Pipe()
        self._stack.callback(ours.close)
        log = self._stack.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115
        process = processes.start(
            command,
            {**variables, TURNS: str(theirs.fileno())},
            folder=self._folder,
            stdout=log,
            stderr=log,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._stack.callback(processes.kill, process)

        def end() -> str:
            if (status := process.wait()) < 0:
                return f"its process was ended by signal {-status}"
            log.seek(0)
            return log.read().strip().rpartition("\n")[2] if status else ""

        ours.send(message)
        self.join(target, ours, end)

    def join(self, target: str, connection: Connection, end: Callable[[], str]) -> None:
        """Serve a target. Once it has gone, `end` says why, or "" where its work is done."""
        self._connections[target], self._ends[target] = connection, end

    def run(self) -> None:
        """Serve until the last has gone. Raises Failure where one goes before its end."""
        while self._connections:
            silent = {id: self._connections[id] for id in self._connections.keys() - self._waiting}
            if silent:
                heard = wait(silent.values())
                for id in [id for id, connection in silent.items() if connection in heard]:
                    self._hear(id)
            else:
                self._serve()

    def _serve(self) -> None:
        """Let those that are at the first of all go on, in an order of each round's own."""
        at = min(at for _, at, _ in self._waiting.values())
        here = [id for id in self._connections if self._waiting[id][1] == at]
        said = {id: self._waiting.pop(id) for id in here}
        [kind] = {kind for kind, _, _ in said.values()}  # all run the same code
        self._progress(at)
        if kind == "begin":
            self._shuffle(here)
        for id in here:
            self._send(id, {other: value for other, (_, _, value) in said.items()})
            while kind == "begin" and self._hear(id) == "tell":
                pass  # until it ends its turn

    def _hear(self, id: str) -> str:
        """Take down one thing that a target says; returns its kind."""
        try:
            kind, *message = self._connections[id].recv()
        except (EOFError, OSError):
            self._connections.pop(id).close()
            if reason := self._ends[id]():
                reason = self.told["failed"][id].get("reason", reason)
                raise Failure(f"{id}: {reason}") from None
            return "gone"
        if kind == "tell":
            name, value = message
            self.told[name][id] |= value
        elif kind != "end":
            at, value = message
            self._waiting[id] = kind, at, value
        return str(kind)

    def _send(self, id: str, value: Any) -> None:
        with contextlib.suppress(OSError):  # it has gone, which is heard next
            self._connections[id].send(value)
