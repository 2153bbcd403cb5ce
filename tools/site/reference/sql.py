"""The pages of transcripts: every statement of every operation."""

import re

from benchmarks.table import VARIANTS, budgets, sentences
from tools.site.reference import NOT_SEARCHED, TABS, fence, page, tabs
from tools.site.reference.runs import DJANGO, Run, RunFailed, Runs
from tools.site.reference.transcript import in_lines

INTRODUCTION = """\
The suite performs each operation as one request of a person's browser, session and user included,
and counts its statements. These are the statements of that run, by Django {django} on
PostgreSQL with two players: of operations that {own}.

Values are as they were sent, except those that differ from run to run: `:id`, `:time`,
`:password` (a hash), `:session_key` and `:session_data` stand for them. Four columns in a row or
more are counted in a comment. Savepoints are left out, here and in the
[query counts](query-counts.md)."""


def writes(operation: str) -> bool:
    return any(rows[operation]["commits"] for rows in budgets().values())


def place(operation: str) -> str:
    """Where an operation's statements are, as seen from another page of the reference."""
    page = "sql.md" if writes(operation) else "sql-reads.md"
    return f"{page}#{operation.replace('_', '-')}"


def render(runs: Runs, that_write: bool) -> str:
    by_variant = {variant: runs[variant, "postgresql"] for variant in VARIANTS}
    parts = [INTRODUCTION.format(own="write" if that_write else "only read", django=DJANGO)]
    for operation in by_variant[VARIANTS[0]].operations:
        if writes(operation) != that_write:
            continue
        parts.append(f"## {title(operation)}")
        costs = {
            variant: {operation: {"sql": [one["words"] for one in run.operations[operation]]}}
            for variant, run in by_variant.items()
        }
        parts.append(difference(costs))
        parts.append(
            tabs({TABS[one]: statements(run, operation) for one, run in by_variant.items()})
        )
    own, other = ("write", "read") if that_write else ("read", "write")
    elsewhere = "sql-reads.md" if that_write else "sql.md"
    parts[0] += f" Those that [{other}]({elsewhere}) have a page of their own."
    return NOT_SEARCHED + page(f"SQL that {own}s", *parts)


def title(operation: str) -> str:
    return spelt(operation.replace("_", " ").capitalize())


def spelt(text: str) -> str:
    """With the names of operations in it as people write them."""
    return text.replace("discord id", "Discord ID")


def difference(costs: dict[str, dict[str, dict[str, list[str]]]]) -> str:
    """What the strategies do differently, in words."""
    said = [sentence.partition(": ")[2] for sentence in sentences(costs)]
    if not said:
        return "All three send the same statements."
    lines = [f"- The {code(one)}" for one in said]
    return "\n".join(["Against the custom user:", "", *lines])


def code(sentence: str) -> str:
    """A sentence with its table names as code."""
    return re.sub(r"\b(players_\w+|user)\b", r"`\1`", sentence).replace(
        "custom `user`", "custom user"
    )


def statements(run: Run, operation: str) -> str:
    """The statements, numbered; as many as the variant promises. Raises RunFailed."""
    found = run.operations[operation]
    promised = budgets()[run.variant][operation]["statements"]
    if len(found) != promised:
        raise RunFailed(
            f"{run.variant} sends {len(found)} statements in {operation}, and promises {promised}"
        )
    texts = [
        f"-- {place} of {promised}\n{in_lines(one['sql'])};" for place, one in enumerate(found, 1)
    ]
    return fence("sql", "\n\n".join(texts))
