"""A variant as it runs in production: gunicorn with TLS, production settings, PostgreSQL."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import trustme

from proofs import PREFIX
from tools.commands import clean_environment
from tools.serve import UNTIL_WE_END, fresh_database

ROOT = Path(__file__).resolve().parent.parent
APPLICATION = "proofs.wsgi:application"


class SiteError(Exception):
    """A site does not run; the text is one line."""


@dataclass
class Site:
    """A running site: `https://localhost:…`, the file of the CA that it is to be trusted by, its
    gunicorn's master process, and the file of what it says."""

    variant: str
    url: str
    database_url: str
    ca: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers, which answer the requests."""
        import psutil

        return [child.pid for child in psutil.Process(self.process.pid).children()]


def environment(variant: str, database_url: str) -> dict[str, str]:
    """A variant's environment with production settings, whatever a person's shell has set."""
    return {
        **clean_environment(),
        "DATABASE_URL": database_url,
        "DJANGO_ALLOWED_HOSTS": "localhost",
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / variant), str(ROOT)]),
    }


@contextlib.contextmanager
def new_database(server: str, variant: str, suffix: str = "") -> Iterator[str]:
    """The URL of a new database with a variant's tables on a PostgreSQL server; it is dropped.

    Raises SiteError where the variant cannot be migrated, psycopg2.Error without the server.
    """
    name = f"{PREFIX}{secrets.token_hex(3)}_{variant}{suffix}"
    with fresh_database(server, name) as url:
        migration = subprocess.run(
            [sys.executable, f"{variant}/manage.py", "migrate", "--verbosity=0"],
            cwd=ROOT,
            env=environment(variant, url),
            stderr=subprocess.PIPE,
            text=True,
        )
        if migration.returncode:
            raise SiteError(f"{variant} cannot be migrated: {migration.stderr.splitlines()[-1]}")
        yield url


@contextlib.contextmanager
def site(
    variant: str,
    database_url: str,
    *,
    workers: int = 1,
    threads: int = 4,
    application: str = APPLICATION,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Site]:
    """Run a variant on a free port of localhost until the block ends, or this process does.

    `settings` are more environment variables. Raises SiteError if it does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="site-") as name:
        port = free_port()
        folder = Path(name)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
            folder / "site.pem"
        )
        gunicorn = find_spec("gunicorn")
        if gunicorn is None or gunicorn.origin is None:
            raise SiteError("gunicorn is not installed: run this as a session of noxfile.py")
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-c", UNTIL_WE_END),
                    str(Path(gunicorn.origin).with_name("__main__.py")),
                    *(application, f"--bind=localhost:{port}", f"--workers={workers}"),
                    *("--worker-class=gthread", f"--threads={threads}", "--log-level=warning"),
                    *(f"--certfile={folder / 'site.pem'}", f"--worker-tmp-dir={folder}"),
                    *("--no-control-socket", "--graceful-timeout=5", "--keep-alive=75"),
                ],
                cwd=ROOT,
                env={**environment(variant, database_url), **(settings or {})},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        running = Site(
            variant,
            f"https://localhost:{port}",
            database_url,
            str(folder / "ca.pem"),
            process,
            log,
        )
        try:
            _wait(running, port)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.stdin:
                process.stdin.close()


def free_port() -> int:
    """A port of this machine that nobody uses, for whoever binds it soon."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(running: Site, port: int) -> None:
    end = time.monotonic() + 60
    while running.process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 5):
            return
        time.sleep(0.1)
    last = running.log.read_text(errors="replace").splitlines()[-1:]
    raise SiteError(f"the site of {running.variant} did not start: {''.join(last)}")
