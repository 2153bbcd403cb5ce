"""Two requests at once, in an order that is certain."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from shared_tests.visitor import Response

WRITES = ("INSERT", "UPDATE", "DELETE")


def overtaken(request: Callable[[], Response], by: Callable[[], Any]) -> Response:
    """Let `by` happen, on a connection of its own, right before the request's first write."""

    def then_close() -> None:
        by()
        connection.close()

    other = threading.Thread(target=then_close)

    def run_first(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if sql.startswith(WRITES) and not other.ident:
            other.start()
            other.join()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run_first):
        response = request()
    assert other.ident, "the request wrote nothing"
    return response
