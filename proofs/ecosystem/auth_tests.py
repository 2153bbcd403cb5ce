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
import tarfile
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import django

from proofs.ecosystem import processes
from proofs.ecosystem.processes import ROOT, Process, Result

PINS = ROOT / "requirements" / "ecosystem.txt"
BASELINE = "none"  # no variant: Django's tests as Django runs them
UNEXPLAINED = "unexplained"

# Why a test does not pass, by what its name and its error look like; the first that fits.
CAUSES = [
    (
        r"player_email_any_case",
        "Two of the test's users share an e-mail address, which the players' rule refuses.",
    ),
    (
        r"test_migrations.*player_username_any_case",
        "The test empties the tables of the apps it names, and `players` is not among them: the "
        "user of the test before is still there.",
    ),
    (
        r"No installed app with label 'players'|test_user_has_now.*FieldError",
        "The test installs the apps it names and no others: `players`, where the user model is, "
        "is not among them.",
    ),
    (
        r"NoReverseMatch: Reverse for 'auth_user_",
        "The test asks for the admin's pages by the names of auth.User's, `auth_user_…`; the "
        "custom user's are `players_user_…`.",
    ),
    (
        r"NoReverseMatch: Reverse for 'players_user_password_change'",
        "UserAdmin names its page of a user's password `auth_user_password_change` whatever the "
        "model is called; the test asks for it by the model's name.",
    ),
    (
        r"Mock input for .*leave blank to use",
        "`createsuperuser` proposes a name unless auth.User is swapped for another; the test, "
        "which swaps it, reads that off what is the custom user here, and is never swapped.",
    ),
    (
        r"test_swappable_user failed",
        "The test swaps auth.User for another and sees that it is gone; what bears its name here "
        "is the custom user, and stays.",
    ),
    (
        r"Could not load auth\.User|App 'auth' doesn't have a 'User' model",
        "The test loads auth.User by its label, which is swapped and has no table.",
    ),
]


class AuthTestsError(Exception):
    """Django's tests cannot be had; the text is one line."""


def source() -> Path:
    """The folder of the installed Django's own tests, fetched once into .nox/.

    Raises AuthTestsError.
    """
    folder = ROOT / ".nox" / f"django-{django.get_version()}-tests"
    if not folder.exists():
        with tempfile.TemporaryDirectory(prefix="django-") as name:
            unpacked = unpack(download(Path(name)), Path(name))
            folder.parent.mkdir(exist_ok=True)
            # A copy, then a rename: a folder of that name is whole.
            partial = shutil.copytree(unpacked, Path(f"{folder}.partial"), dirs_exist_ok=True)
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
            raise AuthTestsError(
                f"Django's tests cannot be downloaded: {said[-1].removeprefix('ERROR: ')}: "
                "is this machine online? Named packages are tried without them"
            )
    [archive] = folder.glob("django-*.tar.gz")
    return archive


def unpack(archive: Path, folder: Path) -> Path:
    """The folder `tests` of Django's source."""
    with tarfile.open(archive) as files:
        files.extraction_filter = getattr(tarfile, "data_filter", None)
        root = files.getnames()[0].partition("/")[0]
        for member in files:
            if member.name.startswith(f"{root}/tests/"):
                files.extract(member, folder)
    return folder / root / "tests"


def run(variants: Iterable[str], say: Callable[[str, int, int], None]) -> dict[str, Result]:
    """What came of the tests without a variant, and with each. Raises AuthTestsError,
    ProcessError."""
    folder = source()
    waiting = deque([BASELINE, *variants])
    total = len(waiting)
    results: dict[str, Result] = {}

    def start(variant: str, stack: ExitStack) -> Process:
        env = processes.environment(
            None if variant == BASELINE else variant,
            DJANGO_SETTINGS_MODULE="proofs.ecosystem.django_settings",
            TMPDIR=stack.enter_context(tempfile.TemporaryDirectory(prefix="django-")),
        )
        return Process("django_tests.py", env, stack, folder)

    processes.run(
        waiting,
        start,
        results.__setitem__,
        lambda names: say(f"auth_tests {names}", len(results), total),
    )
    return {variant: results[variant] for variant in (BASELINE, *variants)}


def found(results: Mapping[str, Result]) -> dict[str, Any]:
    """By variant, what matrix.json holds: numbers, and the names of tests by their cause."""
    return {variant: explained(result) for variant, result in results.items()}


def explained(result: Result) -> dict[str, Any]:
    kinds = [kind for kind, _ in result["deviations"].values()]
    causes: dict[str, list[str]] = {}
    for name, (kind, evidence) in sorted(result["deviations"].items()):
        cause = cause_of(f"{name} {kind} {evidence}")
        causes.setdefault(cause, []).append(
            f"{name}: {evidence}" if cause == UNEXPLAINED else name
        )
    return {
        "ran": result["ran"],
        "skipped": result["skipped"],
        "failed": kinds.count("failed"),
        "errors": kinds.count("error"),
        "deviations": causes,
    }


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
