"""Pages of what other runs wrote down: planted faults, packages."""

import re
from pathlib import Path

from docs_generator.reference import page
from harness.variants import ROOT, VARIANTS
from proofs.ecosystem import matrix
from proofs.ecosystem.attempts import WORKS

LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|#)[^)]*\)")


def render() -> dict[str, str]:
    """By its name, which is that of a proof: the page that shows the proof's MATRIX.md."""
    return {
        name: page(name, matrix=shown(ROOT / "proofs" / name / "MATRIX.md"))
        for name in ("mutants", "ecosystem")
    }


def figures() -> dict[str, str]:
    """ecosystem.packages; ecosystem.as_documented.profile: those that work so with a variant."""
    tried = [one["variants"] for one in matrix.committed()["packages"].values()]
    works = {id: sum(one[id]["verdict"] == WORKS for one in tried) for id in VARIANTS}
    found = {f"ecosystem.as_documented.{id}": str(number) for id, number in works.items()}
    return {"ecosystem.packages": str(len(tried)), **found}


def shown(path: Path) -> str:
    """A file's text without its title; links into the repository, which lead nowhere from a built
    page, as their text."""
    text = re.sub(r"\A(?:<!--.*?-->\s*)*# [^\n]*\n", "", path.read_text(), flags=re.S)
    return LINK.sub(r"\1", text).strip()
