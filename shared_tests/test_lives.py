"""Whole lives, made up by hypothesis: after each step, the site is what the model says.

Several people, in three browsers, register, log in and out, edit, search, change passwords and
delete, with the values that sites get wrong. The same lives in each run; for others, and more,
run with `-k lives --hypothesis-profile=thorough`, and `--hypothesis-seed=N` to have them again.

When a life goes wrong, hypothesis tries shorter ones for as long as PATIENCE says and prints the
steps of the shortest, as code. To keep it, paste them into a test of their own at the end of this
file; each step checks what everybody sees after it. Another run finds the same life again.
"""

from functools import cache

import hypothesis
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.reporting import report
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from shared_tests.model import Model
from shared_tests.odd_values import LOG_IN_NAMES, NEW_PASSWORDS, NEXTS, PASSWORDS, typed
from shared_tests.people import PASSWORD, another
from shared_tests.visitor import Visitor, errors, fields_in, form_data, parsed

DETAILS = ("email", "discord_id", "zoom_id", "birthdate")
# Fields that no form shows: powers, and the names that the key of a row may have.
POWERS = ("is_staff", "is_superuser", "is_active", "groups", "last_login", "password")
KEYS = ("id", "pk", "user", "user_id", "player", "player_id", "person", "person_id")
BROWSERS = ["firefox", "chromium", "phone"]
PATIENCE = 30  # seconds to look for a shorter life in, once one went wrong
ENGINE = "hypothesis.internal.conjecture.engine"


def of_the_life(choices):
    """One of the choices that there are at this point of a life."""
    return st.runner().flatmap(lambda life: st.sampled_from(choices(life.model)))


# Mostly a browser with which there is something to do.
LOGGED_IN = of_the_life(lambda model: [*model.logged_in] * 3 + BROWSERS)
LOGGED_OUT = of_the_life(lambda model: sorted({*BROWSERS} - {*model.logged_in}) * 3 + BROWSERS)
PLAYERS = of_the_life(lambda model: [player.username for player in model.players] or ["ada"])


@cache
def fold(text):
    """As the database sees it: SQLite knows the case of A to Z only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT LOWER(%s)", [text])
        return cursor.fetchone()[0]


class Lives(RuleBasedStateMachine):
    """A site that may be any of the variants, and the model, which both do as people do."""

    begun = []  # noqa: RUF012 (of all lives)

    def __init__(self):
        super().__init__()
        self.model = Model(fold)
        self.browsers = {name: Visitor() for name in BROWSERS}
        # Each life in an empty database: what it wrote is taken back.
        self.life = transaction.atomic()
        self.life.__enter__()
        self.begun.append(self)

    def teardown(self):
        self.begun.remove(self)
        transaction.set_rollback(True)
        self.life.__exit__(None, None, None)

    # What people do

    @initialize()
    def two_register(self):
        for number, browser in enumerate(BROWSERS[:2]):
            self.register(browser, number, {}, (PASSWORD, PASSWORD), next="", greedy=False)

    @rule(
        browser=LOGGED_OUT,
        number=st.integers(0, 3),
        changed=typed("username", *DETAILS),
        passwords=NEW_PASSWORDS,
        next=NEXTS,
        greedy=st.booleans(),
    )
    def register(self, browser, number, changed, passwords, next, greedy):
        password1, password2 = passwords
        form = {**another(number), "password1": password1, "password2": password2, "next": next}
        form |= changed
        said = self.model.register(browser, form)
        self.check(browser, "/register/", self.aimed_at_others(browser, greedy) | form, said)

    @rule(
        browser=LOGGED_OUT,
        username=PLAYERS | LOG_IN_NAMES,
        password=PASSWORDS,
        next=NEXTS,
    )
    def log_in(self, browser, username, password, next):
        form = {"username": username, "password": password, "next": next}
        self.check(browser, "/login/", form, self.model.log_in(browser, form))

    @rule(browser=LOGGED_IN)
    def log_out(self, browser):
        self.check(browser, "/logout/", {}, self.model.log_out(browser))

    @rule(browser=LOGGED_IN, changed=typed(*DETAILS), greedy=st.booleans())
    def edit(self, browser, changed, greedy):
        page = self.browsers[browser].get("/profile/edit/")
        form = dict.fromkeys(DETAILS, "")
        if page.status_code == 200:
            form = form_data(parsed(page).select_one("main form"))
            del form["csrfmiddlewaretoken"]
            assert form == {
                name: self.model.logged_in[browser].profile()[name] for name in DETAILS
            }
        form |= changed
        aimed = self.aimed_at_others(browser, greedy)
        self.check(browser, "/profile/edit/", aimed | form, self.model.edit(browser, form))

    @rule(browser=LOGGED_IN, old=PASSWORDS, new=NEW_PASSWORDS)
    def change_password(self, browser, old, new):
        form = {"old_password": old, "new_password1": new[0], "new_password2": new[1]}
        said = self.model.change_password(browser, form)
        self.check(browser, "/password-change/", form, said)

    @rule(browser=LOGGED_IN, password=PASSWORDS)
    def delete(self, browser, password):
        form = {"password": password}
        self.check(browser, "/profile/delete/", form, self.model.delete(browser, form))

    @rule(browser=LOGGED_IN, filters=typed("discord_id", "born_from", "born_to"))
    def search(self, browser, filters):
        assert searched(self.browsers[browser], filters) == self.model.search(browser, filters)

    # What must then be so

    def check(self, browser, path, form, said):
        """The site answers what the model said, and shows everybody what the model shows."""
        assert answered(self.browsers[browser].post(path, form)) == said
        # Where somebody was refused, nothing changed for the others.
        everybody_looks = said[0] == 302
        for name in BROWSERS if everybody_looks else [browser]:
            player = self.model.logged_in.get(name)
            assert seen_in(self.browsers[name]) == (player and player.profile()), name
        for name in [*self.model.logged_in][:everybody_looks]:
            assert searched(self.browsers[name], {}) == self.model.search(name, {})

    def aimed_at_others(self, browser, greedy):
        """More than the form asks for: powers, and another player's name and key."""
        others = [p for p in self.model.players if p is not self.model.logged_in.get(browser)]
        if not greedy or not others:
            return {}
        name = others[0].username
        key = get_user_model().objects.get(username=name).pk
        return {**dict.fromkeys(POWERS, "1"), **dict.fromkeys(KEYS, key), "username": name}


