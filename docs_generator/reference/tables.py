"""The page of tables: what each variant's database is after `migrate`."""

from docs_generator.reference import TEMPLATES, Records, drawing, fence, for_each, page
from harness.records import DATABASES, Record
from harness.text import rendered
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
    tables = [
        (one["name"], one["model"], list(zip(one["columns"], there["columns"], strict=True)))
        for one, there in zip(run.tables[: drawn(run)], other.tables, strict=False)
    ]
    about = {"tables": tables, "others": run.tables[drawn(run) :]}
    return rendered(TEMPLATES / "columns.md", about)


def of_ddl(run: Record) -> str:
    own = [one["name"] for one in run.tables[: drawn(run)]]
    return fence("sql", "\n\n".join(run.ddl[name] for name in own))
