"""What faults happen to: a variant's site, its database, and a server that can be killed."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil

from harness.databases import PROOF, Databases, Rows, connected
from harness.postgres import restartable
from harness.sites import Site, migrate, site
from harness.variants import Variant
from proofs.faults import HOLD

WORKERS = 2  # one answers while another, which was killed, is replaced


@dataclass
class Target:
    """A running site, and what is behind it.

    `server` is the URL of the server's own database, `start_again` starts a killed server.
    """

    site: Site
    server: str
    start_again: Callable[[], str]

    @property
    def users(self) -> str:
        """The table of the accounts."""
        return str(self.site.variant.tables["users"])

    @property
    def details(self) -> str:
        """The table of the details."""
        return str(self.site.variant.tables["details"])

    @property
    def database(self) -> str:
        """The name of the site's database."""
        return self.site.database_url.rpartition("/")[2]

    @cached_property
    def server_folder(self) -> Path:
        """The folder that goes with the server, and belongs to the user it runs as."""
        [(data,)] = self.ask("SHOW data_directory")
        return Path(data).parent

    @property
    def server_log(self) -> Path:
        return self.server_folder / "log"

    def ask(self, statement: str, *parameters: Any, server: bool = False) -> Rows:
        """Ask the site's database, or the server's own, on a new connection."""
        with connected(self.server if server else self.site.database_url) as ask:
            return ask(statement, *parameters)

    @contextlib.contextmanager
    def holding(self) -> Iterator[Callable[[], int]]:
        """Hold requests with the fault `hold` until the block ends; a call counts them."""
        with connected(self.site.database_url) as ask:
            ask("SELECT pg_advisory_lock(%s)", HOLD)
            held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            yield lambda: len(ask(held))

    def kill_the_server(self) -> None:
        """SIGKILL to the server, its first process first, so that it cannot mend itself."""
        pid = int((self.server_folder / "data/postmaster.pid").read_text().split()[0])
        first = psutil.Process(pid)
        processes = [first, *first.children(recursive=True)]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        until(lambda: not any(map(alive, processes)), "the killed server's processes are there")


def alive(process: psutil.Process) -> bool:
    """Whether it runs; a zombie that nobody waits for does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def until(true: Callable[[], object], otherwise: str, seconds: float = 30) -> None:
    """Wait until something is true; TimeoutError, with the text, where it never is."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{otherwise} after {seconds:g} seconds")
        time.sleep(0.02)


@contextlib.contextmanager
def target(variant: Variant) -> Iterator[Target]:
    """A variant's site on a server of its own, for as many faults as are to happen there."""
    with restartable(durable=True) as (server, start_again):
        databases = Databases(server, PROOF)
        url = databases.create(databases.name(variant.id))  # it is gone with its server
        migrate(variant, url)
        application = "proofs.faults.wsgi:application"
        with site(variant, url, workers=WORKERS, application=application) as running:
            yield Target(running, server, start_again)
