"""What every command here has in common: how it refuses, and how it stops."""

import argparse
import signal
from typing import Any, NoReturn


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n")


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
