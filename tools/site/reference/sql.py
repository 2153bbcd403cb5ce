"""The page of transcripts: every statement of every operation."""

from benchmarks.table import VARIANTS, budgets, sentences
from tools.site.reference import TABS, fence, page, tabs
from tools.site.reference.runs import Run, RunFailed, Runs

INTRODUCTION = """\
The suite performs each operation as one request of a person's browser, session and user included,
and counts its statements. These are the statements of that run, on PostgreSQL with two players.

Values are as they were sent, except those that differ from run to run: `:id`, `:time`,
`:password` (a hash), `:session_key` and `:session_data` stand for them. Four columns in a row or
more are counted in a comment. Savepoints are left out, here and in the
[query counts](query-counts.md)."""


def render(runs: Runs) -> str:
    by_variant = {variant: runs[variant, "postgresql"] for variant in VARIANTS}
    parts = [INTRODUCTION]
    for operation in by_variant[VARIANTS[0]].operations:
        parts.append(f"## {title(operation)}")
        costs = {
            variant: {operation: {"sql": [one["words"] for one in run.operations[operation]]}}
            for variant, run in by_variant.items()
        }
        parts += [f"{difference(costs)}"]
        parts.append(
            tabs({TABS[one]: statements(run, operation) for one, run in by_variant.items()})
        )
    return page("SQL of every operation", *parts)


def title(operation: str) -> str:
    return operation.replace("_", " ").capitalize().replace("discord id", "Discord ID")


def difference(costs: dict[str, dict[str, dict[str, list[str]]]]) -> str:
    """What the strategies do differently, in words."""
    said = [sentence.partition(": ")[2] for sentence in sentences(costs)]
    if not said:
        return "All three send the same statements."
    return "Against the custom user: " + " ".join(one[0].lower() + one[1:] for one in said)


def statements(run: Run, operation: str) -> str:
    """The statements, numbered; as many as the variant promises. Raises RunFailed."""
    found = run.operations[operation]
    promised = budgets()[run.variant][operation]["statements"]
    if len(found) != promised:
        raise RunFailed(
            f"{run.variant} sends {len(found)} statements in {operation}, and promises {promised}"
        )
    lines = [f"-- {place} of {promised}\n{one['sql']};" for place, one in enumerate(found, 1)]
    return fence("sql", "\n".join(lines))
