"""The behaviour matrix: rule × variant × database, from the runs of the suite."""

import re
from collections import Counter
from collections.abc import Callable

from docs_generator.reference import Records, page, table
from harness.contract import function, rule_of, rules
from harness.records import DATABASES, Record
from harness.variants import REFERENCE, VARIANTS

# What the name of a function cannot spell; applied from the top, without regard to case.
SPELLINGS: dict[str, str | Callable[[re.Match[str]], str]] = {
    r"name email discord and zoom id": "name, e-mail, Discord ID and Zoom ID",
    r"name discord id zoom id": "name, Discord ID, Zoom ID",
    r"\b(discord|zoom) id\b": lambda found: f"{found[1].title()} ID",
    r"\bemail\b": "e-mail",
    r"\b(csrf|iso|nul|sql|wsgi)\b": lambda found: found[1].upper(),
    r"\bget and post\b": "GET and POST",
    r"\b(a|strangers|players) post\b": r"\1 POST",
    r"\b(a|another) (player|stranger)s\b": r"\1 \2's",
    r"\bthe (admin|model|receiver|user)s\b(?! table)": r"the \1's",
    r"\bnobodys\b": "nobody's",
    r"\banothers\b": "another's",
    r"\bdjangos\b": "Django's",
    r"\bproxys\b": "proxy's",
    r"(?<!to )(?<!not )(?<!still )\blog (ins?|out)\b": r"log-\1",
    r"\bkill 9\b": "`kill -9`",
    r"\ba next\b": "A `next`",
    r"\b(bulk create|create user|select related|change (?:player|user))\b": (
        lambda found: f"`{found[1].lower().replace(' ', '_')}`"
    ),
    r"\b(createsuperuser|exclude)\b": lambda found: f"`{found[1].lower()}`",
    r"\b(proxy of|receivers of|model stays) user\b": r"\1 `User`",
    r"\bmeta\b": "`Meta`",
}


def sentence(name: str) -> str:
    words = name.removeprefix("test_").replace("_", " ")
    for pattern, spelling in SPELLINGS.items():
        words = re.sub(pattern, spelling, words, flags=re.IGNORECASE)
    return words[0].upper() + words[1:]


def anchor(name: str) -> str:
    return name.removeprefix("test_").replace("_", "-")


def cell(run: Record, rule: int) -> str:
    passed = sum(rule_of(node) == rule for node in run.tests)
    left_out = sum(rule_of(node) == rule for node in run.left_out)
    return f"{passed} + {left_out}" if left_out else str(passed)


def render(records: Records) -> str:
    shown = [(number, rule, listed(records, number)) for number, rule in rules().items()]
    own = []
    for id, variant in VARIANTS.items():
        tests = [node for node in records[id, "postgresql"].tests if rule_of(node) == -1]
        own.append((variant.title, as_list(Counter(map(function, tests)), set())))
    return page(
        "behaviour", rules=shown, matrix=matrix(records), pages=listed(records, 0), own=own
    )


def matrix(records: Records) -> str:
    """A row for each rule, a column for each variant on each database."""
    columns = [(variant, database) for database in DATABASES for variant in VARIANTS]
    headings = ["rule", *(f"{VARIANTS[v].heading}, {DATABASES[d]}" for v, d in columns)]
    titles = {
        number: f"[Rule {number}](#rule-{number}): {rule}" for number, rule in rules().items()
    }
    titles |= {0: "[The pages](#the-pages)", -1: "[Its own tests](#what-only-one-strategy-does)"}
    rows = [
        [title, *(cell(records[one], number) for one in columns)]
        for number, title in titles.items()
    ]
    total = [f"**{len(records[one].tests)}**" for one in columns]
    return table(headings, [*rows, ["**All**", *total]])


def listed(records: Records, rule: int) -> str:
    """A rule's tests as sentences."""
    run, small = (records[REFERENCE.id, database] for database in DATABASES)
    tests = Counter(function(node) for node in run.tests if rule_of(node) == rule)
    kept = {function(node) for node in small.tests if rule_of(node) == rule}
    return as_list(tests, set(tests) - kept)


def as_list(tests: Counter[str], racing: set[str]) -> str:
    """A line a test, which a link can lead to."""
    lines = []
    for name, cases in tests.items():
        more = [f"{cases} cases"] if cases > 1 else []
        more += ["PostgreSQL alone"] if name in racing else []
        note = f" ({', '.join(more)})" if more else ""
        lines.append(f'- <a id="{anchor(name)}"></a>{sentence(name)}.{note}')
    return "\n".join(lines)
