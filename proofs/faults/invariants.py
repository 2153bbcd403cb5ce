"""What must hold of each player after a fault, in the database and over HTTP."""

import itertools
from collections.abc import Mapping

from harness.databases import connected
from proofs.accounts import Accounts, accounts_of
from proofs.faults.client import Client
from proofs.faults.target import Target
from shared_tests.people import DETAILS, PASSWORD, another

Person = dict[str, str]
VALUES = ("email", *DETAILS)  # what the tables hold of a person, beside the username
UNIQUE = ("email", "discord_id", "zoom_id")  # no two players here have the same


class Invariants:
    """The players of one fault, on a site without any others.

    `allowed` holds by username what that player may be: persons as they were posted, or None for
    absent.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.people: dict[str, Person] = {}
        self.allowed: dict[str, list[Person | None]] = {}
        self._values: dict[str, set[str]] = {}  # all that a player ever may have been
        self._numbers = itertools.count()
        target.ask(f"TRUNCATE {target.users}, django_session CASCADE")

    def new_person(self) -> Person:
        """A person who has not registered yet."""
        person = another(next(self._numbers))
        self.people[person["username"]] = person
        self.allow(person["username"], None)
        return person

    def changed(self, person: Person) -> Person:
        """The same player with another address, and other details."""
        return {**another(500 + next(self._numbers)), "username": person["username"]}

    def new_player(self) -> tuple[Client, Person]:
        """A player who has registered without any fault, and is logged in."""
        client, person = Client(self.target.site), self.new_person()
        assert client.register(person).status_code == 302
        self.allow(person["username"], person)
        return client, person

    def allow(self, username: str, *states: Person | None) -> None:
        """From now on, this player may be one of these, and nothing else."""
        self.allowed[username] = list(states)
        values = self._values.setdefault(username, {username})
        values.update(state[name] for state in states if state for name in UNIQUE)

    def check(self) -> None:
        """Each player is what they may be; what they are is then all that they may be."""
        accounts = accounts_of(self.target.site)
        self._check_players(accounts)
        self._check_leftovers()
        assert not accounts.orphans, "details belong to no account"
        assert not accounts.lost_sessions, "sessions belong to users who are gone"
        for log in (self.target.site.log, self.target.server_log):
            said = log.read_text(errors="replace")
            assert PASSWORD not in said, f"a password stands in a log, {log}"

    def verify(self, *usernames: str) -> None:
        """Checked players log in and see their details; absent ones can register."""
        for username in usernames:
            [state] = self.allowed[username]
            client = Client(self.target.site)
            if state is None:
                state = self.people[username]
                assert client.register(state).status_code == 302, f"registering {username} again"
                self.allow(username, state)
            else:
                assert client.log_in(username).status_code == 302, f"logging {username} in"
            assert described(client.profile()) == described(state), f"{username}'s own page"
            client.log_out()

    def _check_players(self, accounts: Accounts) -> None:
        found = {str(player["username"]): player for player in accounts.players}
        assert not found.keys() - self.allowed.keys(), "there are players who never registered"
        for username, states in self.allowed.items():
            player = described(found.get(username))
            assert player in [described(state) for state in states], username
            self.allowed[username] = [one for one in states if described(one) == player][:1]

    def _check_leftovers(self) -> None:
        """No table holds anything of players who are absent."""
        with connected(self.target.site.database_url) as ask:
            tables = [name for (name,) in ask("SELECT relname::text FROM pg_stat_user_tables")]
            every = [f"SELECT '{name}', t::text FROM \"{name}\" AS t" for name in tables]
            rows = ask(" UNION ALL ".join(every))
        for username in [name for name, [state] in self.allowed.items() if state is None]:
            for table, text in rows:
                left = [value for value in self._values[username] if value in text]
                assert not left, f"{username} is gone, but not from the table {table}"


def described(state: Mapping[str, str | None] | None) -> list[str | None] | str:
    """A player's state, as it can be compared."""
    return "absent" if state is None else [state[name] for name in VALUES]
