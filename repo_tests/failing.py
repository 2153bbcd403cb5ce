"""Does what is wrong in small projects, and says what Django says: each in a fork of one process.

A line of stdin is a JSON object: `folder` of the project, `url` of its database, and `code`
to run with its settings. What is printed follows on stdout, and then a line with DONE and 1 where
it failed.
"""

import io
import os
import sys
import traceback

# What forks need not import anew, as far as it asks for no settings.
import django.core.management.commands.makemigrations
import django.core.management.commands.migrate
import django.db.models
import django.forms
import django.test  # noqa: F401

from repo_tests.forking import serve


def attempt(folder: str, url: str, code: str) -> int:
    """Run code in a project; 1 where it ends in an exception, which is printed."""
    sys.path.insert(0, folder)
    sys.stdin = io.StringIO()  # nobody answers a question
    os.chdir(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["DATABASE_URL"] = url
    try:
        exec(code, {"__name__": "shell"})
    except SystemExit as ended:
        return int(bool(ended.code))
    except BaseException as error:
        # As the last lines of a traceback, which is what people copy.
        print()
        print(*traceback.format_exception_only(error), sep="")
        return 1
    return 0


if __name__ == "__main__":
    serve(lambda job: attempt(**job))
