"""The operations: what each does, and with which keys.

`through_django.py` and `floor.py` hold a function of each operation's name.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from benchmarks.people import person

Key = dict[str, Any]
PAGE = 50  # the directory's paginate_by
BULK = 10_000
MAX_KEYS = 1000


@dataclass(frozen=True)
class Operation:
    """One thing that a site does. `heavy` ones are not repeated for their exact figures."""

    id: str
    title: str
    what: str
    writes: bool = False
    heavy: bool = False


OPERATIONS = {
    operation.id: operation
    for operation in (
        Operation(
            "register",
            "register",
            "POST /register/: the whole request, the password hashed in one round",
            writes=True,
        ),
        Operation(
            "save_registration",
            "save a registration",
            "RegistrationForm.save() alone, the form valid beforehand",
            writes=True,
        ),
        Operation(
            "log_in",
            "log in",
            "POST /login/: the whole request, the password hashed in one round; it notes the time "
            "on the user's row, in a page that seeding filled",
            writes=True,
        ),
        Operation("by_username", "fetch by username", "queries.by_username() and all its details"),
        Operation(
            "by_discord_id",
            "fetch by Discord ID",
            "queries.directory(discord_id=…) and the player's details",
        ),
        Operation("page_first", "first page", "the first 50 players of queries.directory()"),
        Operation(
            "page_deep",
            "deep page, by offset",
            "50 players of queries.directory() after skipping 90 %",
        ),
        Operation(
            "page_keyset",
            "deep page, by keyset",
            "50 players of queries.directory() from a name on, which nine in ten come before",
        ),
        Operation(
            "page_naive",
            "first page, naive",
            "the first 50 players as a beginner asks for them: details one player at a time",
        ),
        Operation(
            "born_between",
            "born in a month, counted",
            "queries.directory(born_from=…, born_to=…): the count and the first 50",
        ),
        Operation(
            "two_details",
            "filter on two details",
            "queries.directory() by Discord ID and birth date at once",
        ),
        Operation(
            "update_detail",
            "update one detail",
            "ProfileForm.save() alone, with a new Zoom ID, the form valid beforehand; the row is "
            "in a page that seeding filled, so every index of its table gets an entry",
            writes=True,
        ),
        Operation("per_birth_year", "players per birth year", "queries.per_birth_year()"),
        Operation("delete", "delete one", "player.delete()", writes=True),
        Operation(
            "bulk_import",
            "bulk import of 10,000",
            "bulk_create() of 10,000 new players with their details",
            writes=True,
            heavy=True,
        ),
        Operation(
            "export",
            "export all",
            "queries.directory().iterator() to the end, all details of all active players",
            heavy=True,
        ),
    )
}


def key(operation: str, players: int, seed: int, index: int) -> Key:
    """What the index-th call works on; every subject gets the same.

    Existing players are active and have all details. Keys of reads repeat; those of writes do
    not, so that no call meets what another left: IndexError past the last (see `keys_left`).
    """
    match operation:
        case "page_first" | "page_naive" | "per_birth_year" | "export":
            return {}
        case "page_deep":
            return {"offset": players * 9 // 10}
        case "page_keyset":
            chosen = _chosen(operation, players, seed)
            late = [number for number in chosen if person(number, seed).username[:5] == "soren"]
            return {"after": person((late or chosen)[index % len(late or chosen)], seed).username}
        case "register":
            return {"number": players + 1 + 2 * index}
        case "save_registration":
            return {"number": players + 2 + 2 * index}
        case "bulk_import":
            return {"first": players + 1_000_000 + index * BULK}
    chosen = _chosen(operation, players, seed)
    if OPERATIONS[operation].writes:
        return {"number": chosen[index]}
    return {"number": chosen[index % len(chosen)]}


def keys_left(operation: str, players: int, seed: int, used: int) -> int:
    """How many more calls of an operation find a key."""
    if operation in {"log_in", "update_detail", "delete"}:
        return len(_chosen(operation, players, seed)) - used
    return 10**9


@cache
def _chosen(operation: str, players: int, seed: int) -> list[int]:
    """Players to work on, in an order of the operation's own."""

    def complete() -> Iterator[int]:
        order = random.Random(f"{seed} {operation}")  # noqa: S311 (no secret)
        for number in order.sample(range(1, players + 1), min(players, 2 * MAX_KEYS)):
            one = person(number, seed)
            if one.is_active and one.discord_id and one.zoom_id and one.birthdate:
                yield number

    return list(islice(complete(), MAX_KEYS))
