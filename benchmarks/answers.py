"""What the operations through Django and those of the floor have in common."""

import hashlib
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

Row = list[Any]
# What is measured, and what turns its result into the operation's answer.
Prepared = tuple[Callable[[], Any], Callable[[Any], Any]]


def as_it_is(result: Any) -> Any:
    return result


def digest(exported: Iterable[Row]) -> list[Any]:
    """How many rows, and a hash of them in their order."""
    total, hashed = 0, hashlib.sha256()
    stream = iter(exported)
    while chunk := list(islice(stream, 2000)):
        total += len(chunk)
        hashed.update(repr(chunk).encode())
    return [total, hashed.hexdigest()]
