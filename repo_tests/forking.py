"""Runs a project's management commands, each in a fork of a process that has loaded the project.

Loading takes six times as long as `migrate`. A line of stdin is a JSON list, the command's
arguments; what it prints follows on stdout, and then a line with DONE and its exit status.
"""

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

DONE = "the-command-ended-with"


def until_done(output: Iterable[str], otherwise: str) -> tuple[int, str]:
    """The exit status that stands behind DONE, and what was printed before."""
    printed = ""
    for line in output:
        printed += line
        if match := re.search(rf"{DONE} (\d+)\n\Z", printed):
            return int(match[1]), printed[: match.start()]
    raise AssertionError(f"{otherwise}\n{printed}")


def serve(do: Callable[[Any], int]) -> None:
    """Do in a fork what each line of stdin says: `do` gets its JSON and returns a status."""
    os.dup2(1, 2)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = do(json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        _, ended = os.waitpid(child, 0)
        print(f"{DONE} {os.waitstatus_to_exitcode(ended)}", flush=True)


def command(arguments: list[str]) -> int:
    """What `manage.py` does, once the project is loaded; its exit status."""
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["manage.py", *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def main(project: str) -> None:
    sys.path.insert(0, project)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    serve(command)


if __name__ == "__main__":
    main(sys.argv[1])
