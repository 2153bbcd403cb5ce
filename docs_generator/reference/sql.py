"""The pages of transcripts: every statement of every operation."""

import re
from collections.abc import Mapping, Sequence

from benchmarks.compare_table import sentences
from docs_generator.reference import DJANGO, NOT_SEARCHED, Records, fence, page, tabs
from harness.variants import VARIANTS

CLAUSES = re.compile(
    r" (?=(?:FROM(?! UNNEST)|(?:INNER|LEFT OUTER) JOIN|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT"
    r"|SET|VALUES|ON CONFLICT|RETURNING|SELECT \* FROM UNNEST)\b)"
)
SHORT = 66  # a statement up to here stays on one line
LONG = 88  # from here on a clause is broken at its ANDs


def writes(operation: str) -> bool:
    return any(one.budget[operation]["commits"] for one in VARIANTS.values())


def place(operation: str) -> str:
    """Where an operation's statements are, as seen from another page of the reference."""
    page = "sql.md" if writes(operation) else "sql-reads.md"
    return f"{page}#{operation.replace('_', '-')}"


def render(records: Records, that_write: bool) -> str:
    costs = in_words(records)
    operations = []
    for operation in next(iter(costs.values())):
        if writes(operation) != that_write:
            continue
        own = difference({id: {operation: of[operation]} for id, of in costs.items()})
        sent = {id: records[id, "postgresql"].operations[operation]["sql"] for id in VARIANTS}
        transcripts = {VARIANTS[id].heading: transcript(sent[id]) for id in sent}
        operations.append((title(operation), own, tabs(transcripts)))
    return NOT_SEARCHED + page("sql", django=DJANGO, that_write=that_write, operations=operations)


def in_words(records: Records) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Each variant's statements of each operation, in words, as `sentences` compares them."""
    return {
        id: {
            operation: {"sql": [one["words"] for one in found["sql"]]}
            for operation, found in records[id, "postgresql"].operations.items()
        }
        for id in VARIANTS
    }


def title(operation: str) -> str:
    return spelt(operation.replace("_", " ").capitalize())


def spelt(text: str) -> str:
    """With the names of operations in it as people write them."""
    return text.replace("discord id", "Discord ID")


def difference(costs: dict[str, dict[str, dict[str, list[str]]]]) -> str:
    """What the strategies do differently, in words."""
    found = [sentence.partition(": ")[2] for sentence in sentences(costs)]
    if not found:
        return "All send the same statements."
    lines = [f"- The {code(one)}" for one in found]
    return "\n".join(["Against the custom user:", "", *lines])


def code(sentence: str) -> str:
    """A sentence with its table names as code."""
    return re.sub(r"\b(players_\w+|user)\b", r"`\1`", sentence).replace(
        "custom `user`", "custom user"
    )


def transcript(statements: Sequence[Mapping[str, str]]) -> str:
    """The statements of one operation, numbered."""
    texts = [
        f"-- {place} of {len(statements)}\n{in_lines(one['sql'])};"
        for place, one in enumerate(statements, 1)
    ]
    return fence("sql", "\n\n".join(texts))


def in_lines(sql: str) -> str:
    """Each clause that stands in no bracket begins a line, unless all of it is short."""
    if len(sql) <= SHORT:
        return sql
    clauses = broken(sql, [one.start() for one in CLAUSES.finditer(sql)], most=0)
    return "\n".join(line for clause in clauses for line in conditions(clause))


def conditions(clause: str) -> list[str]:
    """A long clause with each AND of its first level on a line of its own."""
    if len(clause) <= LONG or not clause.startswith("WHERE"):
        return [clause]
    first, *rest = broken(clause, [one.start() for one in re.finditer(" (?=AND )", clause)], 1)
    return [first, *(f"  {line}" for line in rest)]


def broken(sql: str, places: Sequence[int], most: int) -> list[str]:
    """The parts between those blanks that stand in at most so many brackets."""
    ends = [
        place for place in places if sql.count("(", 0, place) - sql.count(")", 0, place) <= most
    ]
    starts = [0, *(end + 1 for end in ends)]
    return [sql[start:end] for start, end in zip(starts, [*ends, len(sql)], strict=True)]
