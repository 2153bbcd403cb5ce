"""Whole lives, made up by hypothesis: after each step, the site is what the model says.

Several people, in three browsers, register, log in and out, edit, search, change passwords and
delete, with the values that sites get wrong. The same lives in each run; for others, and more,
run with `-k lives --hypothesis-profile=thorough`, and `--hypothesis-seed=N` to have them again.

To keep a counter-example: hypothesis prints the shortest steps it found, as code. Paste them into
a test of their own below, in place of `test_every_life…`; they check themselves.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from shared_tests.model import Model
from shared_tests.people import PASSWORD, another
from shared_tests.visitor import Visitor, errors, fields_in, form_data, parsed

# What to type: odd values that are welcome, and values that are not. The model decides which are.

TODAY = datetime.now(UTC).date()
LETTERS = "aAbBéÉiIİıſsKk\u212aßẞǅΣς0#. 💻🏽<>&\"'%\\"
ODD_TEXTS = [
    *(
        "",
        " ",
        "ada#1815",
        "Ada#1815",
        " ADA#1815 ",
        "émile",
        "ÉMILE",
        "\u212a",
        "k",
        "İ",
        "i",
        "ı",
    ),
    *("<b>ada</b>", "<script>alert(1)</script>", '" onfocus="x', "'; DROP TABLE auth_user; --"),
    *("100%s %(x)s {{ user }}", "a&amp;b", "\\N\\x00", "None", "0", "ada\n", "\u00a0ada\u3000"),
    *(
        "🐉",
        "👩\u200d💻",
        "👩🏽\u200d🚀 ada",
        "❤️\u200d🔥",
        "Ада",
        "阿达",
        "आदा",
        "عايدة",
        "a\u2028b",
    ),
    *("x" * 40, "🐉" * 40, " " + "x" * 40 + " ", "Z\u0301" * 20, "ﷺ" * 9),
]
BAD_TEXTS = [
    *("a\0b", "\0", "a\u202eb", "\u200b", "a\u200db", "\ufeffada", "a\nb", "a\u00adb", "\ue000"),
    *("👩\u200d", "\u200d💻", "👩\u200d\u200d💻", "🏴\U000e0067\U000e007f", "x" * 41, "🐉" * 41),
]
ODD = {
    "username": [
        *(
            "ada",
            "Ada",
            "ADA",
            "ａｄａ",
            " ada ",
            "fiona",
            "ﬁona",
            "FIONA",
            "ada@b.c",
            "a+d-a_.",
            "ª",
        ),
        *("émile", "Émile", "e\u0301mile", "istanbul", "İstanbul", "ıstanbul", "ISTANBUL", "ſam"),
        *(
            "sam",
            "\u212aim",
            "kim",
            "straße",
            "STRASSE",
            "Σίσυφος",
            "σίσυφοσ",
            "a" * 150,
            "A" * 150,
        ),
    ],
    "email": [
        *("ada@example.com", "ADA@example.com", "ada@EXAMPLE.COM", " Ada@Example.com "),
        *("\u212aim@example.com", "kim@example.com", "ſam@example.com", "İ@example.com"),
        *("i@example.com", "x" * 242 + "@example.com"),
    ],
    "discord_id": ODD_TEXTS,
    "zoom_id": ODD_TEXTS,
    "birthdate": ["", "1900-01-01", "2000-02-29", "1990-1-2", " 1990-12-10 ", TODAY.isoformat()],
}
BAD = {
    "username": [*BAD_TEXTS, "", " ", "a" * 151, "ﬁ" * 76, "ada lovelace", "ada/..", "<b>ada</b>"],
    "email": [
        *("", " ", "ada@b", "@", "a@b@example.com", "é@example.com", "a..b@example.com"),
        *("a\0@example.com", "a\n@example.com", "x" * 243 + "@example.com", "<b>@example.com"),
    ],
    "discord_id": BAD_TEXTS,
    "zoom_id": BAD_TEXTS,
    "birthdate": [
        *("1899-12-31", "2001-02-29", "01/02/30", "30.01.2002", "20010203", "1990-12-10T00:00"),
        *("0001-01-01", "9999-12-31", " ", "\0", (TODAY + timedelta(days=1)).isoformat()),
    ],
}
DETAILS = ("email", "discord_id", "zoom_id", "birthdate")
GOOD_PASSWORDS = [PASSWORD, "natural-one-1", " pässwörd-ﬁ-🐉 "]
BAD_PASSWORDS = ["20202020", "password", "short", "", "\0" + PASSWORD]
PASSWORDS = st.sampled_from([PASSWORD] * 7 + GOOD_PASSWORDS + BAD_PASSWORDS)
NEW_PASSWORDS = st.sampled_from(
    [
        *[(PASSWORD, PASSWORD)] * 10,
        *[(one, one) for one in GOOD_PASSWORDS + BAD_PASSWORDS],
        *[(PASSWORD, "Natural-twenty-20"), (PASSWORD, ""), ("", PASSWORD)],
    ]
)
NEXTS = st.sampled_from(
    [
        *("", "/players/", "/players/?page=1", "http://testserver/profile/", "//evil.example/"),
        *(
            "https://evil.example/",
            "javascript:alert(1)",
            "/\\evil.example",
            "\0",
            "///evil.example",
        ),
    ]
)
POWERS = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "groups": "1",
    "last_login": "",
    "date_joined": "2000-01-01",
    "password": "x",
    "new_password1": "x",
}
BROWSERS = ["firefox", "chromium", "phone"]


def of_the_life(choices):
    """One of the choices that there are at this point of a life."""
    return st.runner().flatmap(lambda life: st.sampled_from(choices(life.model)))


# Mostly a browser with which there is something to do.
LOGGED_IN = of_the_life(lambda model: [*model.logged_in] * 3 + BROWSERS)
LOGGED_OUT = of_the_life(lambda model: sorted({*BROWSERS} - {*model.logged_in}) * 3 + BROWSERS)
PLAYERS = of_the_life(lambda model: [player.username for player in model.players] or ["ada"])


for bound in "born_from", "born_to":
    ODD[bound], BAD[bound] = ODD["birthdate"], BAD["birthdate"]


def typed(*names):
    """What to type into some of these fields: odd values, and now and then a bad one."""
    odd = {name: st.sampled_from(ODD[name]) for name in names}
    for name in {"discord_id", "zoom_id"}.intersection(names):
        odd[name] |= st.text(LETTERS, max_size=6)
    bad = [{name: value} for name in names for value in BAD[name]]
    return st.builds(
        lambda some, one: some | one,
        st.fixed_dictionaries({}, optional=odd),
        st.one_of(st.just({}), st.just({}), st.just({}), st.sampled_from(bad)),
    )


@cache
def fold(text):
    """As the database sees it: SQLite knows the case of A to Z only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT LOWER(%s)", [text])
        return cursor.fetchone()[0]


