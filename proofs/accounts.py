"""What a site's database holds of its players, by the queries of the variant's variant.toml."""

from dataclasses import dataclass
from functools import partial

from django.core import signing

from harness.databases import connected
from harness.sites import Site
from shared_tests.people import DETAILS

COLUMNS = ("id", "username", "email", *DETAILS)


@dataclass(frozen=True)
class Accounts:
    """`players`: the COLUMNS of each account, as text, None for a detail that has no row.

    `owners`: the account's id for each row of details. `sessions`: the user's id for each
    session, None before a log-in.
    """

    players: list[dict[str, str | None]]
    owners: list[str]
    sessions: list[str | None]

    @property
    def ids(self) -> set[str | None]:
        return {player["id"] for player in self.players}

    @property
    def orphans(self) -> list[str]:
        """The owners that are no accounts, of details that should have gone with them."""
        return [id for id in self.owners if id not in self.ids]

    @property
    def lost_sessions(self) -> list[str]:
        """The users that are no accounts, of sessions that should have gone with them."""
        return [id for id in self.sessions if id is not None and id not in self.ids]


def accounts_of(site: Site) -> Accounts:
    """Read a site's database. Raises psycopg2.Error."""
    with connected(site.database_url) as ask:
        players = ask(site.variant.queries["players"])
        owners = ask(site.variant.queries["owners"])
        sessions = ask("SELECT session_data FROM django_session")
    # As Django writes them into its table.
    salt = "django.contrib.sessions.SessionStore"
    read = partial(signing.loads, key=site.key, salt=salt, fallback_keys=[])
    return Accounts(
        [dict(zip(COLUMNS, [str(id), *values], strict=True)) for id, *values in players],
        [str(id) for (id,) in owners],
        [read(data).get("_auth_user_id") for (data,) in sessions],
    )
