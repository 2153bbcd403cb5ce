"""The faults of catalogue.toml, and where their tests stand."""

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cli import Refusal
from harness.variants import ROOT, VARIANTS

CATALOGUE = Path(__file__).with_name("catalogue.toml")
OWN_TESTS = Path("tests", "test_strategy.py")  # of a variant
KEYS = {"id", "rule", "fault", "caught_by", "reason", "edits"}


class CatalogueError(Refusal):
    """The catalogue and the code do not fit; the text is one line that says where."""


@dataclass(frozen=True)
class Edit:
    """In these variants' file, the old text, which is there once, becomes the new one."""

    variants: tuple[str, ...]
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """One fault: the rule it breaks ("pages" or its number), a sentence that says what was done,
    the tests that must fail, and a regular expression that their failure must match."""

    id: str
    rule: int | str
    fault: str
    caught_by: tuple[str, ...]
    reason: str
    edits: tuple[Edit, ...]
    ci: bool = False

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants it is put into, in the order of VARIANTS."""
        return tuple(v for v in VARIANTS if any(v in edit.variants for edit in self.edits))

    @property
    def in_markdown(self) -> str:
        """The fault, as the cell of a table."""
        return re.sub(r"([|_*])", r"\\\1", self.fault)

    def apply(self, variant: str, folder: Path) -> None:
        """Put the fault into a copy of a variant. Raises CatalogueError where it does not fit."""
        for edit in self.edits:
            if variant not in edit.variants:
                continue
            path = folder / edit.file
            text = path.read_text() if path.exists() else ""
            if (count := text.count(edit.old)) != 1:
                old = f"{edit.file}: {edit.old.strip().splitlines()[0].strip()!r} …"
                raise CatalogueError(
                    f"{self.id}, {variant}: {old} is there {count} times, not once"
                )
            path.write_text(text.replace(edit.old, edit.new))

    def tests(self, variant: str) -> list[str]:
        """The named tests that a variant has. Raises CatalogueError where it has none."""
        found = [name for name in self.caught_by if name in known_tests(variant)]
        if not found:
            raise CatalogueError(f"{self.id}: {variant} has no test named in caught_by")
        return found


@functools.cache
def known_tests(variant: str) -> dict[str, Path]:
    """The file of every test function that a variant has to pass, by the function's name."""
    own = VARIANTS[variant].path / OWN_TESTS
    return {
        name: path
        for path in [*(ROOT / "shared_tests").glob("test_*.py"), own]
        for name in re.findall(r"^ *def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }


def catalogue(path: Path = CATALOGUE) -> dict[str, Mutant]:
    """Every mutant by its id, in the order of the file. Raises CatalogueError."""
    mutants: dict[str, Mutant] = {}
    for entry in tomllib.loads(path.read_text())["mutant"]:
        mutant = _mutant(entry)
        if mutant.id in mutants:
            raise CatalogueError(f"{mutant.id} is there twice")
        mutants[mutant.id] = mutant
    return mutants


def _mutant(entry: dict[str, Any]) -> Mutant:
    name = entry.get("id", "a mutant without id")
    if wrong := (KEYS ^ set(entry)) - {"ci"}:
        raise CatalogueError(f"{name}: missing or unknown: {', '.join(sorted(wrong))}")
    try:
        re.compile(entry["reason"])
    except re.error as error:
        raise CatalogueError(f"{name}: reason: {error}") from None
    edits = tuple(
        Edit(tuple(edit.get("in", VARIANTS)), edit["file"], edit["old"], edit["new"])
        for edit in entry["edits"]
    )
    mutant = Mutant(**entry | {"edits": edits, "caught_by": tuple(entry["caught_by"])})
    if unknown := {v for edit in edits for v in edit.variants} - VARIANTS.keys():
        raise CatalogueError(f"{name}: unknown variants: {', '.join(sorted(unknown))}")
    known = {test for variant in mutant.variants for test in known_tests(variant)}
    if unknown := set(mutant.caught_by) - known:
        raise CatalogueError(f"{name}: no such test: {', '.join(sorted(unknown))}")
    return mutant
