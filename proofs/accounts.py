"""What a site's database holds of its players, by the queries of the variant's variant.toml."""

from dataclasses import dataclass

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


def accounts_of(site: Site, secret_key: str) -> Accounts:
    """Read a site's database. Raises psycopg2.Error; BadSignature for another secret key."""
    with connected(site.database_url) as ask:
        players = ask(site.variant.queries["players"])
        owners = ask(site.variant.queries["owners"])
        sessions = ask("SELECT session_data FROM django_session")
    return Accounts(
        [dict(zip(COLUMNS, [str(id), *values], strict=True)) for id, *values in players],
        [str(id) for (id,) in owners],
        [user_of(data, secret_key) for (data,) in sessions],
    )


def user_of(session_data: str, secret_key: str) -> str | None:
    """The user of a session, as Django writes it into its table; None before a log-in."""
    salt = "django.contrib.sessions.SessionStore"
    session = signing.loads(session_data, key=secret_key, salt=salt, fallback_keys=[])
    user: str | None = session.get("_auth_user_id")
    return user
