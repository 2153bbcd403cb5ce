"""The variants, as their `variant.toml` files describe them. There is no other list of them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Variant:
    """A project that keeps the contract: one of the repository's, or a changed copy of one.

    `path` is its folder, whose name is `folder`. `about` is the whole `variant.toml`.
    """

    id: str
    title: str
    what: str
    path: Path
    about: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Variant":
        """The project in a folder. Raises OSError and ValueError without a good variant.toml."""
        about = tomllib.loads((path / "variant.toml").read_text())
        missing = {"id", "order", "title", "what", "tables", "budget"} - about.keys()
        if missing:
            raise ValueError(f"{path.name}/variant.toml lacks {', '.join(sorted(missing))}")
        return cls(about["id"], about["title"], about["what"], path, about)

    @property
    def folder(self) -> str:
        return self.path.name

    @property
    def heading(self) -> str:
        """The title as it stands alone, such as "Custom user"."""
        return self.title[0].upper() + self.title[1:]

    @property
    def budget(self) -> dict[str, dict[str, int]]:
        """What each operation costs: statements, joins, commits, hashes."""
        budget: dict[str, dict[str, int]] = self.about["budget"]
        return budget

    @property
    def tables(self) -> dict[str, Any]:
        """The tables of `users` and `details`, and `birthdate_index`: a table and columns."""
        tables: dict[str, Any] = self.about["tables"]
        return tables

    @property
    def queries(self) -> dict[str, str]:
        """`players`: every account's id, username, e-mail and details, with NULL for what has no
        row; `owners`: the account that each row of details belongs to."""
        queries: dict[str, str] = self.about["queries"]
        return queries


def discovered(root: Path = ROOT) -> dict[str, Variant]:
    """By id, each folder that has a variant.toml, in the order that these name.

    Raises ValueError where two have one id, as a copy has at first.
    """
    read = [Variant.read(path.parent) for path in sorted(root.glob("*/variant.toml"))]
    found: dict[str, Variant] = {}
    for one in sorted(read, key=lambda one: int(one.about["order"])):
        if other := found.get(one.id):
            raise ValueError(f"{other.folder} and {one.folder} have the same id, {one.id}")
        found[one.id] = one
    return found


VARIANTS = discovered()
REFERENCE = VARIANTS["custom"]  # what the others' SQL and CPU time are compared with
