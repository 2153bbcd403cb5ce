"""Serve the three variants side by side, with the same demo players, until Ctrl-C.

`python -m tools.serve [--port 8001]`: on 127.0.0.1, three ports in a row. The databases are
new ones, on the embedded server or beside the one that DATABASE_URL names, and are dropped.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from tools.commands import refused
from tools.demo import ACCOUNT, ADMIN, PASSWORD
from tools.postgres import PostgresError, postgresql

ROOT = Path(__file__).resolve().parent.parent
VARIANTS = ["proxy_variant", "profile_variant", "custom_user_variant"]
HOST = "127.0.0.1"
PREFIX = "extending_user_demo_"

# A script that ends with us, however we end: our end of its input is closed even by kill -9.
UNTIL_WE_END = """
import os, runpy, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class ServeError(Exception):
    """Why the sites are not served: one line that says what to do."""


def check_ports(ports: list[int]) -> None:
    """Refuse before anything is started, not after."""
    for port in ports:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise ServeError(
                    f"port {port} cannot be used ({error.strerror}); "
                    "choose three in a row with: python3 noxfile.py -s serve -- --port 9001"
                ) from error


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """The URL of a new database on a server, dropped in the end. Only ever names with PREFIX."""

    def execute(statement: str) -> None:
        with closing(psycopg2.connect(server)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))

    drop = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
    try:
        execute(drop)
        execute("CREATE DATABASE {}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        execute(drop)


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End a process with the block."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def environment(variant: str, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / variant), str(ROOT)]),
        "PYTHONWARNINGS": "ignore",
    }


def run(script: str, *arguments: str, variant: str, url: str) -> subprocess.Popen[bytes]:
    """Start a script in a variant; Ctrl-C reaches only this process, which then stops them all."""
    return subprocess.Popen(
        [sys.executable, "-c", UNTIL_WE_END, script, *arguments],
        cwd=ROOT,
        env=environment(variant, url),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    """Return when the site is up; ServeError if it ends or does not come up in a minute."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with socket.create_connection((HOST, port), timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise ServeError(f"the site on port {port} did not start; its own words stand above")


def serve(first_port: int) -> None:
    """Serve until interrupted."""
    ports = list(range(first_port, first_port + len(VARIANTS)))
    check_ports(ports)
    with ExitStack() as stack:
        server = stack.enter_context(postgresql())
        print("Registering 60 demo players in each variant …", flush=True)
        urls = [stack.enter_context(fresh_database(server, PREFIX + v)) for v in VARIANTS]
        filling = [
            stack.enter_context(stopped(run("tools/demo.py", variant=variant, url=url)))
            for variant, url in zip(VARIANTS, urls, strict=True)
        ]
        if any(process.wait() for process in filling):
            raise ServeError("the demo players could not be registered; the reason stands above")
        for variant, url, port in zip(VARIANTS, urls, ports, strict=True):
            command = (f"{variant}/manage.py", "runserver", "--noreload", f"{HOST}:{port}")
            site = stack.enter_context(stopped(run(*command, variant=variant, url=url)))
            wait_until_it_listens(site, port)
            print(f"  {variant:<20} http://{HOST}:{port}/", flush=True)
        print(
            f"Log in as {ACCOUNT}, or as {ADMIN}, who may see /admin/ too: password {PASSWORD}\n"
            "The toolbar at the right edge shows each page's SQL. Ctrl-C stops everything.",
            flush=True,
        )
        while True:
            time.sleep(3600)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 noxfile.py -s serve --", description=__doc__)
    parser.add_argument("--port", type=int, default=8001, help="the first of three ports")
    port = parser.parse_args(arguments).port
    if not 1 <= port <= 65535 - len(VARIANTS) + 1:
        parser.error(f"there is no port {port}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        serve(port)
    except (ServeError, PostgresError, psycopg2.Error) as error:
        return refused(error)
    except KeyboardInterrupt:
        print("\nEverything is stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
