"""Operations of upkeep: to change and to delete one player, to count, import and export all."""

import hashlib
from collections.abc import Iterable
from itertools import islice
from typing import Any

from benchmarks.baseline import Baseline
from benchmarks.operations.base import Change, Prepared, Read, Write
from benchmarks.people import Person, Players, Row, one_round_password
from benchmarks.through_django import Site

BULK = 10_000
CHUNK = 2000


class UpdateDetail(Change):
    id = "update_detail"
    title = "update one detail"
    what = (
        "ProfileForm.save() alone, with a new Zoom ID, the form valid beforehand; the row is "
        "in a page that seeding filled, so every index of its table gets an entry"
    )
    differs_in_alternatives = True

    def django(self, site: Site, key: Person) -> Prepared:
        typed = {**site.details(key), "email": key.email, "zoom_id": f"moved.{key.number}"}
        player = site.queries.by_username(key.username)
        form = site.valid(site.forms.ProfileForm(typed, instance=player))
        return Prepared(lambda: form.save(), lambda _: site.read_back(key.username))

    def baseline(self, sql: Baseline, key: Person) -> Prepared:
        number, zoom_id = sql.number_of(key), f"moved.{key.number}"

        def run() -> None:
            sql.ask("UPDATE player SET zoom_id = %s WHERE id = %s", zoom_id, number)

        return Prepared(run, lambda _: sql.read_back(key.username))


class PerBirthYear(Read):
    id = "per_birth_year"
    title = "players per birth year"
    what = "queries.per_birth_year()"
    reservation = (
        "measures how the count is asked, not the strategies: it counts keys, which no index on "
        "birth dates alone can answer, so PostgreSQL reads the table itself"
    )
    compares_strategies = False
    differs_in_alternatives = needs_birthdate_index = True

    def django(self, site: Site, key: Person) -> list[list[int]]:
        return [list(pair) for pair in site.queries.per_birth_year()]

    def baseline(self, sql: Baseline, key: Person) -> list[list[int]]:
        found = sql.ask(
            "SELECT extract(year FROM birthdate)::int AS year, count(*) FROM player"
            " WHERE birthdate IS NOT NULL GROUP BY year ORDER BY year"
        )
        return [list(pair) for pair in found]


class Delete(Change):
    id = "delete"
    title = "delete one"
    what = "player.delete()"
    differs_in_alternatives = True

    def django(self, site: Site, key: Person) -> Prepared:
        player = site.queries.by_username(key.username)
        return Prepared(lambda: player.delete(), lambda _: site.read_back(key.username))

    def baseline(self, sql: Baseline, key: Person) -> Prepared:
        number = sql.number_of(key)
        return Prepared(
            lambda: sql.ask("DELETE FROM player WHERE id = %s", number),
            lambda _: sql.read_back(key.username),
        )


class BulkImport(Write):
    id = "bulk_import"
    title = "bulk import of 10,000"
    what = "bulk_create() of 10,000 new players with their details"
    heavy = True
    differs_in_alternatives = True

    def key(self, players: Players, index: int) -> list[Person]:
        first = players.count + 1_000_000 + index * BULK
        return [players.person(number) for number in range(first, first + BULK)]

    def sample(self, key: list[Person]) -> list[str]:
        return [key[index].username for index in (0, BULK // 2, BULK - 1)]

    def django(self, site: Site, key: list[Person]) -> Prepared:
        password = one_round_password()
        return Prepared(
            lambda: site.insert(key, password),
            lambda _: [site.read_back(name) for name in self.sample(key)],
        )

    def baseline(self, sql: Baseline, key: list[Person]) -> Prepared:
        password = one_round_password()

        def run() -> None:
            rows = [sql.values(new, password, new.is_active) for new in key]
            sql.ask(
                f"INSERT INTO player ({sql.ALL_COLUMNS}) SELECT username, email, password,"
                " is_active, now(), discord_id, zoom_id, birthdate"
                " FROM unnest(%s::text[], %s::text[], %s::text[], %s::boolean[], %s::text[],"
                " %s::text[], %s::date[]) AS new (username, email, password, is_active,"
                " discord_id, zoom_id, birthdate)",
                *map(list, zip(*rows, strict=True)),
            )

        return Prepared(run, lambda _: [sql.read_back(name) for name in self.sample(key)])


class Export(Read):
    id = "export"
    title = "export all"
    what = "queries.directory().iterator() to the end, all details of all active players"
    heavy = True
    timed_once_from = 1_000_000  # it takes minutes

    def django(self, site: Site, key: Person) -> list[Any]:
        """Streamed: a million players do not fit into memory."""
        players = site.queries.directory().iterator(chunk_size=CHUNK)
        return digest(site.row(player) for player in players)

    def baseline(self, sql: Baseline, key: Person) -> list[Any]:
        statement = f"SELECT {sql.COLUMNS} FROM player WHERE is_active ORDER BY username_key"
        with sql.streamed(statement, CHUNK) as cursor:
            return digest(sql.row(one) for one in cursor)


def digest(exported: Iterable[Row]) -> list[Any]:
    """How many rows, and a hash of them in their order."""
    total, hashed = 0, hashlib.sha256()
    stream = iter(exported)
    while chunk := list(islice(stream, CHUNK)):
        total += len(chunk)
        hashed.update(repr(chunk).encode())
    return [total, hashed.hexdigest()]
