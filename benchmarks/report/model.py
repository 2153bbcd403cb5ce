"""A run as its reports see it: by operation, size and subject, with what is noise in it."""

from pathlib import Path

from benchmarks.run_file import Cell, RunFile, Step, load
from benchmarks.stats import (
    FEWEST_ROUNDS,
    Noise,
    Ratio,
    Spread,
    Verdict,
    noise_of,
    slope,
    verdict,
)


class Report:
    """Operations, subjects and sizes are those that have cells, in the run's order."""

    def __init__(self, file: RunFile) -> None:
        self.about = about = file.run
        self.cells = {one.cell.key: one.cell for one in file.benchmarks}
        operations, sizes, subjects = map(set, zip(*self.cells, strict=True))
        self.operations = {id: one for id, one in about.operations.items() if id in operations}
        self.subjects = {id: one for id, one in about.subjects.items() if id in subjects}
        self.sizes: list[int] = sorted(sizes)
        self.reference = about.reference
        self.noise = self.noise_in("cpu")

    @classmethod
    def read(cls, path: Path) -> "Report":
        """A run's file. Raises ReportError."""
        return cls(load(path))

    def noise_in(self, name: str) -> Noise[tuple[str, int]] | None:
        """What the control shows of the ratios of that name, by operation and size."""
        return noise_of(
            {
                (cell.operation, cell.players): ratio
                for cell in self.cells.values()
                if cell.subject == self.about.control and (ratio := cell.to_reference.get(name))
            }
        )

    @property
    def largest(self) -> int:
        return self.sizes[-1]

    def largest_of(self, subject: str) -> int:
        """The largest size at which a subject was measured."""
        return max(size for _, size, other in self.cells if other == subject)

    @property
    def cpu_is_whole(self) -> bool:
        """Whether the backend's CPU is in the CPU of every cell."""
        return all(cell.seconds.get("backend_cpu") for cell in self.cells.values())

    def title(self, subject: str) -> str:
        return self.subjects[subject].title

    def kind(self, subject: str) -> str:
        return self.subjects[subject].kind

    def of_kind(self, *kinds: str) -> list[str]:
        return [id for kind in kinds for id in self.subjects if self.kind(id) == kind]

    @property
    def variants(self) -> list[str]:
        return self.of_kind("variant")

    @property
    def others(self) -> list[str]:
        """The variants that are measured against the reference."""
        return [id for id in self.variants if id != self.reference]

    @property
    def drawn(self) -> list[str]:
        """The subjects that have a line in each chart."""
        return self.of_kind("variant", "floor")

    def root(self, subject: str) -> str:
        """What an alternative, or an alternative's alternative, changes in the end."""
        seen = {subject}
        while (base := self.subjects[subject].base) in self.subjects and base not in seen:
            seen.add(base)
            subject = base
        return subject

    def cell(self, operation: str, subject: str, players: int | None = None) -> Cell | None:
        """One cell, at the largest size unless another is given."""
        return self.cells.get((operation, players or self.largest, subject))

    def at(self, operation: str, players: int | None = None) -> dict[str, Cell]:
        """The cells of the subjects that did it, in their order."""
        found = {id: self.cell(operation, id, players) for id in self.subjects}
        return {id: cell for id, cell in found.items() if cell}

    def verdict(self, cell: Cell, ratio: Ratio | None) -> Verdict | None:
        """How a ratio of the cell's stands to 1; None without a ratio, a control, or samples."""
        if ratio is None or self.noise is None or cell.rounds < FEWEST_ROUNDS:
            return None
        return verdict(ratio, self.noise.width((cell.operation, cell.players)))

    def judged(self, operation: str, subject: str) -> tuple[Ratio, Verdict] | None:
        """A subject's CPU to the reference's at the largest size, if there is a verdict on it."""
        cell = self.cell(operation, subject)
        ratio = cell.to_reference.get("cpu") if cell else None
        found = self.verdict(cell, ratio) if cell else None
        return (ratio, found) if ratio and found else None

    def winner(self, operation: str) -> str:
        """The variant that needs less CPU than each other one, noise considered; "" for none.

        Two that are not the reference have no paired ratio: their quartiles must be apart.
        """
        cells = self.at(operation)
        judged = {id: self.judged(operation, id) for id in self.others if id in cells}
        rivals = {id: one for id, one in judged.items() if one}
        if len(rivals) < len(judged) or not rivals:
            return ""
        if all(found == Verdict.MORE for _, found in rivals.values()):
            return self.reference
        for id, (ratio, found) in rivals.items():
            others = [other for one, (other, _) in rivals.items() if one != id]
            if found == Verdict.LESS and all(ratio.q3 < other.q1 for other in others):
                return id
        return ""

    def points(self, operation: str, subject: str, metric: str) -> list[tuple[int, float]]:
        """A subject's figures by size, those that are missing or 0 left out."""
        found = [(size, self.cell(operation, subject, size)) for size in self.sizes]
        figures = [(size, figure(cell, metric)) for size, cell in found if cell]
        return [(size, value) for size, value in figures if value]

    def exponent(self, operation: str, subject: str, metric: str) -> float | None:
        """b of the best a·N^b through the subject's figures; None with fewer than two."""
        return slope(self.points(operation, subject, metric))

    @property
    def last_rung(self) -> Step | None:
        """What the ladder's ratios are to."""
        rungs = [step for step in self.about.ladder if step.broken_rules is not None]
        return rungs[-1] if rungs else None

    def ladder_noise(self, name: str) -> float | None:
        """How wide noise is on the ladder. The last rung is its own control: its ratio is to
        itself. None where it was not measured twice."""
        control = self.last_rung.ratio.get(name) if self.last_rung else None
        noise = noise_of({name: control}) if control and control != Ratio(1, 1, 1) else None
        return noise.width(name) if noise else None

    def ladder_verdict(self, step: Step, name: str) -> Verdict | None:
        """How a step's ratio stands to 1; None for the last rung, which is the measure."""
        width = self.ladder_noise(name)
        if width is None or step is self.last_rung or name not in step.ratio:
            return None
        return verdict(step.ratio[name], width)


def figure(cell: Cell, metric: str) -> float | None:
    """An exact figure, or the median of a timed one; None where there is none."""
    timed: Spread | None = cell.seconds.get(metric)
    return timed.median if timed else cell.exact.get(metric)
