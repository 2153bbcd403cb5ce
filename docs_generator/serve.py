"""Show the tutorial site while it is written: `nox -s docs_serve`.

At a printed address on this machine, built anew at every change of a page or of included code,
until Ctrl-C. Broken links are told but do not end it; `nox -s docs` is strict.
"""

import os
import subprocess
import sys

from harness import cli
from harness.cli import Refusal
from harness.serve import HOST, check_ports
from harness.variants import ROOT, VARIANTS


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="nox -s docs_serve --", description="Serve the tutorial site.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args(arguments).port
    if not 1 <= port <= 65535:
        parser.error(f"there is no port {port}")
    try:
        check_ports([port])
    except Refusal:
        advice = "choose another: nox -s docs_serve -- --port 8010"
        raise Refusal(f"port {port} cannot be used; {advice}") from None
    command = [sys.executable, "-m", "mkdocs", "serve", f"--dev-addr={HOST}:{port}"]
    included = [*(variant.path for variant in VARIANTS.values()), ROOT / "migration_paths"]
    command += [f"--watch={path}" for path in included]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})


if __name__ == "__main__":
    cli.run(main)
