"""The clock of the benchmarks: seconds of CPU per call, of this process and of its server's."""

import time
from pathlib import Path

from psycopg2.extensions import connection as Connection

Reading = tuple[float, float, float | None]


class Clock:
    """A `timer` for pytest-benchmark, which reads it before and after each block of `calls` calls.

    Its seconds are of CPU, of the client and, where the system tells, of the backend together.
    `samples()` has them apart, and wall time as well.
    """

    __name__ = "cpu_per_call"

    def __init__(self) -> None:
        self.calls = 1
        self._backend: Path | None = None
        self._readings: list[Reading] = []

    def __call__(self) -> float:
        at_the_end = len(self._readings) % 2 == 1  # of a block; reading is outside it at both ends
        if at_the_end:
            wall, client, backend = time.perf_counter(), time.process_time(), self._backend_cpu()
        else:
            backend, wall, client = self._backend_cpu(), time.perf_counter(), time.process_time()
        self._readings.append((wall, client, backend))
        return (client + (backend or 0)) / self.calls

    def start(self, calls: int) -> None:
        """Forget what was timed; blocks have so many calls from now on."""
        self.calls, self._readings = calls, []

    def samples(self) -> dict[str, list[float | None]]:
        """Seconds per call, block by block; None where the system does not tell."""
        blocks = list(zip(self._readings[::2], self._readings[1::2], strict=True))
        return {
            name: [self._seconds(before[part], after[part]) for before, after in blocks]
            for part, name in enumerate(("wall", "client_cpu", "backend_cpu"))
        }

    def _seconds(self, before: float | None, after: float | None) -> float | None:
        return None if before is None or after is None else (after - before) / self.calls

    def watch(self, connection: Connection) -> None:
        """Read a connection's server process from now on, where Linux tells what it uses.

        On another system, or where the process of that number is another, the server is
        elsewhere. PostgreSQL's processes bear the name of their database, which is this run's.
        """
        process = Path("/proc", str(connection.info.backend_pid))
        self._backend = None
        try:
            ours = connection.info.dbname in (process / "cmdline").read_text()
            (process / "schedstat").read_text()
        except OSError:
            return
        self._backend = process / "schedstat" if ours else None

    def _backend_cpu(self) -> float | None:
        return int(self._backend.read_text().split()[0]) / 1e9 if self._backend else None


CLOCK = Clock()
