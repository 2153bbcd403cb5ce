"""Operations on accounts: to register, and to log in."""

import hmac
import secrets
from typing import Any

from benchmarks.baseline import Baseline
from benchmarks.operations.base import Addition, Change, Prepared
from benchmarks.people import PASSWORD, Person, one_round_password
from benchmarks.through_django import Site

SESSION = "INSERT INTO session VALUES (%s, %s, now() + interval '14 days')"
SESSION_DATA = "x" * 190  # as long as Django's signed session data


class Register(Addition):
    id = "register"
    title = "register"
    what = "POST /register/: the whole request, the password hashed in one round"
    first = 1

    def django(self, site: Site, key: Person) -> Prepared:
        client, typed = site.client(), site.registration(key)

        def answer(response: Any) -> Any:
            player = site.queries.by_username(key.username)
            logged_in = client.session.get("_auth_user_id") == str(player.pk)
            return [response.status_code == 302, logged_in, site.read_back(key.username)]

        return Prepared(lambda: client.post("/register/", typed, secure=True), answer)

    def baseline(self, sql: Baseline, key: Person) -> Prepared:
        """One statement makes the account and its session; unique indexes are the only check."""
        session = secrets.token_hex(16)

        def run() -> None:
            new = sql.values(key, one_round_password(secrets.token_hex(11)))
            sql.ask(f"WITH new AS ({sql.INSERT}) {SESSION}", *new, session, SESSION_DATA)

        def answer(_: Any) -> Any:
            logged_in = sql.ask("SELECT 1 FROM session WHERE key = %s", session)
            return [True, len(logged_in) == 1, sql.read_back(key.username)]

        return Prepared(run, answer)


class SaveRegistration(Addition):
    id = "save_registration"
    title = "save a registration"
    what = "RegistrationForm.save() alone, the form valid beforehand"
    first = 2
    differs_in_alternatives = needs_birthdate_index = True

    def django(self, site: Site, key: Person) -> Prepared:
        form = site.valid(site.forms.RegistrationForm(site.registration(key)))
        return Prepared(lambda: form.save(), lambda player: site.read_back(player.username))

    def baseline(self, sql: Baseline, key: Person) -> Prepared:
        def run() -> None:
            sql.ask(sql.INSERT, *sql.values(key, one_round_password(secrets.token_hex(11))))

        return Prepared(run, lambda _: sql.read_back(key.username))


class LogIn(Change):
    id = "log_in"
    title = "log in"
    what = (
        "POST /login/: the whole request, the password hashed in one round; it notes the time "
        "on the user's row, in a page that seeding filled"
    )

    def django(self, site: Site, key: Person) -> Prepared:
        client, typed = site.client(), {"username": key.username.upper(), "password": PASSWORD}

        def answer(response: Any) -> Any:
            player = site.queries.by_username(key.username)
            logged_in = client.session.get("_auth_user_id") == str(player.pk)
            return [response.status_code == 302, logged_in, player.last_login is not None]

        return Prepared(lambda: client.post("/login/", typed, secure=True), answer)

    def baseline(self, sql: Baseline, key: Person) -> Prepared:
        name, session = key.username.upper(), secrets.token_hex(16)

        def run() -> bool:
            [(number, password)] = sql.ask(
                "SELECT id, password FROM player WHERE username_key = lower(%s) AND is_active",
                name,
            )
            if not hmac.compare_digest(one_round_password(password.split("$")[2]), password):
                return False
            seen = "UPDATE player SET last_login = now() WHERE id = %s"
            sql.ask(f"WITH seen AS ({seen}) {SESSION}", number, session, SESSION_DATA)
            return True

        def answer(right: bool) -> Any:
            logged_in = sql.ask("SELECT 1 FROM session WHERE key = %s", session)
            [(seen,)] = sql.ask(
                "SELECT last_login IS NOT NULL FROM player WHERE username_key = lower(%s)", name
            )
            return [right, len(logged_in) == 1, seen]

        return Prepared(run, answer)
