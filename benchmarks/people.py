"""The players that the benchmarks seed: the same ones, in Python and in SQL, for one seed number.

Player 1 to N, each a function of the seed and the number alone: 98 % are active, 90 % have a
Discord ID, half have a Zoom ID, 95 % a birth date between 1950 and 2009. Names begin with one of
twenty first names, a quarter of them capitalised, so that they sort in another order than ids do.
"""

import base64
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice
from typing import Any

NAMES = (
    *("aldric", "brenna", "corvin", "dalia", "eldrin", "fenna", "gareth", "halia", "isolde"),
    *("joren", "kaelin", "lyra", "maelis", "nerys", "orin", "petra", "quillon", "rhea"),
    *("soren", "thalia"),
)
EPOCH = date(1950, 1, 1)
DAYS = 21915  # sixty years
MOST_KEYS = 1000  # players that an operation works on, of a database
PASSWORD = "natural-twenty-20"  # noqa: S105 (a fiction, like its players)
DETAILS = ("discord_id", "zoom_id", "birthdate")  # what a strategy adds to Django's user
COLUMNS = ("username", "email", "is_active", *DETAILS)

Row = list[Any]  # a player as every target answers: COLUMNS in their order, the date as text


@dataclass(frozen=True)
class Person:
    """One player as typed into the registration form; `birthdate` may be None."""

    number: int
    username: str
    email: str
    is_active: bool
    discord_id: str
    zoom_id: str
    birthdate: date | None

    @property
    def details(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in DETAILS}


def person(number: int, seed: int) -> Person:
    """Player `number` of a seed.

    Three independent random numbers decide: `a` the name and whether it is active, `b` Discord
    and Zoom ID, `c` the birth date. Each is divided by what one choice has used before the next.
    """
    digest = hashlib.md5(f"{seed}:{number}".encode(), usedforsecurity=False).hexdigest()
    a, b, c = (int(digest[start : start + 7], 16) for start in (0, 7, 14))
    name = NAMES[a % 20]
    username = f"{name.capitalize() if a // 20 % 4 == 0 else name}{number}"
    return Person(
        number=number,
        username=username,
        email=f"{username.lower()}@example.com",
        is_active=a // 80 % 50 != 0,
        discord_id=f"{name}#{number}" if b % 10 else "",
        zoom_id=f"{name}.zoom{number}" if b // 10 % 2 else "",
        birthdate=EPOCH + timedelta(days=c % DAYS) if c // DAYS % 20 else None,
    )


@dataclass(frozen=True)
class Players:
    """The players of a database: 1 to `count` of a seed."""

    count: int
    seed: int

    def person(self, number: int) -> Person:
        """One of them, or, past the last, one who is to be added."""
        return person(number, self.seed)

    def complete(self, operation: str) -> list[Person]:
        """At most MOST_KEYS active players with all details.

        They come in a random order, another for each operation's id.
        """
        return complete(self, operation)


@cache
def complete(players: Players, operation: str) -> list[Person]:
    def found() -> Iterator[Person]:
        order = random.Random(f"{players.seed} {operation}")  # noqa: S311 (no secret)
        numbers = range(1, players.count + 1)
        for number in order.sample(numbers, min(players.count, 2 * MOST_KEYS)):
            one = players.person(number)
            if one.is_active and one.discord_id and one.zoom_id and one.birthdate:
                yield one

    return list(islice(found(), MOST_KEYS))


# The same in SQL; a repository test compares the two. OFFSET 0 keeps PostgreSQL from computing
# the digest anew for each column.
PEOPLE = f"""
CREATE TEMPORARY TABLE people AS
SELECT number,
       username,
       lower(username) || '@example.com' AS email,
       a / 80 %% 50 <> 0 AS is_active,
       CASE WHEN b %% 10 <> 0 THEN name || '#' || number ELSE '' END AS discord_id,
       CASE WHEN b / 10 %% 2 <> 0 THEN name || '.zoom' || number ELSE '' END AS zoom_id,
       CASE WHEN c / {DAYS} %% 20 <> 0 THEN date '{EPOCH}' + c %% {DAYS} END AS birthdate
FROM (
    SELECT *, CASE WHEN a / 20 %% 4 = 0 THEN initcap(name) ELSE name END || number AS username
    FROM (
        SELECT number, a, b, c, ('{{{",".join(NAMES)}}}'::text[])[a %% 20 + 1] AS name
        FROM (
            SELECT number,
                   ('x' || substr(digest, 1, 7))::bit(28)::int AS a,
                   ('x' || substr(digest, 8, 7))::bit(28)::int AS b,
                   ('x' || substr(digest, 15, 7))::bit(28)::int AS c
            FROM (
                SELECT number, md5(%(seed)s || ':' || number) AS digest
                FROM generate_series(1, %(players)s) AS number OFFSET 0
            ) AS digests OFFSET 0
        ) AS numbers
    ) AS named
) AS people
"""


def one_round_password(salt: str = "benchmarkBENCHMARK0123") -> str:
    """PASSWORD as Django stores it, in one round of PBKDF2 instead of a million or more.

    The salt has the 22 characters that Django asks for; a shorter one is replaced at log-in.
    """
    digest = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), 1)
    return f"pbkdf2_sha256$1${salt}${base64.b64encode(digest).decode()}"
