"""What is measured: the three variants, what they are measured against, and the alternatives."""

import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.alternatives import ALTERNATIVES, FORGOTTEN

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Subject:
    """Something to measure.

    `folders` lead its PYTHONPATH, from the project's root; none means that no Django is involved.
    `like` is the subject whose databases it shares or, where an index is dropped, copies.
    `base` is the variant that an alternative is an alternative to.
    """

    id: str
    title: str
    what: str
    kind: str
    folders: tuple[str, ...]
    like: str
    base: str = ""
    drops_index: bool = False

    @property
    def pythonpath(self) -> str:
        return os.pathsep.join(str(ROOT / folder) for folder in (*self.folders, "."))

    @property
    def migrates(self) -> bool:
        """Whether it has a schema and data of its own."""
        return self.like == self.id


def _variant(id: str, title: str, what: str, folder: str) -> Subject:
    return Subject(id, title, what, "variant", (folder,), id)


VARIANTS = {
    subject.id: subject
    for subject in (
        _variant(
            "proxy", "proxy", "a proxy of auth.User; details in attribute rows", "proxy_variant"
        ),
        _variant(
            "profile",
            "profile",
            "auth.User; details in a table of their own, on the user's key",
            "profile_variant",
        ),
        _variant(
            "custom", "custom user", "details in columns of the user's row", "custom_user_variant"
        ),
    )
}
FLOOR = Subject(
    "floor",
    "floor",
    "the same answers through bare psycopg2 on one wide table: what is left without Django",
    "floor",
    (),
    "floor",
)


def control(of: str) -> Subject:
    """A variant measured a second time: where the two differ, that is noise."""
    variant = VARIANTS[of]
    title = f"{variant.title}, again"
    what = "the same code on the same data in a second process: its ratio to the first is noise"
    return Subject(f"{of}_again", title, what, "control", variant.folders, variant.like)


def alternatives() -> list[Subject]:
    """Other ways to build a strategy; then each way without the index that people forget."""
    others = []
    for one in ALTERNATIVES.values():
        [base] = [id for id, variant in VARIANTS.items() if variant.folders == (one.variant,)]
        folders = one.folder, one.variant
        others.append(Subject(one.id, one.title, one.what, "alternative", folders, one.id, base))
    indexed = {subject.id: subject for subject in (*VARIANTS.values(), *others)}
    return [*others, *(_without_index(indexed[id]) for id in FORGOTTEN)]


def _without_index(of: Subject) -> Subject:
    id, title = f"{of.id}_no_index", f"{of.title}, no index"
    what = f"{of.title}, with the index on birth dates dropped"
    return Subject(id, title, what, "alternative", of.folders, of.like, of.id, drops_index=True)
