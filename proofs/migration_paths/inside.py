"""Runs inside a deployment's project, in a process of its own: `deployment.py` starts it."""

import sys

import django
from django.conf import settings


def main(descriptor: int) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from proofs.migration_paths.commands import serve  # needs the apps

    serve(descriptor)


if __name__ == "__main__":
    main(int(sys.argv[1]))
