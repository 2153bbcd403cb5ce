"""Generate the site's reference: `nox -s reference`.

Runs each variant's suite on each database, a few minutes, and writes docs/reference/,
docs/figures.json and the figures in the other pages. `--check` writes nothing: it prints what
would change, and exits with 1 if anything would. `--figures` runs nothing: it takes the figures
from docs/figures.json, for whoever writes a page.
"""

import difflib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from rich.console import Console

from benchmarks.compare import write
from benchmarks.report.text import number
from benchmarks.run_file import ReportError
from benchmarks.table import ROOT
from docs_generator.reference import (
    behaviour,
    counts,
    differences,
    figures,
    proofs,
    sessions,
    sql,
    tables,
    timings,
)
from docs_generator.reference.runs import DJANGO, RunFailed, Runs, record
from tools.commands import OneLineParser, Stopped, refused
from tools.postgres import PostgresError

PAGES = ROOT / "docs" / "reference"
CHARTS = PAGES / "charts"
MOST = 60  # lines of a file's difference that are printed


def generated(runs: Runs) -> dict[Path, str]:
    """The text of every file that is made here. Raises ReportError, RunFailed, UnknownFigure."""
    report = timings.published()
    pages = {
        "behaviour": behaviour.render(runs),
        "differences": differences.render(),
        "query-counts": counts.render(runs),
        "sessions": sessions.render(),
        "sql": sql.render(runs, that_write=True),
        "sql-reads": sql.render(runs, that_write=False),
        "tables": tables.render(runs),
        "timings": timings.render(report),
        "growth": timings.render_growth(report),
        **{name: proofs.render(name) for name in proofs.PAGES},
    }
    charts = {**tables.drawings(runs), **counts.drawings(), **timings.charts(report)}
    found = figures.figures(report, runs)
    return {
        **{PAGES / f"{name}.md": text for name, text in pages.items()},
        **{CHARTS / name: text for name, text in charts.items()},
        figures.FILE: figures.as_json(found),
        **in_prose(found, {PAGES / f"{name}.md" for name in pages}),
    }


def in_prose(found: dict[str, str], own: set[Path]) -> dict[Path, str]:
    """The pages that people write, with these figures."""
    return {
        path: figures.rewritten(path.read_text(), found, str(path.relative_to(ROOT)))
        for path in figures.prose(own)
    }


def changed(texts: dict[Path, str]) -> dict[Path, str]:
    """Those that are not as they should be; "" for a chart that nothing makes any more."""
    found = {
        path: text for path, text in texts.items() if not path.exists() or path.read_text() != text
    }
    gone = [path for path in CHARTS.glob("*") if figures.FILE in texts and path not in texts]
    return found | dict.fromkeys(gone, "")


def difference(path: Path, text: str) -> list[str]:
    """What would change in a file, at most MOST lines of it."""
    name = str(path.relative_to(ROOT))
    before = path.read_text().splitlines() if path.exists() else []
    lines = list(difflib.unified_diff(before, text.splitlines(), name, name, lineterm="", n=1))
    left = len(lines) - MOST
    return [*lines[:MOST], *([f"… and {left} lines more"] if left > 0 else [])]


def main(arguments: Sequence[str]) -> int:
    parser = OneLineParser(prog="nox -s reference --", description="Generate the reference.")
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
    Stopped()
    try:
        if options.figures:
            texts = in_prose(figures.known(), set())
        else:
            texts = generated(record(Console(stderr=True)))
        found = changed(texts)
        if options.check:
            for path, text in found.items():
                print("\n".join(difference(path, text)))
            if found:
                files = number(len(found), "file")
                print(f"error: {files} would change: nox -s reference")
            return 1 if found else 0
        for path, text in found.items():
            if text:
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path, text)
            else:
                path.unlink()
    except (OSError, PostgresError, ReportError, figures.UnknownFigure) as error:
        return refused(error)
    except RunFailed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    drawn = sum(path.parent == CHARTS for path in found)
    names = [str(path.relative_to(ROOT)) for path in found if path.parent != CHARTS]
    print("\n".join(names))
    print(
        f"Changed: {number(len(names), 'file')}, {number(drawn, 'drawing')}."
        if found
        else "Nothing changed."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