def answered(response):
    """A response as the model says it."""
    if response.status_code == 302:
        return 302, response["Location"].partition("%3F")[0]
    return response.status_code, set(errors(response)) if response.status_code == 200 else None


def searched(visitor, filters):
    """What the directory answers, as the model says it."""
    response = visitor.get("/players/", filters)
    status, said = answered(response)
    if status == 200:
        rows = parsed(response).select("[data-player]")
        said = said, {str(row["data-player"]): fields_in(row) for row in rows}
    return status, said


def seen_in(visitor):
    """The profile page's values; None when logged out. Nobody here is staff."""
    response = visitor.get("/profile/")
    if response.status_code == 302:
        return None
    page = parsed(response)
    assert not page.select('a[href="/admin/"]')
    return fields_in(page.main)


@pytest.fixture(autouse=True)
def no_life_outlasts_its_test(db):
    """A counter-example that fails ends before its teardown(), in the middle of a transaction."""
    yield
    while Lives.begun:
        Lives.begun[-1].teardown()


OUT_OF_TIME = f"""
These steps are the fewest that were found in {PATIENCE} seconds; fewer may do.
With --hypothesis-profile=thorough, five minutes are spent on it.
"""


@pytest.fixture
def patience(monkeypatch):
    """Hear of a life that went wrong soon, and by a shorter one as far as there is time.

    Hypothesis takes up to five minutes and has no setting for it, but a documented constant that
    is left open to be patched. Its warning would speak of five minutes all the same.
    """

    def report_ours(text):
        report(OUT_OF_TIME if text.startswith("WARNING: Hypothesis has spent") else text)

    if hypothesis.settings.get_current_profile_name() == "suite":
        monkeypatch.setattr(f"{ENGINE}.MAX_SHRINKING_SECONDS", PATIENCE)
        monkeypatch.setattr(f"{ENGINE}.report", report_ours)


@pytest.mark.usefixtures("patience")
def test_every_life_is_as_the_model_says():
    run_state_machine_as_test(Lives)


def test_an_edited_address_has_its_domain_in_lower_case_too():
    state = Lives()
    state.two_register()
    state.edit(browser="firefox", changed={"email": "ada@EXAMPLE.COM"}, greedy=False)
    state.teardown()


def test_a_life_that_goes_wrong_is_told_when_time_is_up_and_not_when_it_is_shortest(
    patience, monkeypatch, capsys
):
    class WrongLives(RuleBasedStateMachine):
        begun = 0

        def __init__(self):
            super().__init__()
            WrongLives.begun += 1

        @rule(number=st.integers())
        def live(self, number):
            assert number < 1000

    monkeypatch.setattr(f"{ENGINE}.MAX_SHRINKING_SECONDS", 0)
    with pytest.raises(AssertionError) as told:
        run_state_machine_as_test(WrongLives)
    assert "state.live(number=" in "\n".join(told.value.__notes__)
    assert "fewer may do" in capsys.readouterr().out
    assert WrongLives.begun < 20
