"""Django's own tests of auth, from the source of the installed Django, on each variant.

They run on SQLite in memory, with Django's own test settings. With proxy and profile, `players`
and django-axes, which it needs, are installed beside Django's apps. With the custom user,
AUTH_USER_MODEL is set too, and the name `User` that the tests import from
django.contrib.auth.models means the custom user: as they stand, their models cannot even be
imported (`UserProxy cannot proxy the swapped model`).
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

from harness.cli import Failure, Refusal
from harness.records import Outcome, Record
from harness.suite import Job
from harness.variants import REFERENCE, ROOT, Variant
from proofs.ecosystem.attempts import OPTIONS, SECONDS, attempt
from proofs.ecosystem.catalogue import HERE

PINS = ROOT / "requirements" / "ecosystem.txt"
PLUGIN = "proofs.ecosystem.django_tests"
AUTH_TESTS = "auth_tests"
BASELINE = "none"  # no variant: Django's tests as Django runs them
UNEXPLAINED = "unexplained"

# Why a test does not pass: what its name and its error look like, and the sentence that says so.
CAUSES = [
    (cause["pattern"], cause["sentence"])
    for cause in tomllib.loads((HERE / "causes.toml").read_text())["cause"]
]


def source() -> Path:
    """The folder of the installed Django's own tests, fetched once into .nox/.

    Raises Refusal.
    """
    folder = ROOT / ".nox" / f"django-{django.get_version()}-tests"
    if not folder.exists():
        print("Fetching the tests of Django's source (once) …", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="django-") as name:
            shutil.unpack_archive(download(Path(name)), name)
            [tests] = Path(name).glob("django-*/tests")
            # A copy, then a rename: a folder of that name is whole.
            partial = shutil.copytree(tests, Path(f"{folder}.partial"), dirs_exist_ok=True)
            partial.rename(folder)
    return folder


def download(folder: Path) -> Path:
    """Django's source as it was pinned by its hash, by a pip that virtualenv brings along."""
    pins = re.findall(r"^django==(?:.*\\\n)+.*\n", PINS.read_text(), re.MULTILINE)
    (folder / "django.txt").write_text("".join(pins))
    pip = folder / "pip"
    for command in (
        [sys.executable, "-m", "virtualenv", "--quiet", str(pip)],
        [
            *(str(pip / "bin" / "python"), "-m", "pip", "download", "--quiet", "--retries=2"),
            *("--disable-pip-version-check", "--no-deps", "--no-binary=django"),
            *("--require-hashes", f"--requirement={folder / 'django.txt'}", f"--dest={folder}"),
        ],
    ):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if "ERROR" in line] or [""]
            raise Refusal(
                f"Django's tests cannot be downloaded: {said[-1].removeprefix('ERROR: ')}: "
                "is this machine online? Named packages are tried without them"
            )
    [archive] = folder.glob("django-*.tar.gz")
    return archive


def jobs(variants: Iterable[Variant], folder: Path) -> dict[str, Job]:
    """By variant, the run of Django's tests, first without any. They write to the folder of
    temporary files, and remove it unless they are killed."""
    tests = source()
    without = replace(REFERENCE, path=tests)
    return {
        id: Job(
            variant,
            database_url="",
            tests=[str(tests / "auth_tests")],
            settings="",  # the plugin's
            variables={"DJANGO_TESTS": str(tests), "TMPDIR": str(folder)},
            # With their own asserts, warnings, input and output, not pytest's.
            options=[*OPTIONS, "-p", PLUGIN, "--assert=plain", "-p", "no:warnings", "-s"],
            limit=SECONDS,
            name=attempt(AUTH_TESTS, id),
        )
        for id, variant in [(BASELINE, without), *((one.id, one) for one in variants)]
    }


def explained(record: Record) -> dict[str, Any]:
    """What matrix.json holds of a run: numbers, and the names of tests by their cause.

    As unittest has it: what raises AssertionError has failed, what raises another error is one;
    and where a class cannot be set up, that is one, and none of its tests ran. Raises Failure.
    """
    if not (record.ended and record.tests):
        raise Failure(f"Django's tests ended before their time: {record.log} has their output")
    causes: dict[str, list[str]] = {}
    kinds = []
    failed = {unittest_name(id, record.tests[id]): record.tests[id] for id in record.failed}
    for name, one in sorted(failed.items()):
        [evidence, *_] = one.messages
        kinds.append("failed" if evidence.startswith("AssertionError") else "error")
        cause = cause_of(f"{name} {kinds[-1]} {evidence}")
        causes.setdefault(cause, []).append(
            f"{name}: {evidence}" if cause == UNEXPLAINED else name
        )
    outcomes = [one.outcome for one in record.tests.values()]
    return {
        "ran": len(outcomes) - outcomes.count("error"),
        "skipped": outcomes.count("skipped"),
        "failed": kinds.count("failed"),
        "errors": kinds.count("error"),
        "deviations": causes,
    }


def unittest_name(id: str, outcome: Outcome) -> str:
    """Such as "auth_tests.test_basic.BasicTestCase.test_user"; where the class could not be set
    up, "setUpClass (auth_tests.test_basic.BasicTestCase)"."""
    path, *names = id[id.index("auth_tests/") :].split("::")
    name = ".".join([path.removesuffix(".py").replace("/", "."), *names])
    return name if outcome.outcome != "error" else f"setUpClass ({name.rpartition('.')[0]})"


def cause_of(text: str) -> str:
    """The sentence that says why, or UNEXPLAINED."""
    sentences = (sentence for pattern, sentence in CAUSES if re.search(pattern, text))
    return next(sentences, UNEXPLAINED)


def unexplained(variants: Mapping[str, Any]) -> list[str]:
    """A line for each deviation without a cause, and for each without a variant to cause it."""
    return [
        f"{variant}: {name}"
        for variant, one in variants.items()
        for cause, names in one["deviations"].items()
        for name in names
        if variant == BASELINE or cause == UNEXPLAINED
    ]
