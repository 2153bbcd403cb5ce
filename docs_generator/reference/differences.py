"""The page of diffs between the variants."""

import difflib
from itertools import combinations
from pathlib import Path

from docs_generator.reference import NOT_SEARCHED, fence, page, tabs
from harness.variants import VARIANTS, Variant

FOLDERS = ("config", "players", "website")
SAME = "The two have the same text here."


def files() -> list[str]:
    """Those that are not the same everywhere, the model first; tests and prose left out."""
    found = {
        path.relative_to(variant.path).as_posix()
        for variant in VARIANTS.values()
        for folder in FOLDERS
        for path in (variant.path / folder).rglob("*")
        if path.suffix in {".py", ".html", ".toml"}
    }
    differing = [name for name in found if len({text(v, name) for v in VARIANTS.values()}) > 1]
    order = ["models", "forms", "queries", "admin", "settings"]
    place = {name: n for n, name in enumerate(order)}
    return sorted(differing, key=lambda name: (place.get(Path(name).stem, len(order)), name))


def text(variant: Variant, name: str) -> str | None:
    path = variant.path / name
    return path.read_text() if path.exists() else None


def difference(one: Variant, other: Variant, name: str) -> str:
    """A unified diff; a sentence where there is none, or where an earlier tab shows the file."""
    before, after = text(one, name), text(other, name)
    if before == after:
        return SAME
    variants = list(VARIANTS.values())
    earlier = variants[: variants.index(one)]
    if after is None and any(text(variant, name) is None for variant in earlier):
        return f"The {other.title} has no such file."
    lines = difflib.unified_diff(
        (before or "").splitlines(),
        (after or "").splitlines(),
        f"{one.folder}/{name}" if before is not None else "/dev/null",
        f"{other.folder}/{name}" if after is not None else "/dev/null",
        lineterm="",
    )
    return fence("diff", "\n".join(lines))


def render() -> str:
    return NOT_SEARCHED + page("differences", files=[(name, differing(name)) for name in files()])


def differing(name: str) -> str:
    """One tab for two variants: how a file differs between them."""
    pairs = combinations(VARIANTS.values(), 2)
    return tabs(
        {f"{one.heading} → {other.title}": difference(one, other, name) for one, other in pairs}
    )
