"""Try many mutants, two at once, and remember each verdict, so that a run can be stopped."""

import contextlib
import json
import multiprocessing
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from harness import records
from harness.cli import Failure
from harness.copies import copied
from harness.databases import Databases
from harness.variants import ROOT, VARIANTS, Variant
from proofs.mutants.engine import contexts, warm
from proofs.mutants.engine.contexts import Contexts
from proofs.mutants.engine.mutants import Mutant
from proofs.mutants.engine.warm import SEEN, Trial

STATE = records.RESULTS / "mutants" / "verdicts.jsonl"
CANARY = "shared_tests/test_pages.py::test_a_new_player_sees_all_their_details_on_their_profile"
# What runs while the tables are made, and not again on a copy of a migrated database.
WHILE_MIGRATING = ("players/migrations/", "players/operations.py")
PATIENCE = 3.0  # times as long as the tests take without a mutant, and half a minute
MOST_LIKELY = 12  # tests that are tried first
NOT_FOR_A_BROWSER = {"migrations"}  # kinds of files


@dataclass(frozen=True)
class Verdict:
    """`by`: the test that killed the mutant, or what else did; "" for a survivor."""

    variant: str
    name: str
    by: str
    why: str


def digest(*paths: Path) -> str:
    """A hash of files and of folders."""
    files = [
        one for path in paths for one in (sorted(path.rglob("*.*")) if path.is_dir() else [path])
    ]
    found = sha256(version("django").encode())
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]


def holds_for(mutant: Mutant, by: str) -> str:
    """A hash of what a verdict holds for: the mutated file, and the tests that killed it.

    That of a survivor holds for the whole variant and all tests.
    """
    variant = VARIANTS[mutant.variant].path
    paths = [variant / mutant.file]
    if not by:
        paths = [variant, ROOT / "shared_tests", ROOT / "proofs" / "e2e"]
    elif by.startswith("e2e"):
        paths += [ROOT / "proofs" / "e2e"]
    elif by.startswith("check"):
        paths += [variant / "tests", ROOT / "harness" / "check.py"]
    elif "::" in by:
        test = ROOT if by.startswith("shared_tests/") else variant
        paths += [test / by.partition("::")[0]]
    return digest(*paths)


class State:
    """The verdicts that are known, in a file that is written as they come."""

    def __init__(self, mutants: Sequence[Mutant], path: Path = STATE) -> None:
        self.path = path
        self.verdicts: dict[tuple[str, str], Verdict] = {}
        self.hints: dict[str, str] = {}  # by a mutant's name, what has killed it before
        known = {(one.variant, one.name): one for one in mutants}
        for line in path.read_text().splitlines() if path.exists() else []:
            with contextlib.suppress(ValueError):  # the last line of a run that was killed
                entry = json.loads(line)
                held = entry.pop("holds_for")
                verdict = Verdict(**entry)
                self.verdicts.pop((verdict.variant, verdict.name), None)  # a later line counts
                self.hints[verdict.name] = verdict.by
                mutant = known.get((verdict.variant, verdict.name))
                if mutant and holds_for(mutant, verdict.by) == held:
                    self.verdicts[verdict.variant, verdict.name] = verdict

    def known(self, mutant: Mutant) -> bool:
        """Whether it has been tried by the tests."""
        return (mutant.variant, mutant.name) in self.verdicts

    def for_the_browser(self, mutant: Mutant) -> bool:
        """Whether it has survived the tests, and no browser has looked at it."""
        verdict = self.verdicts.get((mutant.variant, mutant.name))
        return bool(
            verdict
            and not verdict.by
            and verdict.why != SEEN
            and mutant.kind not in NOT_FOR_A_BROWSER
        )

    def add(self, mutant: Mutant, verdict: Verdict) -> None:
        self.verdicts[verdict.variant, verdict.name] = verdict
        self.path.parent.mkdir(parents=True, exist_ok=True)
        entry = {**asdict(verdict), "holds_for": holds_for(mutant, verdict.by)}
        with self.path.open("a") as file:  # a run that was killed may have left half a line
            file.write(f"\n{json.dumps(entry)}")


