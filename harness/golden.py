"""Committed files that are made by a run: hold it to them, or commit to what it found."""

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.text import write
from harness.variants import ROOT

MOST = 60  # lines of a file's difference that are printed


def changed(texts: Mapping[Path, str]) -> dict[Path, str]:
    """Those files whose text is another now; "" for one that is to go."""
    return {
        path: text
        for path, text in texts.items()
        if (path.read_text() if path.exists() else "") != text
    }


def difference(path: Path, text: str) -> list[str]:
    """What would change in a file, at most MOST lines of it."""
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    before = path.read_text().splitlines() if path.exists() else []
    lines = list(difflib.unified_diff(before, text.splitlines(), name, name, lineterm="", n=1))
    left = len(lines) - MOST
    return [*lines[:MOST], *([f"… and {left} lines more"] if left > 0 else [])]


def hold(texts: Mapping[Path, str], *, accept: bool, advice: str) -> int:
    """Print what differs and return 1; or, to accept it, write it. 0 where nothing differs.

    `advice` is the command that accepts, such as "nox -s ladder -- --accept".
    """
    found = changed(texts)
    for path, text in found.items():
        if not accept:
            print("\n".join(difference(path, text)))
        elif text:
            write(path, text)
        else:
            path.unlink()
    if found and not accept:
        names = ", ".join(path.name for path in found)
        print(f"error: {names} would change: {advice}", file=sys.stderr)
    return int(bool(found) and not accept)
