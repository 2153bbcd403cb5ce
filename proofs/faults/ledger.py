"""Who must be there after a fault, and how: the invariants, by SQL and over HTTP."""

import itertools
import re
from typing import Any

import requests

from proofs.faults.stage import Ask, Stage
from proofs.sessions import user_in
from proofs.sites import ROOT
from proofs.visitor import Visitor
from shared_tests.people import DETAILS, PASSWORD, another

Person = dict[str, str]
PATIENCE = 30  # seconds, the longest that any answer may take
KEPT = ("email", *DETAILS)
UNIQUE = ("email", "discord_id", "zoom_id")  # nobody else here has the same
# Everybody as their tables have them: a LEFT JOIN, so that who is there in half is seen.
PLAYERS = {
    "proxy_variant": """
        SELECT username, email,
            max(value) FILTER (WHERE name = 'discord_id'),
            max(value) FILTER (WHERE name = 'zoom_id'),
            max(value) FILTER (WHERE name = 'birthdate')
        FROM auth_user LEFT JOIN players_playerattribute ON player_id = auth_user.id
        GROUP BY auth_user.id
    """,
    "profile_variant": """
        SELECT username, email, discord_id, zoom_id, birthdate::text
        FROM auth_user LEFT JOIN players_person ON user_id = id
    """,
    "custom_user_variant": """
        SELECT username, email, discord_id, zoom_id, birthdate::text FROM players_user
    """,
}


class Broken(Exception):
    """Something that must hold does not; the text is one line."""


class Witness(Visitor):
    """A visitor who looks closely at every error page."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.site, timeout=PATIENCE)
        page = (ROOT / stage.variant / "website/templates/500.html").read_text()
        self.error_page = re.sub(r"\{#.*?#\}", "", page)

    def get(self, path: str, data: Any = None, **options: Any) -> Any:
        return self._seen(path, super().get(path, data, **options))

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        return self._seen(path, super().post(path, data, **options))

    def _seen(self, path: str, response: Any) -> Any:
        if response.status_code < 400:
            return response
        page = self.error_page
        if response.status_code == 400:  # as it is shown to whom nothing has befallen
            page = self.session.get(self.site.url, headers={"Host": "elsewhere.example"}).text
        if response.text != page:
            shown = " ".join(response.text.split())[:200]
            raise Broken(f"{path} answered {response.status_code} with a page of its own: {shown}")
        return response


class Ledger:
    """The players of one fault, on a site where nobody else is.

    `may` holds by username what that player may be: persons as they were posted, or None for
    absent. All methods raise Broken.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.people: dict[str, Person] = {}
        self.may: dict[str, list[Person | None]] = {}
        self._values: dict[str, set[str]] = {}  # all that a player ever may have been
        self._numbers = itertools.count()
        stage.ask(f"TRUNCATE {stage.accounts}, django_session CASCADE")

    def newcomer(self) -> Person:
        """Somebody who has not registered yet."""
        person = another(next(self._numbers))
        self.people[person["username"]] = person
        self.expect(person["username"], None)
        return person

    def changed(self, person: Person) -> Person:
        """The same player with another address, and other details."""
        return {**another(500 + next(self._numbers)), "username": person["username"]}

    def resident(self) -> tuple[Witness, Person]:
        """Somebody who has registered, undisturbed, and is logged in."""
        visitor, person = Witness(self.stage), self.newcomer()
        self._demand(visitor.register(person), 302, f"registering {person['username']}")
        self.expect(person["username"], person)
        return visitor, person

    def expect(self, username: str, *states: Person | None) -> None:
        """From now on, this player may be one of these, and nothing else."""
        self.may[username] = list(states)
        values = self._values.setdefault(username, {username})
        values.update(state[name] for state in states if state for name in UNIQUE)

    def check(self) -> None:
        """Everybody is what they may be; what they are is then all that they may be."""
        with self.stage.connected() as ask:
            self._check_players(ask(PLAYERS[self.stage.variant]))
            self._check_leftovers(ask)
            self._check_sessions(ask)
        for log in (self.stage.site.log, self.stage.server_log):
            if PASSWORD in log.read_text(errors="replace"):
                raise Broken(f"a password stands in a log, {log}")

    def verify(self, *usernames: str) -> None:
        """Checked players log in and see their details; absent ones can register."""
        for username in usernames:
            [state] = self.may[username]
            visitor = Witness(self.stage)
            if state is None:
                state = self.people[username]
                self._demand(visitor.register(state), 302, f"registering {username} again")
                self.expect(username, state)
            else:
                self._demand(visitor.log_in(username), 302, f"logging {username} in")
            profile = visitor.profile()
            if any(profile[name] != state[name] for name in KEPT):
                raise Broken(f"{username}'s own page shows {said(profile)}, not {said(state)}")
            visitor.log_out()

    def _check_players(self, rows: list[Any]) -> None:
        found = {username: dict(zip(KEPT, kept, strict=True)) for username, *kept in rows}
        if strangers := sorted(found.keys() - self.may.keys()):
            raise Broken(f"there are players whom nobody registered: {', '.join(strangers)}")
        for username, states in self.may.items():
            state = found.get(username)
            fitting = [one for one in states if state == (one and kept(one))]
            if not fitting:
                raise Broken(f"{username} is {said(state)}, not {' or '.join(map(said, states))}")
            self.may[username] = fitting[:1]

    def _check_leftovers(self, ask: Ask) -> None:
        """No table holds anything of who is absent."""
        tables = [name for (name,) in ask("SELECT relname::text FROM pg_stat_user_tables")]
        every = [f"SELECT '{name}', t::text FROM \"{name}\" AS t" for name in tables]
        rows = ask(" UNION ALL ".join(every))
        for username in [name for name, [state] in self.may.items() if state is None]:
            for table, text in rows:
                if any(value in text for value in self._values[username]):
                    raise Broken(f"{username} is gone, but not from the table {table}")

    def _check_sessions(self, ask: Ask) -> None:
        """Every session belongs to a player who exists, or to nobody yet."""
        ids = {str(id) for (id,) in ask(f"SELECT id FROM {self.stage.accounts}")}
        for (data,) in ask("SELECT session_data FROM django_session"):
            user = user_in(data, self.stage.key)
            if user not in {None, *ids}:
                raise Broken(f"a session belongs to user {user}, who is gone")

    @staticmethod
    def _demand(response: Any, status: int, what: str) -> None:
        if response.status_code != status:
            raise Broken(f"{what} was answered with {response.status_code}, not {status}")


def status_of(answer: Any) -> int | None:
    """What was answered, such as 302; None where the connection broke. `answer` is called."""
    try:
        status: int = answer().status_code
    except requests.ConnectionError:
        return None
    except requests.Timeout:
        raise Broken(f"there was no answer within {PATIENCE} seconds") from None
    return status


def kept(person: Person) -> dict[str, str]:
    """What the tables hold of a person, beside the username."""
    return {name: person[name] for name in KEPT}


def said(state: Any) -> str:
    """A player's state in one line."""
    return "absent" if state is None else "/".join(str(state[name] or "-") for name in KEPT)
