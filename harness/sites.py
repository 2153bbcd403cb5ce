"""A variant as it runs in production: gunicorn with TLS, production settings, PostgreSQL."""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from harness import environment, processes
from harness.cli import Failure, Refusal
from harness.databases import Databases
from harness.variants import ROOT, Variant

APPLICATION = "harness.wsgi:application"


class SiteError(Failure):
    """A site does not run; the text is one line."""


@dataclass
class Site:
    """A running site: `https://localhost:…`, the file of the CA that it is to be trusted by, its
    gunicorn's master process, the file of what it says, and its SECRET_KEY."""

    variant: Variant
    url: str
    database_url: str
    ca: str
    process: "subprocess.Popen[bytes]"
    log: Path
    key: str

    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers, which answer the requests."""
        import psutil

        return [child.pid for child in psutil.Process(self.process.pid).children()]


@contextlib.contextmanager
def migrated(databases: Databases, variant: Variant, *parts: str) -> Iterator[str]:
    """The URL of a new database with a variant's tables; it is dropped after the block.

    Raises SiteError where the variant cannot be migrated.
    """
    with databases.fresh(*parts, variant.id) as url:
        migrate(variant, url)
        yield url


def migrate(variant: Variant, database_url: str) -> None:
    """Make a variant's tables in an empty database. Raises SiteError."""
    migration = subprocess.run(
        [sys.executable, str(variant.path / "manage.py"), "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=environment.project(variant.path, database_url, production=True),
        stderr=subprocess.PIPE,
        text=True,
    )
    if migration.returncode:
        last = migration.stderr.splitlines()[-1:]
        raise SiteError(f"{variant.folder} cannot be migrated: {''.join(last)}")


@contextlib.contextmanager
def site(
    variant: Variant,
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
    import trustme

    gunicorn = find_spec("gunicorn")
    if gunicorn is None:
        raise Refusal("gunicorn is not installed: run this as a session of noxfile.py")
    with tempfile.TemporaryDirectory(prefix="site-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), free_port()
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        certificate = authority.issue_cert("localhost").private_key_and_cert_chain_pem
        certificate.write_to_path(folder / "site.pem")
        log = folder / "log"
        env = environment.project(variant.path, database_url, production=True, more=settings)
        with log.open("wb") as output:
            process = processes.start(
                [
                    *("gunicorn", application, f"--bind=localhost:{port}"),
                    *(f"--workers={workers}", "--worker-class=gthread", f"--threads={threads}"),
                    *(f"--certfile={folder / 'site.pem'}", f"--worker-tmp-dir={folder}"),
                    *("--log-level=warning", "--no-control-socket", "--graceful-timeout=5"),
                    "--keep-alive=75",
                ],
                env,
                folder=folder,
                stdout=output,
                stderr=output,
            )
        with processes.stopped(process):
            url, ca = f"https://localhost:{port}", str(folder / "ca.pem")
            key = env["DJANGO_SECRET_KEY"]
            running = Site(variant, url, database_url, ca, process, log, key)
            _wait(running, port)
            yield running


def free_port() -> int:
    """A port of this machine that is free, to be bound soon."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(process: "subprocess.Popen[bytes]", port: int, seconds: float = 60) -> bool:
    """Whether a process comes to listen on a port of localhost, in so many seconds."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 5):
            return True
        time.sleep(0.1)
    return False


def _wait(running: Site, port: int) -> None:
    if not listens(running.process, port):
        last = running.log.read_text(errors="replace").splitlines()[-1:]
        raise SiteError(f"the site of {running.variant.folder} did not start: {''.join(last)}")
