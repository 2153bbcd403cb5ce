"""What must hold of each player after a fault, in the database and over HTTP."""

import itertools
from typing import Any

from harness.databases import connected
from proofs.accounts import Accounts, accounts_of
from proofs.faults.client import Broken, Client
from proofs.faults.target import Target
from shared_tests.people import DETAILS, PASSWORD, another

Person = dict[str, str]
VALUES = ("email", *DETAILS)  # what the tables hold of a person, beside the username
UNIQUE = ("email", "discord_id", "zoom_id")  # no two players here have the same


class Invariants:
    """The players of one fault, on a site without any others.

    `allowed` holds by username what that player may be: persons as they were posted, or None for
    absent. All methods raise Broken.
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
        self._require(client.register(person), 302, f"registering {person['username']}")
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
        if accounts.orphans:
            raise Broken(f"details belong to {accounts.orphans[0]}, who is no account")
        if accounts.lost_sessions:
            raise Broken(f"a session belongs to user {accounts.lost_sessions[0]}, who is gone")
        for log in (self.target.site.log, self.target.server_log):
            if PASSWORD in log.read_text(errors="replace"):
                raise Broken(f"a password stands in a log, {log}")

    def verify(self, *usernames: str) -> None:
        """Checked players log in and see their details; absent ones can register."""
        for username in usernames:
            [state] = self.allowed[username]
            client = Client(self.target.site)
            if state is None:
                state = self.people[username]
                self._require(client.register(state), 302, f"registering {username} again")
                self.allow(username, state)
            else:
                self._require(client.log_in(username), 302, f"logging {username} in")
            profile = client.profile()
            if any(profile[name] != state[name] for name in VALUES):
                shown, right = described(profile), described(state)
                raise Broken(f"{username}'s own page shows {shown}, not {right}")
            client.log_out()

    def _check_players(self, accounts: Accounts) -> None:
        found = {str(player["username"]): player for player in accounts.players}
        if strangers := sorted(found.keys() - self.allowed.keys()):
            raise Broken(f"there are players who never registered: {', '.join(strangers)}")
        for username, states in self.allowed.items():
            player = found.get(username)
            fitting = [state for state in states if is_same(player, state)]
            if not fitting:
                wanted = " or ".join(map(described, states))
                raise Broken(f"{username} is {described(player)}, not {wanted}")
            self.allowed[username] = fitting[:1]

    def _check_leftovers(self) -> None:
        """No table holds anything of players who are absent."""
        with connected(self.target.site.database_url) as ask:
            tables = [name for (name,) in ask("SELECT relname::text FROM pg_stat_user_tables")]
            every = [f"SELECT '{name}', t::text FROM \"{name}\" AS t" for name in tables]
            rows = ask(" UNION ALL ".join(every))
        for username in [name for name, [state] in self.allowed.items() if state is None]:
            for table, text in rows:
                if any(value in text for value in self._values[username]):
                    raise Broken(f"{username} is gone, but not from the table {table}")

    @staticmethod
    def _require(response: Any, status: int, what: str) -> None:
        if response.status_code != status:
            raise Broken(f"{what} was answered with {response.status_code}, not {status}")


def is_same(player: Any, state: Person | None) -> bool:
    """Whether a row of the database is that state."""
    if player is None or state is None:
        return player is state
    return all(player[name] == state[name] for name in VALUES)


def described(state: Any) -> str:
    """A player's state in one line."""
    return "absent" if state is None else "/".join(str(state[name] or "-") for name in VALUES)
