"""Register players in processes that are killed at their first, second, third … write.

`python -m shared_tests.killed DATABASE` prints the numbers of those killed, as JSON.
"""

import json
import os
import signal
import sys

import django
from django.conf import settings
from django.db import connection


def register_and_die(number: int) -> None:
    """Register one player; die by SIGKILL, which nothing can catch, before that write."""
    from shared_tests.people import another
    from shared_tests.visitor import Visitor

    left = number

    def execute_or_die(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal left
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute_or_die):
        assert Visitor().register(another(number)).status_code == 302


def main(database: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.PASSWORD_HASHERS = ["shared_tests.hashers.CountingHasher"]
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from shared_tests.visitor import Visitor

    Visitor().get("/register/")  # what each child would import and compile for itself
    connection.close()
    killed: list[int] = []
    while True:
        child = os.fork()
        if not child:
            register_and_die(len(killed))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        killed.append(len(killed))
    assert status == 0, status
    print(json.dumps(killed))


if __name__ == "__main__":
    main(sys.argv[1])
