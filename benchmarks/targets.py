"""What is measured: the variants, what they are measured against, and other ways to build them."""

from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.alternatives import alternatives
from benchmarks.operations.base import Operation
from harness.variants import VARIANTS, Variant

LARGEST_OF_ALTERNATIVES = 100_000  # players: their differences show by then


@dataclass(frozen=True)
class Target:
    """Something to measure, by a process of its own.

    `kind`: "variant", "control", "floor" or "alternative". The baseline has no `project`. `like`
    is the target whose databases it copies instead of seeding its own; `base` is what an
    alternative is an alternative to.
    """

    id: str
    title: str
    what: str
    kind: str
    project: Variant | None = None
    like: str = ""
    base: str = ""
    drops_index: bool = False

    def takes_part(self, operation: Operation, players: int) -> bool:
        """Alternatives are measured at what they can differ in."""
        if self.kind != "alternative":
            return True
        can_differ = (
            operation.needs_birthdate_index
            if self.drops_index
            else operation.differs_in_alternatives
        )
        return can_differ and players <= LARGEST_OF_ALTERNATIVES


BASELINE = Target(
    "floor",  # as files and pages call it
    "floor",
    "the same answers through bare psycopg2 on one wide table: what is left without Django",
    "floor",
)


def of_variants() -> list[Target]:
    return [_of(one, "variant") for one in VARIANTS.values()]


def control(of: Target) -> Target:
    """The same measured a second time: where the two differ, that is noise."""
    what = "the same code on the same data in a second process: its ratio to the first is noise"
    id, title = f"{of.id}_again", f"{of.title}, again"
    return replace(of, id=id, title=title, what=what, kind="control", like=of.id)


def of_alternatives(folder: Path) -> list[Target]:
    """Other ways to build a strategy, as copies inside `folder`, which exists; then each way
    without the index that people forget."""
    others = [
        _of(one.project, "alternative", base=one.base.id) for one in alternatives(folder.resolve())
    ]
    return [*others, *map(_without_index, (*of_variants(), *others))]


def _of(project: Variant, kind: str, base: str = "") -> Target:
    return Target(project.id, project.title, project.what, kind, project, base=base)


def _without_index(of: Target) -> Target:
    return replace(
        of,
        id=f"{of.id}_no_index",
        title=f"{of.title}, no index",
        what=f"{of.title}, with the index on birth dates dropped",
        kind="alternative",
        like=of.id,
        base=of.id,
        drops_index=True,
    )
