"""The players that the benchmarks seed: the same ones, in Python and in SQL, for one seed number.

Player 1 to N, each a function of the seed and the number alone: 98 % are active, 90 % have a
Discord ID, half have a Zoom ID, 95 % a birth date between 1950 and 2009. Names begin with one of
twenty first names, a quarter of them capitalised, so that they sort in another order than ids do.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

NAMES = (
    *("aldric", "brenna", "corvin", "dalia", "eldrin", "fenna", "gareth", "halia", "isolde"),
    *("joren", "kaelin", "lyra", "maelis", "nerys", "orin", "petra", "quillon", "rhea"),
    *("soren", "thalia"),
)
EPOCH = date(1950, 1, 1)
DAYS = 21915  # sixty years
PASSWORD = "natural-twenty-20"  # noqa: S105 (a fiction, like its players)


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
    def row(self) -> list[object]:
        """The answer that every subject gives for this player."""
        born = self.birthdate and self.birthdate.isoformat()
        return [self.username, self.email, self.is_active, self.discord_id, self.zoom_id, born]


def person(number: int, seed: int) -> Person:
    """Player `number` of a seed."""
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


def one_round_password() -> str:
    """PASSWORD as Django stores it, in one round of PBKDF2 instead of a million or more.

    The salt has the 22 characters that Django asks for; a shorter one is replaced at log-in.
    """
    salt = "benchmarkBENCHMARK0123"
    digest = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), 1)
    return f"pbkdf2_sha256$1${salt}${base64.b64encode(digest).decode()}"
