"""The page of tables: what each variant's database is after `migrate`."""

from benchmarks.table import VARIANTS
from docs_generator.reference import TABS, drawing, fence, page, table, tabs
from docs_generator.reference.runs import DATABASES, Run, Runs

INTRODUCTION = """\
Each variant was migrated from nothing, on PostgreSQL and on SQLite. What follows was read back
from the databases. A choice of strategy holds on every page."""
DRAWN = """\
A question mark stands behind a column that may be empty; PK is a primary key,
FK a foreign key; 1, 0..1 and 0..n say how many rows of one belong to how many of the other."""


def drawn(run: Run) -> int:
    """How many tables are drawn with all their columns: the user's and the app's own."""
    app = [one for one in run.tables if one["model"].startswith("players.")]
    own = [one for one in app if "_" not in one["model"].partition(".")[2]]
    return len({run.tables[0]["name"], *(one["name"] for one in own)})


def drawings(runs: Runs) -> dict[str, str]:
    """By file name, the three drawings."""
    texts = {}
    for variant in VARIANTS:
        run = runs[variant, "postgresql"]
        user = run.tables[0]["name"]
        pointing = ", ".join(one["name"] for one in run.tables[1:])
        name = f"{TABS[variant]}: the table {user}; pointing at it: {pointing}"
        texts[f"tables-{variant}.svg"] = f"{drawing.relations(run.tables, drawn(run), name)}\n"
    return texts


def render(runs: Runs) -> str:
    return page(
        "Tables and DDL",
        INTRODUCTION,
        "## What points where",
        DRAWN,
        tabs({TABS[variant]: of_drawing(runs[variant, "postgresql"]) for variant in VARIANTS}),
        "## Columns",
        "The columns of the user's table and of the app's own, as Django's fields and as the "
        "databases' types.",
        tabs({TABS[variant]: of_columns(runs, variant) for variant in VARIANTS}),
        "## DDL on PostgreSQL",
        "The user's table and the app's own, read from the catalog; names without quotes and "
        "without the schema `public`.",
        tabs({TABS[variant]: of_ddl(runs[variant, "postgresql"]) for variant in VARIANTS}),
        "## DDL on SQLite",
        "As SQLite keeps it. It cannot add `ON DELETE CASCADE` to a table that is there, so that "
        "[rule 13](behaviour.md#rule-13) holds there through Django alone.",
        tabs({TABS[variant]: of_ddl(runs[variant, "sqlite"]) for variant in VARIANTS}),
    )


def of_drawing(run: Run) -> str:
    file = f"docs/reference/charts/tables-{run.variant}.svg"
    return f'<figure class="scroll" tabindex="0">\n--8<-- "{file}"\n</figure>'


def of_columns(runs: Runs, variant: str) -> str:
    run, other = runs[variant, "postgresql"], runs[variant, "sqlite"]
    parts = []
    for shown, there in zip(run.tables[: drawn(run)], other.tables, strict=False):
        rows = [
            [
                f"`{one['name']}`",
                one["field"],
                f"`{one['type']}`",
                f"`{same['type']}`",
                "yes" if one["null"] else "no",
                rule(one),
            ]
            for one, same in zip(shown["columns"], there["columns"], strict=True)
        ]
        headings = ["column", "field", *DATABASES.values(), "NULL", "key"]
        title = f"**`{shown['name']}`**, {len(rows)} columns ({shown['model']})"
        parts += [title, table(headings, rows, rest=":--")]
    rest = run.tables[drawn(run) :]
    pointing = ", ".join(f"`{one['name']}`" for one in rest)
    parts.append(f"{len(rest)} more tables point at the user: {pointing}.")
    return "\n\n".join(parts)


def rule(column: dict[str, object]) -> str:
    words = ["primary key"] if column["primary"] else ["unique"] if column["unique"] else []
    if column["to"]:
        words.append(f"→ `{column['to']}`")
    return ", ".join(words)


def of_ddl(run: Run) -> str:
    own = [one["name"] for one in run.tables[: drawn(run)]]
    return fence("sql", "\n\n".join(run.ddl[name] for name in own))
