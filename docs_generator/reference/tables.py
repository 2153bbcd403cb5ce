"""The page of tables: what each variant's database is after `migrate`."""

from docs_generator.reference import Records, drawing, fence, for_each, page, table
from harness.records import DATABASES, Record
from harness.variants import VARIANTS, Variant


def drawn(run: Record) -> int:
    """How many tables are drawn with all their columns: the user's and the app's own."""
    app = [one for one in run.tables if one["model"].startswith("players.")]
    own = [one for one in app if "_" not in one["model"].partition(".")[2]]
    return len({run.tables[0]["name"], *(one["name"] for one in own)})


def drawings(records: Records) -> dict[str, str]:
    """By file name, a drawing of each variant's tables."""
    texts = {}
    for variant in VARIANTS.values():
        run = records[variant.id, "postgresql"]
        user, *others = (one["name"] for one in run.tables)
        name = f"{variant.heading}: the table {user}; pointing at it: {', '.join(others)}"
        texts[file_of(variant)] = f"{drawing.relations(run.tables, drawn(run), name)}\n"
    return texts


def file_of(variant: Variant) -> str:
    return f"tables-{variant.folder}.svg"


def render(records: Records) -> str:
    return page(
        "tables",
        drawings=for_each(of_drawing),
        columns=for_each(lambda one: of_columns(*(records[one.id, kind] for kind in DATABASES))),
        postgresql=for_each(lambda one: of_ddl(records[one.id, "postgresql"])),
        sqlite=for_each(lambda one: of_ddl(records[one.id, "sqlite"])),
    )


def of_drawing(variant: Variant) -> str:
    file = f"docs/reference/charts/{file_of(variant)}"
    return f'<figure class="scroll" tabindex="0">\n--8<-- "{file}"\n</figure>'


def of_columns(run: Record, other: Record) -> str:
    """The tables' columns as PostgreSQL and, `other`, SQLite have them."""
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


def of_ddl(run: Record) -> str:
    own = [one["name"] for one in run.tables[: drawn(run)]]
    return fence("sql", "\n\n".join(run.ddl[name] for name in own))
