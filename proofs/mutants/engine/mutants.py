"""Every mutant of every variant: one change to one of its files."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from fnmatch import fnmatch
from pathlib import Path

from harness.variants import VARIANTS
from proofs.mutants.engine import python_operators, text_operators

KINDS = {  # of files, for the page: by the first pattern that fits; a * stands for folders, too
    "migrations": ("players/migrations/*.py", "players/operations.py"),
    "settings": ("config/*.py", "manage.py", "website/formats/*.py"),
    "models, forms, admin, queries": ("players/*.py",),
    "the website's code": ("website/*.py",),
    "templates": ("*.html", "*.txt"),
    "stylesheet": ("*/site.css",),
}
NOT_OURS = {"tests", "__pycache__", "requirements.txt", "staticfiles", ".venv"}


@dataclass(frozen=True)
class Mutant:
    """One change to a file of a variant. `before` and `after` are the lines that differ, on one
    line: by them and the file it is known, wherever they stand."""

    variant: str
    file: str
    text: str
    lines: tuple[int, int]
    before: str
    after: str
    occurrence: int = 1

    @property
    def name(self) -> str:
        again = f" ({self.occurrence})" if self.occurrence > 1 else ""
        return f"{self.file}{again}: {self.before} → {self.after or '(left out)'}"

    @property
    def number(self) -> int:
        """The same in every run, and as good as thrown with dice."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:8], "big")

    @property
    def kind(self) -> str:
        return kind(self.file)


def kind(file: str) -> str:
    """One of KINDS; "" of a file that is not mutated."""
    if not NOT_OURS & set(Path(file).parts):
        for name, patterns in KINDS.items():
            if any(fnmatch(file, pattern) for pattern in patterns):
                return name
    return ""


def all_mutants() -> list[Mutant]:
    """Those of every variant, file by file.

    Of a file that several variants have, byte for byte, each change is made in one of them,
    whose turn it is: the same change to the same text, under the same suite, is one mutant.
    """
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for variant in VARIANTS.values():
        for path in sorted(variant.path.rglob("*")):
            file = path.relative_to(variant.path).as_posix()
            if kind(file) and path.is_file() and path.stat().st_size:
                owners[file, path.read_text()].append(variant.id)
    return [
        replace(mutant, variant=variants[mutant.number % len(variants)])
        for (file, text), variants in owners.items()
        for mutant in of_a_file(file, text)
    ]


def of_a_file(file: str, text: str) -> Iterator[Mutant]:
    """The mutants of a file's text, as yet of no variant."""
    seen, known = {text}, Counter[tuple[str, str]]()
    for new in changes(file, text):
        if new not in seen:
            seen.add(new)
            lines, before, after = difference(text, new)
            known[before, after] += 1
            yield Mutant("", file, new, lines, before, after, known[before, after])


def changes(file: str, text: str) -> Iterator[str]:
    """The text of a file with one change each, some of them twice."""
    if file.endswith(".py"):
        return python_operators.changed(text)
    return text_operators.changed(Path(file), text)


def difference(text: str, new: str) -> tuple[tuple[int, int], str, str]:
    """The first and the last of the lines that differ; these lines, before and after."""
    old_lines, new_lines = text.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    before = [line for _, start, end, _, _ in blocks for line in old_lines[start:end]]
    after = [line for _, _, _, start, end in blocks for line in new_lines[start:end]]
    first, last = blocks[0][1] + 1, max(blocks[-1][2], blocks[0][1] + 1)
    return (first, last), " ".join(" ".join(before).split()), " ".join(" ".join(after).split())
