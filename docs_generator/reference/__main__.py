"""Generate the site's reference: `nox -s reference`.

Writes docs/reference/, the pictures of the migration paths, docs/figures.json and the figures in
the other pages, from the Records of each variant's suite on each database, which are made where
none fits. `--check` writes nothing: it prints what would change, and exits with 1 if anything
would. `--figures` needs no Records: it takes the figures from docs/figures.json, for the time
while a page is written.
"""

import argparse
from pathlib import Path

import django

from docs_generator.reference import (
    DJANGO,
    Records,
    behaviour,
    counts,
    differences,
    figures,
    proofs,
    sessions,
    sql,
    stages,
    tables,
    timings,
)
from harness import cli, golden, suite
from harness.cli import Failure
from harness.records import DATABASES
from harness.text import number
from harness.variants import ROOT, VARIANTS

PAGES = ROOT / "docs" / "reference"
CHARTS = PAGES / "charts"


def recorded() -> Records:
    """A Record of each variant on each database. Raises Failure where a suite does not pass."""
    wanted = [(variant, kind) for kind in DATABASES for variant in VARIANTS.values()]
    records = suite.recorded(wanted)
    for (id, kind), record in records.items():
        if not record.passed:
            failed = (record.failed or ["to start"])[0]
            raise Failure(
                f"{VARIANTS[id].folder} fails {failed} on {DATABASES[kind]}: nox -s tests says why"
            )
    return records


def generated(records: Records) -> dict[Path, str]:
    """The text of every file that is made here; "" for a chart that nothing makes any more."""
    report = timings.published()
    pages = {
        "behaviour": behaviour.render(records),
        "differences": differences.render(),
        "query-counts": counts.render(records),
        "sessions": sessions.render(),
        "sql": sql.render(records, that_write=True),
        "sql-reads": sql.render(records, that_write=False),
        "tables": tables.render(records),
        "timings": timings.render(report),
        "growth": timings.render_growth(report),
        **proofs.render(),
    }
    charts = {**tables.drawings(records), **counts.drawings(), **timings.charts(report)}
    found = figures.figures(report, records)
    return {
        **dict.fromkeys(CHARTS.glob("*"), ""),
        **{PAGES / f"{name}.md": text for name, text in pages.items()},
        **{CHARTS / name: text for name, text in charts.items()},
        **stages.drawings(),
        figures.FILE: figures.as_json(found),
        **in_prose(found, {PAGES / f"{name}.md" for name in pages}),
    }


def in_prose(found: dict[str, str], own: set[Path]) -> dict[Path, str]:
    """The pages that people write, with these figures."""
    return {
        path: figures.rewritten(path.read_text(), found, str(path.relative_to(ROOT)))
        for path in figures.prose(own)
    }


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="nox -s reference --", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--check", action="store_true", help="print what would change, write nothing"
    )
    parser.add_argument(
        "--figures", action="store_true", help="only the figures in prose, from docs/figures.json"
    )
    options = parser.parse_args(arguments)
    here = django.get_version()
    if not options.figures and not here.startswith(f"{DJANGO}."):
        parser.error(f"it shows Django {DJANGO}, and here is {here}: use Python 3.11 for it")
    texts = in_prose(figures.known(), set()) if options.figures else generated(recorded())
    found = golden.changed(texts)
    if not options.check:
        folders = (CHARTS, stages.PICTURES)
        drawn = sum(path.parent in folders for path in found)
        names = [str(path.relative_to(ROOT)) for path in found if path.parent not in folders]
        summary = f"Changed: {number(len(names), 'file')}, {number(drawn, 'drawing')}."
        print(*names, summary, sep="\n")
    return golden.hold(found, accept=not options.check, advice="nox -s reference")


if __name__ == "__main__":
    cli.run(main)
