"""Runs inside a deployment's project, in a process of its own: `deployment.py` starts it."""

import signal
import sys

import django
from django.conf import settings


def main(descriptor: int) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from proofs.migration_paths.commands import serve  # needs the apps

    serve(descriptor)
    signal.pause()  # it is ended from outside: if by its own guard, that tidies up first


if __name__ == "__main__":
    main(int(sys.argv[1]))
