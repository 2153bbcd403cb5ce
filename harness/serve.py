"""Serve the variants side by side, with the same demo players, until Ctrl-C.

`python -m harness.serve [--port 8001]`: on 127.0.0.1, ports in a row. The databases are new ones,
on the embedded server or beside the one that DATABASE_URL names, and are dropped.
"""

import argparse
import socket
import time
from contextlib import ExitStack, closing

from harness import cli, environment, processes
from harness.cli import Failure, Refusal
from harness.databases import DEMO, on_a_server
from harness.demo import ACCOUNT, ADMIN, PASSWORD
from harness.sites import listens
from harness.variants import VARIANTS, Variant

HOST = "127.0.0.1"


def check_ports(ports: list[int]) -> None:
    """Refuse before anything is started, not after."""
    for port in ports:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise Refusal(
                    f"port {port} cannot be used ({error.strerror}); choose {len(ports)} in a "
                    "row with: python3 noxfile.py -s serve -- --port 9001"
                ) from error


def serve(ports: dict[int, Variant]) -> None:
    """Serve until interrupted."""
    check_ports(list(ports))
    with ExitStack() as stack:
        databases = stack.enter_context(on_a_server(DEMO))
        print("Registering 60 demo players in each variant …", flush=True)
        environments = {
            variant.id: environment.project(
                variant.path,
                stack.enter_context(databases.fresh(variant.id)),
                more={"PYTHONWARNINGS": "ignore"},
            )
            for variant in ports.values()
        }
        filling = [
            stack.enter_context(processes.stopped(processes.start(["harness.demo"], variables)))
            for variables in environments.values()
        ]
        if any(process.wait() for process in filling):
            raise Failure("the demo players could not be registered; the reason stands above")
        for port, variant in ports.items():
            address = f"{HOST}:{port}"
            command = [str(variant.path / "manage.py"), "runserver", "--noreload", address]
            site = processes.start(command, environments[variant.id])
            stack.enter_context(processes.stopped(site))
            if not listens(site, port):
                raise Failure(f"the site on port {port} did not start; its own words stand above")
            print(f"  {variant.folder:<20} http://{address}/", flush=True)
        print(
            f"Log in as {ACCOUNT}, or as {ADMIN}, who may see /admin/ too: password {PASSWORD}\n"
            "The toolbar at the right edge shows each page's SQL. Ctrl-C stops everything.",
            flush=True,
        )
        while True:
            time.sleep(3600)


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="python3 noxfile.py -s serve --", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--port", type=int, default=8001, help="the first of the ports")
    first = parser.parse_args(arguments).port
    if not 1 <= first <= 65535 - len(VARIANTS) + 1:
        parser.error(f"there is no port {first}")
    try:
        serve(dict(enumerate(VARIANTS.values(), start=first)))
    except KeyboardInterrupt:
        print("\nEverything is stopped.")
    return 0


if __name__ == "__main__":
    cli.run(main)
