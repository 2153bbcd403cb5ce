"""The page of diffs between the variants."""

import difflib
from itertools import combinations
from pathlib import Path

from benchmarks.table import ROOT, VARIANTS
from docs_generator.reference import NOT_SEARCHED, TABS, fence, page, tabs

INTRODUCTION = """\
A file is either the same in all three variants, to the byte, or one of these. `git diff --no-index
profile_variant custom_user_variant` shows the same."""
FOLDERS = ("config", "players", "templates")
SAME = "The two have the same text here."


def files() -> list[str]:
    """Those that are not the same everywhere, the model first; tests and prose left out."""
    found = {
        path.relative_to(ROOT / variant).as_posix()
        for variant in VARIANTS
        for folder in FOLDERS
        for path in (ROOT / variant / folder).rglob("*")
        if path.suffix in {".py", ".html", ".toml"}
    }
    differing = [name for name in found if len({text(variant, name) for variant in VARIANTS}) > 1]
    order = ["models", "forms", "queries", "admin", "settings"]
    place = {name: n for n, name in enumerate(order)}
    return sorted(differing, key=lambda name: (place.get(Path(name).stem, len(order)), name))


def text(variant: str, name: str) -> str | None:
    path = ROOT / variant / name
    return path.read_text() if path.exists() else None


def difference(one: str, other: str, name: str) -> str:
    """A unified diff; a sentence where there is none."""
    before, after = text(one, name), text(other, name)
    if before == after:
        return SAME
    lines = difflib.unified_diff(
        (before or "").splitlines(),
        (after or "").splitlines(),
        f"{one}/{name}" if before is not None else "/dev/null",
        f"{other}/{name}" if after is not None else "/dev/null",
        lineterm="",
    )
    return fence("diff", "\n".join(lines))


def render() -> str:
    parts = [INTRODUCTION]
    pairs = list(combinations(VARIANTS, 2))
    for name in files():
        parts.append(f"## `{name}`")
        parts.append(
            tabs(
                {
                    f"{TABS[one]} → {TABS[other].lower()}": difference(one, other, name)
                    for one, other in pairs
                }
            )
        )
    return NOT_SEARCHED + page("What differs in the code", *parts)
