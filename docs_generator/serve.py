"""Show the tutorial site while it is written: `nox -s docs_serve`.

At a printed address on this machine, built anew at every change of a page or of included code,
until Ctrl-C. Broken links are told but do not end it; `nox -s docs` is strict.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.table import ROOT
from tools.commands import OneLineParser
from tools.serve import HOST, ServeError, check_ports


def main(arguments: Sequence[str]) -> int:
    parser = OneLineParser(prog="nox -s docs_serve --", description="Serve the tutorial site.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args(arguments).port
    try:
        check_ports([port])
    except (ServeError, OverflowError):
        advice = "choose another: nox -s docs_serve -- --port 8010"
        print(f"error: port {port} cannot be used; {advice}", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "mkdocs", "serve", f"--dev-addr={HOST}:{port}"]
    try:
        return subprocess.call(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
