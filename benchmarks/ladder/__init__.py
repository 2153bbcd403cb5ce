"""The article's registration as a measured baseline, then one change at a time.

The source article's view, form and receiver are rebuilt in our own words and run as a site:
the profile variant with another `register/`. Each rung changes one thing, and the last one is
the profile variant itself. Two packages that make the same account stand beside the ladder.

`steps.py` has the rungs' code, `measure.py` what each costs, `rules.py` which of the contract's
rules each breaks. To look at one in a browser, on a database of its own, for migrating the
lower rungs drops the unique indexes:

    export LADDER_STEP=article DATABASE_URL=sqlite:///ladder.sqlite3
    export DJANGO_SETTINGS_MODULE=benchmarks.ladder.settings PYTHONPATH=.
    python profile_variant/manage.py migrate
    python profile_variant/manage.py runserver
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A rung or a package in words: `what` it changes against the step above it."""

    title: str
    what: str


LADDER = {
    "article": Step(
        "the article",
        "The article's way: every save of the user saves the Person again, the view reads the "
        "user back and asks authenticate() for whom it has, and each write is its own commit.",
    ),
    "one_hash": Step(
        "one hash",
        "The view logs in the user it has just made: authenticate() would look them up and hash "
        "the password a second time.",
    ),
    "create_only": Step(
        "the receiver only creates",
        "The receiver is the variant's, which inserts the Person and never saves it again; "
        "the view saves the Person, and the user no more for the receiver's sake.",
    ),
    "no_refresh": Step(
        "nothing read back",
        "No refresh_from_db(): the receiver has left the new Person on the user already.",
    ),
    "one_insert": Step(
        "one INSERT a row",
        "The details are on the user before it is saved, so that the receiver inserts them "
        "and no UPDATE has to follow.",
    ),
    "one_commit": Step(
        "one transaction",
        "Account and log-in are one transaction: one commit where there were four, a savepoint "
        "more, and no failure leaves half a player.",
    ),
    "rules": Step(
        "rules in the database",
        "Names, addresses and Discord IDs are unique in any case, by indexes of the database; "
        "the form is the variant's, which asks them first and knows what else is refused.",
    ),
    "profile": Step(
        "the profile variant",
        "The view is the variant's, too: whoever loses a race gets a form error, the page keeps "
        "to HTTP, leaks no password and leads to where the player came from.",
    ),
}
PACKAGES = {
    "django-allauth": Step(
        "django-allauth",
        "Its sign-up with e-mail verification off, and a signup() that fills the Person of the "
        "profile variant's receiver; it keeps addresses in a table of its own.",
    ),
    "django-registration": Step(
        "django-registration",
        "Its one-step sign-up with a form that fills the Person of the profile variant's "
        "receiver; without django-axes, which refuses to authenticate without a request.",
    ),
}
STEPS = LADDER | PACKAGES


def is_below(step: str, rung: str) -> bool:
    """Whether a step stands on the ladder, and before that rung."""
    return step in list(LADDER)[: list(LADDER).index(rung)]
