"""One fault in a copy of one variant, and what the tests say of it."""

import shutil
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from re import search
from tempfile import TemporaryDirectory

from harness import suite
from harness.contract import function
from harness.copies import copied
from harness.databases import Databases
from harness.records import Outcome, Record
from harness.variants import VARIANTS, Variant
from proofs.mutants.catalogue import OWN_TESTS, Mutant, known_tests

# What shows that the copy still is a working site, with one fault and not broken throughout.
CANARY = "test_a_new_player_sees_all_their_details_on_their_profile"


@dataclass(frozen=True, eq=False)
class Job:
    """Tests to run on a copy of a variant, whose fault is the mutant; none for a baseline.

    `tests` are the names of the named ones. `whole`: both suites, not only these.
    """

    variant: str
    mutant: Mutant | None
    tests: list[str]
    whole: bool = False

    def arguments(self, copy: Variant) -> Sequence[str]:
        """What pytest is to run."""
        if self.whole:
            return suite.both(copy)
        names = sorted({CANARY, *self.tests})
        files = {known_tests(self.variant)[name] for name in names}
        own = {VARIANTS[self.variant].path / OWN_TESTS} & files
        # In the order of the suites: a variant's own tests may leave the tables another.
        paths = [*sorted(files - own), *(copy.path / OWN_TESTS for _ in own)]
        return [*map(str, paths), f"-k={' or '.join(names)}"]


# Of each test function, those of all its parameters.
Outcomes = dict[str, list[Outcome]]


@dataclass
class Verdict:
    """Of one job: "caught", "survived" or "wrong", why not caught, and which tests failed."""

    job: Job
    word: str
    why: str
    failed: list[str]


def verdicts(
    jobs: Sequence[Job], databases: Databases, at_once: int, limit: float
) -> Generator[Verdict, None, None]:
    """Run the jobs, some at once, and yield each verdict as it comes; `limit` seconds each."""
    with TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
        waiting: dict[suite.Job, Job] = {}

        def runs() -> Iterator[suite.Job]:
            for number, job in enumerate(jobs):
                place = Path(folder, str(number))
                place.mkdir()
                copy = copied(VARIANTS[job.variant], place)
                if job.mutant:
                    job.mutant.apply(job.variant, copy.path)
                url = databases.url_of(databases.name(str(number)))
                run = suite.Job(copy, url, job.arguments(copy), limit=limit)
                waiting[run] = job
                yield run

        for run, record in suite.run(runs(), at_once=at_once):
            shutil.rmtree(run.project.path.parent, ignore_errors=True)
            yield verdict(waiting.pop(run), record, limit)


def verdict(job: Job, record: Record, limit: float) -> Verdict:
    """What is to be said of a job that is over."""
    outcomes: Outcomes = defaultdict(list)
    for id, one in record.tests.items():
        outcomes[function(id)].append(one)
    if not outcomes:
        return Verdict(job, "wrong", f"no test ran: {record.last_error}", [])
    if not record.ended:
        return Verdict(job, "wrong", f"the tests did not end within {limit:.0f} seconds", [])
    failed = sorted(name for name in outcomes if failure(outcomes[name]))
    return Verdict(job, *judged(job, outcomes), failed)


def judged(job: Job, outcomes: Outcomes) -> tuple[str, str]:
    """A mutant is caught if every named test fails, for the right reason, on a working site.

    A baseline is "caught" if nothing fails.
    """
    if job.mutant is None:
        for name in [*outcomes, *job.tests]:
            if failure(outcomes.get(name)):
                return "wrong", f"{name} does not pass"
        return "caught", ""
    for name in job.tests:
        failed = [one for one in outcomes.get(name, []) if one.outcome == "failed"]
        if any(search(job.mutant.reason, "\n".join(one.messages)) for one in failed):
            continue
        if why := failure(outcomes.get(name)):
            return "wrong", f"{name} failed for another reason: {why}"
        return "survived", f"{name} passed"
    if CANARY not in job.tests and (why := failure(outcomes.get(CANARY))):
        return "wrong", f"the whole site is broken: {why}"
    return "caught", ""


def failure(outcomes: list[Outcome] | None) -> str:
    """What a test function that did not pass has said first; "" of one that passed."""
    if not outcomes:
        return "it did not run"
    bad = [one for kind in ("failed", "error") for one in outcomes if one.outcome == kind]
    words = [word for one in bad[:1] for message in one.messages for word in message.split()]
    return " ".join(words)[:200] or ("it says nothing" if bad else "")