class Lives(RuleBasedStateMachine):
    """A site that may be any of the variants, and the model, which both do as people do."""

    def __init__(self):
        super().__init__()
        self.model = Model(fold)
        self.browsers = {name: Visitor() for name in BROWSERS}
        # Each life in an empty database: what it wrote is taken back.
        self.life = transaction.atomic()
        self.life.__enter__()

    def teardown(self):
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
        username=PLAYERS | st.sampled_from(ODD["username"] + BAD["username"]),
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
        everybody_looks = said[0] == 302  # Somebody who was refused looks alone.
        for name, visitor in self.browsers.items():
            if name != browser and not everybody_looks:
                continue
            player = self.model.logged_in.get(name)
            assert seen_in(visitor) == (player and player.profile()), name
        for name in self.model.logged_in:
            assert searched(self.browsers[name], {}) == self.model.search(name, {})
            break

    def aimed_at_others(self, browser, greedy):
        """Fields that no form shows: powers, and the key of somebody else's row."""
        others = [p for p in self.model.players if p is not self.model.logged_in.get(browser)]
        if not greedy or not others:
            return {}
        key = str(get_user_model().objects.get(username=others[0].username).pk)
        names = ("id", "pk", "user", "user_id", "player", "player_id", "person", "person_id")
        return dict.fromkeys(names, key) | {"username": others[0].username} | POWERS


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


@pytest.mark.django_db
def test_every_life_is_as_the_model_says():
    run_state_machine_as_test(Lives)
