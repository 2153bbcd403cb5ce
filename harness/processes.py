"""Python processes that end when we do, however we end."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from harness.variants import ROOT

# Our end of its input is closed even by kill -9; then it ends, with all that it has started, and
# removes the folder that is to go with it.
UNTIL_WE_END = """
import os, runpy, shutil, signal, sys, threading

def wait(ours=os.dup(0), folder=sys.argv.pop(1)):
    while os.read(ours, 1024):
        pass
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=wait, daemon=True).start()
del sys.argv[0]
if sys.argv[0].endswith(".py"):
    runpy.run_path(sys.argv[0], run_name="__main__")
else:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    cwd: Path = ROOT,
    folder: Path | None = None,
    stdout: IO[Any] | int | None = subprocess.DEVNULL,
    stderr: IO[Any] | int | None = None,
    pass_fds: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start a script (`….py`) or a module with its arguments, in a session of its own.

    Ctrl-C reaches only us, who then end it. `folder` is removed if we are killed.
    """
    return subprocess.Popen(
        [sys.executable, "-c", UNTIL_WE_END, str(folder or ""), *command],
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        pass_fds=pass_fds,
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it has started, at once."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()


@contextlib.contextmanager
def stopped(
    process: "subprocess.Popen[bytes]", seconds: float = 10
) -> Iterator["subprocess.Popen[bytes]"]:
    """End a process with the block: politely, and by force after so many seconds."""
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        kill(process)
