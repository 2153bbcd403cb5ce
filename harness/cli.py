"""What every command here has in common: how it refuses, how it fails, how it is stopped."""

import argparse
import difflib
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

Thing = TypeVar("Thing")
INTERRUPTED = 128 + signal.SIGINT


class _OneLine(Exception):
    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


class Refusal(_OneLine):
    """Nothing was done: bad input, or something is missing. One line that says what to do."""


class Failure(_OneLine):
    """What was checked does not hold, or something broke under way. One line that says what."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n")

    def add_choice(self, option: str, known: Iterable[str]) -> None:
        """An option that chooses among what is known, and may be given several times."""
        help = "only this one (repeatable)"
        self.add_argument(option, action="append", choices=list(known), help=help)

    def add_names(self, name: str, known: Collection[str], help: str) -> None:
        """Arguments that choose among what is known."""

        def of_them(given: str) -> str:
            if given in known:
                return given
            near = difflib.get_close_matches(given, known, 1)
            advice = f"did you mean {near[0]}?" if near else f"choose from {', '.join(known)}"
            raise argparse.ArgumentTypeError(f"there is no {given!r}: {advice}")

        self.add_argument(name, nargs="*", type=of_them, help=help)


def chosen(names: Iterable[str] | None, known: Mapping[str, Thing]) -> list[Thing]:
    """What these names choose, in its own order; all of it where there is no name."""
    return [known[name] for name in known if name in (names or known)]


def bar() -> "Progress":
    """A bar on stderr for each task: what is done now, how much of it, and for how long."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    columns = TextColumn("{task.description:<50.50}"), BarColumn(bar_width=12)
    return Progress(*columns, MofNCompleteColumn(), Elapsed(), console=Console(stderr=True))


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


def in_one_line(error: Exception) -> str:
    """An error's text; of an OSError, what happened to which file."""
    text = str(error)
    if isinstance(error, OSError) and error.filename:
        text = f"{error.strerror}: {error.filename}"
    return " ".join(text.split())


def command(main: Callable[[list[str]], int]) -> Callable[[list[str]], int]:
    """Give a command's `main` the exit status and the one line that its errors deserve.

    0 and 1 are its own; 2 for a Refusal, a file's or a database's error; 1 for a Failure; 130
    once it is interrupted, by Ctrl-C or SIGTERM.
    """

    @wraps(main)
    def guarded(arguments: list[str]) -> int:
        import psycopg2

        stopped = Stopped()
        try:
            return main(arguments)
        except BaseException as error:
            if stopped.happened:  # perhaps another error: what it was waiting for went first
                status, line = INTERRUPTED, "interrupted: nothing is left behind"
            elif isinstance(error, Failure):
                status, line = 1, f"error: {in_one_line(error)}"
            elif isinstance(error, (Refusal, OSError, psycopg2.Error)):
                status, line = 2, f"error: {in_one_line(error)}"
            else:
                raise
        print(line, file=sys.stderr)
        return status

    return guarded


def run(main: Callable[[list[str]], int]) -> NoReturn:
    """Run a command with this process's arguments."""
    sys.exit(command(main)(sys.argv[1:]))
