"""Operations that look players up: one, a page of them, or those who meet conditions."""

from datetime import date, timedelta
from typing import Any

from benchmarks.baseline import Baseline
from benchmarks.operations.base import Read
from benchmarks.people import PAGE, Players, Row
from benchmarks.through_django import Site

DISCORD_ID = "lower(discord_id) = lower(%s) AND discord_id > ''"
Days = tuple[date, date]


class ByUsername(Read):
    id = "by_username"
    title = "fetch by username"
    what = "queries.by_username() and all its details"
    differs_in_alternatives = True

    def key(self, players: Players, index: int) -> str:
        username: str = super().key(players, index).username
        return username.upper()

    def django(self, site: Site, key: str) -> Row:
        return site.row(site.queries.by_username(key))

    def baseline(self, sql: Baseline, key: str) -> Row | None:
        return sql.read_back(key)


class ByDiscordID(Read):
    id = "by_discord_id"
    title = "fetch by Discord ID"
    what = "queries.directory(discord_id=…) and the player's details"
    differs_in_alternatives = True

    def key(self, players: Players, index: int) -> str:
        discord_id: str = super().key(players, index).discord_id
        return discord_id.upper()

    def django(self, site: Site, key: str) -> list[Row]:
        return site.rows(site.queries.directory(discord_id=key))

    def baseline(self, sql: Baseline, key: str) -> list[Row]:
        return sql.page(DISCORD_ID, key)


class FirstPage(Read):
    id = "page_first"
    title = "first page"
    what = "the first 50 players of queries.directory()"
    reservation = (
        "is the list alone: the page that a visitor loads also counts all players, which takes "
        "longer the more there are"
    )
    differs_in_alternatives = page_is_limited = True

    def key(self, players: Players, index: int) -> None:
        """Every call does the same."""

    def django(self, site: Site, key: None) -> list[Row]:
        return site.rows(site.queries.directory()[:PAGE])

    def baseline(self, sql: Baseline, key: None) -> list[Row]:
        return sql.page("true")


class DeepPage(Read):
    id = "page_deep"
    title = "deep page, by offset"
    what = "50 players of queries.directory() after skipping 90 %"

    def key(self, players: Players, index: int) -> int:
        return players.count * 9 // 10

    def django(self, site: Site, key: int) -> list[Row]:
        return site.rows(site.queries.directory()[key : key + PAGE])

    def baseline(self, sql: Baseline, key: int) -> list[Row]:
        """Skip in the index alone, then fetch 50 rows."""
        found = sql.ask(
            f"SELECT {sql.COLUMNS} FROM player JOIN"
            " (SELECT id FROM player WHERE is_active ORDER BY username_key"
            f" LIMIT {PAGE} OFFSET %s) AS page USING (id) ORDER BY username_key",
            key,
        )
        return [sql.row(one) for one in found]


class KeysetPage(Read):
    id = "page_keyset"
    title = "deep page, by keyset"
    what = "50 players of queries.directory() from a name on, which nine in ten come before"
    page_is_limited = True

    def key(self, players: Players, index: int) -> str:
        complete = players.complete(self.id)
        late = [one for one in complete if one.username[:5] == "soren"] or complete
        return late[index % len(late)].username

    def django(self, site: Site, key: str) -> list[Row]:
        players = site.queries.directory().alias(lower=site.Lower("username"))
        return site.rows(players.filter(lower__gt=site.Lower(site.Value(key)))[:PAGE])

    def baseline(self, sql: Baseline, key: str) -> list[Row]:
        return sql.page("username_key > lower(%s)", key)


class NaivePage(FirstPage):
    id = "page_naive"
    title = "first page, naive"
    what = "the first 50 players as a beginner asks for them: details one player at a time"
    reservation = ""
    differs_in_alternatives = page_is_limited = False

    def django(self, site: Site, key: None) -> list[Row]:
        """Without the select_related() and prefetch_related() that queries.py states.

        Bare SQL does as for any first page: the mistake is made with lazy attributes, which it
        does not have.
        """
        players = site.queries.directory().select_related(None).prefetch_related(None)
        return site.rows(players[:PAGE])


class BornBetween(Read):
    id = "born_between"
    title = "born in a month, counted"
    what = "queries.directory(born_from=…, born_to=…): the count and the first 50"
    differs_in_alternatives = needs_birthdate_index = True

    def key(self, players: Players, index: int) -> Days:
        first = super().key(players, index).birthdate
        return first, first + timedelta(days=30)

    def django(self, site: Site, key: Days) -> list[Any]:
        players = site.queries.directory(born_from=key[0], born_to=key[1])
        return [players.count(), site.rows(players[:PAGE])]

    def baseline(self, sql: Baseline, key: Days) -> list[Any]:
        """The count and the page come in one statement."""
        found = sql.ask(
            f"SELECT count(*) OVER (), {sql.COLUMNS} FROM player"
            " WHERE is_active AND birthdate BETWEEN %s AND %s"
            f" ORDER BY username_key LIMIT {PAGE}",
            *key,
        )
        return [found[0][0], [sql.row(one[1:]) for one in found]]


class TwoDetails(Read):
    id = "two_details"
    title = "filter on two details"
    what = "queries.directory() by Discord ID and birth date at once"
    differs_in_alternatives = needs_birthdate_index = True

    def key(self, players: Players, index: int) -> tuple[str, date, date]:
        one, month = super().key(players, index), timedelta(days=30)
        return one.discord_id, one.birthdate - month, one.birthdate + month

    def django(self, site: Site, key: tuple[str, date, date]) -> list[Row]:
        discord_id, first, last = key
        found = site.queries.directory(discord_id=discord_id, born_from=first, born_to=last)
        return site.rows(found)

    def baseline(self, sql: Baseline, key: tuple[str, date, date]) -> list[Row]:
        return sql.page(f"{DISCORD_ID} AND birthdate BETWEEN %s AND %s", *key)
