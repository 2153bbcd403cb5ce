"""Pages of what other runs wrote down: planted faults, packages."""

import re
from pathlib import Path

from docs_generator.reference import page
from harness.variants import ROOT

# By page: its title, the file it shows, the session that writes it, and what it is.
PAGES = {
    "mutants": (
        "Planted faults",
        "proofs/mutants/MATRIX.md",
        "mutants",
        "A check that cannot fail proves nothing. So the variants were broken on purpose, one "
        "fault at a time, and the tests that are named for each were seen to fail.",
    ),
    "ecosystem": (
        "Packages and Django's own tests",
        "proofs/ecosystem/MATRIX.md",
        "ecosystem",
        "A strategy is also what other people's code makes of it: well-known packages, and "
        "Django's own tests of auth, on each variant.",
    ),
}
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|#)[^)]*\)")


def render(name: str) -> str:
    title, file, session, what = PAGES[name]
    return page(
        title, what, shown(ROOT / file), f"From `{file}`, which `nox -s {session}` writes."
    )


def shown(path: Path) -> str:
    """A file's text without its title; links into the repository, which lead nowhere from a built
    page, as their text."""
    text = re.sub(r"\A(?:<!--.*?-->\s*)*# [^\n]*\n", "", path.read_text(), flags=re.S)
    return LINK.sub(r"\1", text).strip()