class Killers:
    """Which tests have killed mutants of a file: those are tried first."""

    def __init__(self, mutants: Sequence[Mutant], state: State | None) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.hints = state.hints if state else {}
        self.alone: dict[str, str] = {}  # by a mutant's name, what alone is to be tried
        for mutant in mutants:
            if state and (verdict := state.verdicts.get((mutant.variant, mutant.name))):
                self.add(mutant, verdict)

    def add(self, mutant: Mutant, verdict: Verdict) -> None:
        if "::" in verdict.by:
            self.counts[mutant.file][verdict.by] += 1

    def alone_for(self, names: Sequence[str]) -> list[str]:
        """The tests that alone are to be run on these mutants; none where some need all."""
        if not self.alone.keys() >= set(names):
            return []
        return sorted({CANARY, *(by for name in names if "::" in (by := self.alone[name]))})

    def by_one_test(self, mutant: Mutant) -> bool:
        """Whether it is known that one test kills it, which is to be run alone."""
        return "::" in self.alone.get(mutant.name, "")

    def first(self, mutant: Mutant, tests: list[str]) -> list[str]:
        """The tests, the file's killers before the others; or the one that is to be run alone."""
        if mutant.name in self.alone:
            return [self.alone[mutant.name] if self.by_one_test(mutant) else CANARY]
        killers = self.counts[mutant.file].most_common(MOST_LIKELY)
        likely = [self.hints.get(mutant.name, ""), *(test for test, _ in killers)]
        return sorted(
            tests, key=lambda test: likely.index(test) if test in likely else len(likely)
        )


@dataclass
class Attempt:
    """A mutant under trial, in a process of its own."""

    mutant: Mutant
    trial: Trial
    process: BaseProcess

    def found(self) -> dict[str, str]:
        """What the process has found, when it ends. Raises Failure where it broke off."""
        self.process.join()
        if not self.trial.result.exists():
            raise Failure(f"{self.mutant.name}: the trial broke off, see above")
        return dict(json.loads(self.trial.result.read_text()))

    def end(self) -> None:
        """End it, with what it has started, which has groups of its own."""
        self.process.terminate()
        self.process.join(5)
        self.process.kill()


@dataclass
class Slot:
    """One of the places where mutants are tried: copies of the variants, and a database."""

    number: int
    folder: Path
    copies: dict[str, Variant]
    attempt: Attempt | None = None

    def put(self, mutant: Mutant) -> Variant:
        """The copy of the mutant's variant, with the mutant in it."""
        copy = self.copies[mutant.variant]
        (copy.path / mutant.file).write_text(mutant.text)
        return copy

    def restore(self, mutant: Mutant) -> None:
        original = VARIANTS[mutant.variant].path / mutant.file
        shutil.copy(original, self.copies[mutant.variant].path / mutant.file)


