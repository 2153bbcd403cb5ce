"""The players that the benchmarks seed: the same ones, in Python and in SQL, for one seed number.

Player 1 to N, each a function of the seed and the number alone: 98 % are active, 90 % have a
Discord ID, half have a Zoom ID, 95 % a birth date between 1950 and 2009. Names begin with one of
twenty first names, a quarter of them capitalised, so that they sort in another order than ids do.
"""

import argparse
import base64
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection

NAMES = (
    *("aldric", "brenna", "corvin", "dalia", "eldrin", "fenna", "gareth", "halia", "isolde"),
    *("joren", "kaelin", "lyra", "maelis", "nerys", "orin", "petra", "quillon", "rhea"),
    *("soren", "thalia"),
)
EPOCH = date(1950, 1, 1)
DAYS = 21915  # sixty years
SMALLEST_SIZE, LARGEST_SIZE = 1_000, 3_000_000
PAGE = 50  # the directory's paginate_by
MOST_KEYS = 1000  # players that an operation works on, of a database
PASSWORD = "natural-twenty-20"  # noqa: S105 (a fiction, like its players)
DETAILS = ("discord_id", "zoom_id", "birthdate")  # what a strategy adds to Django's user
TABLE = Path(__file__).with_name("people.sql")
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


def sizes(text: str) -> list[int]:
    """The numbers of players that an option names, such as 1000,10000."""
    try:
        numbers = sorted({int(part.replace("_", "")) for part in text.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list such as 1000,10000") from None
    if numbers[0] < SMALLEST_SIZE or numbers[-1] > LARGEST_SIZE:
        raise argparse.ArgumentTypeError(
            f"{text!r}: sizes go from {SMALLEST_SIZE:,} to {LARGEST_SIZE:,} players"
        )
    return numbers


@dataclass(frozen=True)
class Players:
    """The players of a database: 1 to `count` of a seed."""

    count: int
    seed: int

    def person(self, number: int) -> Person:
        """One of them, or, past the last, one who is to be added."""
        return person(number, self.seed)

    def make_table(self, connection: Connection) -> None:
        """Make them in SQL, as the temporary table `people`."""
        choices = {"names": list(NAMES), "epoch": EPOCH, "days": DAYS}
        values = {**choices, "seed": str(self.seed), "players": self.count}
        with connection.cursor() as cursor:
            cursor.execute(TABLE.read_text(), values)

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


def one_round_password(salt: str = "benchmarkBENCHMARK0123") -> str:
    """PASSWORD as Django stores it, in one round of PBKDF2 instead of a million or more.

    The salt has the 22 characters that Django asks for; a shorter one is replaced at log-in.
    """
    digest = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), 1)
    return f"pbkdf2_sha256$1${salt}${base64.b64encode(digest).decode()}"