class Engine:
    """Tries mutants on a server's databases; with `browser`, in a browser alone."""

    def __init__(
        self, databases: Databases, contexts: Mapping[str, Contexts], folder: Path, at_once: int
    ) -> None:
        self.databases, self.folder, self.browser = databases, folder, False
        self.contexts = defaultdict(Contexts, contexts)
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload([warm.__name__])
        self.slots = [self._slot(number) for number in range(at_once)]
        self.templates: dict[str, str] = {}

    def _slot(self, number: int) -> Slot:
        folder = self.folder / str(number)
        folder.mkdir()
        return Slot(number, folder, {one.id: copied(one, folder) for one in VARIANTS.values()})

    def with_a_browser(self) -> None:
        """From now on, mutants are tried in a browser alone, which keeps the processors busy by
        itself."""
        self.browser, self.slots = True, self.slots[:1]

    def prepare(self, variant: Variant, tests: Sequence[str]) -> None:
        """Keep a database that the variant without a mutant has migrated, and see that it passes
        these tests in that order, or all of them, and the rest of `check`. Raises Failure."""
        slot = self.slots[0]
        name = self.databases.name("engine", variant.id)
        copy, migrated = slot.copies[variant.id], f"test_{name}_{variant.id}"
        self._unchanged(variant, self._trial(slot, copy, [CANARY], database=name))
        self.templates[variant.id] = migrated
        database = self.databases.name("slot", str(slot.number))
        tests = tests or list(self.contexts[variant.id].order)
        every = {"database": database, "template": migrated, "checks": True}
        self._unchanged(variant, self._trial(slot, copy, tests, **every))

    def look(self, variant: Variant) -> None:
        """See that a browser has nothing to complain of without a mutant. Raises Failure."""
        slot = self.slots[0]
        self._unchanged(variant, self._trial(slot, slot.copies[variant.id], [], database=""))

    def _unchanged(self, variant: Variant, trial: Trial) -> None:
        mutant = Mutant(variant.id, "manage.py", "", (1, 1), "", "as it is")
        found = self._start(mutant, trial).found()
        if found["by"]:
            raise Failure(f"{variant.id} without a mutant: {found['by']}: {found['why']}")

    def _trial(self, slot: Slot, copy: Variant, tests: Sequence[str], **more: Any) -> Trial:
        seconds = self.contexts[copy.id].seconds
        result = slot.folder / "result.json"
        result.unlink(missing_ok=True)
        return Trial(
            project=copy,
            server=self.databases.url,
            tests=tests,
            limit=30 + PATIENCE * sum(seconds.get(test, 1) for test in tests),
            browser=self.browser,
            result=result,
            **more,
        )

    def _start(self, mutant: Mutant, trial: Trial) -> Attempt:
        process = self.context.Process(target=warm.run_one, args=(trial,))
        process.start()
        return Attempt(mutant, trial, process)

    def verdicts(
        self, mutants: Sequence[Mutant], killers: Killers
    ) -> Generator[Verdict, None, None]:
        """Try mutants and yield each verdict as it comes."""
        waiting = iter(mutants)
        try:
            while True:
                for slot in self.slots:
                    if slot.attempt is None and (mutant := next(waiting, None)):
                        slot.attempt = self._try(slot, mutant, killers)
                busy = [slot.attempt for slot in self.slots if slot.attempt]
                if not busy:
                    return
                wait([attempt.process.sentinel for attempt in busy])
                for slot in self.slots:
                    if (attempt := slot.attempt) and not attempt.process.is_alive():
                        mutant = attempt.mutant
                        verdict = Verdict(mutant.variant, mutant.name, **attempt.found())
                        slot.restore(mutant)
                        slot.attempt = None
                        killers.add(mutant, verdict)
                        yield verdict
        finally:
            for slot in self.slots:
                if slot.attempt:
                    slot.attempt.end()

    def _try(self, slot: Slot, mutant: Mutant, killers: Killers) -> Attempt:
        copy = slot.put(mutant)
        tests = killers.first(mutant, self.contexts[mutant.variant].of(mutant))
        anew = mutant.file.startswith(WHILE_MIGRATING)
        trial = self._trial(
            *(slot, copy, tests),
            database=self.databases.name("slot", str(slot.number)),
            template="" if anew else self.templates[mutant.variant],
            checks=not killers.by_one_test(mutant),
        )
        return self._start(mutant, trial)


def measured(
    databases: Databases, variants: Sequence[Variant], *, at_once: int
) -> dict[str, Contexts]:
    """By variant, which tests come past which line. Raises Failure where a test fails."""

    def of(variant: Variant) -> Contexts:
        url = databases.create(databases.name("contexts", variant.id))
        return contexts.measured(variant, url)

    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip([one.id for one in variants], pool.map(of, variants), strict=True))


@contextlib.contextmanager
def engine(
    databases: Databases, contexts: Mapping[str, Contexts], *, at_once: int
) -> Iterator[Engine]:
    """An engine that works in a folder of its own, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
        yield Engine(databases, contexts, Path(folder), at_once)
