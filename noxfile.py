#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox[uv]>=2026.10.20"]
# ///
"""One session per thing a person does here; `python3 noxfile.py --list` lists them.

Needs Python 3.11 or newer and nothing else: run as a script, this file installs nox once
into .nox/_bootstrap and starts over with it. Where nox or uv is installed already,
`nox -s tests` and `uvx nox -s tests` do the same.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (who runs an older one deserves a sentence)
    sys.exit(
        "noxfile.py needs Python 3.11 or newer, and this is Python %d.%d (%s)."  # noqa: UP031
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import NoReturn

NOX = "nox[uv]>=2026.10.20"
ROOT = Path(__file__).resolve().parent

os.environ.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0", UV_PYTHON_DOWNLOADS="never")
# As pip does, uv is to trust what the system trusts, such as a company's own certificates.
SYSTEM_CERTIFICATES = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}  # and its older name
if not SYSTEM_CERTIFICATES.keys() & os.environ.keys():
    os.environ.update(SYSTEM_CERTIFICATES)


def bootstrap() -> str:
    """A Python that has nox: our own, made with uv, else with pip, where it is not whole yet."""
    environment = ROOT / ".nox" / "_bootstrap" / f"{sys.version_info[0]}.{sys.version_info[1]}"
    python, stamp = environment / "bin" / "python", environment / "contents"
    if python.exists() and stamp.exists() and stamp.read_text() == NOX:
        return str(python)
    uv = shutil.which("uv")
    if uv:
        create = [uv, "venv", "--quiet", "--python", sys.executable]
        install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        create = [sys.executable, "-m", "venv"]
        install = [str(python), "-m", "pip", "install", "--quiet", "--retries=2"]
    else:
        sys.exit(
            f"noxfile.py needs Python's venv module, which {sys.executable} lacks; "
            "on Debian and Ubuntu: apt install python3-venv"
        )
    print(f"Installing {NOX} into {environment} (once) …", file=sys.stderr)
    shutil.rmtree(environment, ignore_errors=True)
    for command in [*create, str(environment)], [*install, NOX]:
        if subprocess.run(command).returncode:
            sys.exit(
                f"{NOX} is not installed, see above: "
                "is this machine online, and no other run installing?"
            )
    stamp.write_text(NOX)  # last: it says that the environment is whole
    return str(python)


def nox_is_installed() -> bool:
    """Whether a nox that is new enough is already there."""
    try:
        version = importlib.metadata.version("nox")
    except importlib.metadata.PackageNotFoundError:
        return False
    oldest = NOX.partition(">=")[2]
    return [int(n) for n in version.split(".")[:3]] >= [int(n) for n in oldest.split(".")]


def start_over() -> NoReturn:
    """Run this file under nox: the one that is installed, else our own."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends this part without a word
    python = sys.executable if nox_is_installed() else bootstrap()
    nox = [python, "-m", "nox", "-f", __file__, "--script-mode=none"]
    os.execv(python, [*nox, *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    start_over()

import nox  # noqa: E402

sys.path.append(str(ROOT))
from harness.environment import FOREIGN  # noqa: E402 (the standard library is enough for it)
from harness.records import DATABASES  # noqa: E402
from harness.variants import VARIANTS  # noqa: E402

nox.needs_version = NOX.removeprefix("nox[uv]")
nox.options.sessions = ["tests"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

# uv and nox look for interpreters on PATH alone; uv itself may be beside nox.
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
PLACES = [Path(sys.executable).parent, *sorted(PYENV.glob("versions/3.*/bin"))]
os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, PLACES)])

SUPPORTED = {"3.11": ["5.2"], "3.12": ["5.2", "6.0", "6.1"], "3.13": ["5.2", "6.0", "6.1"]}
MATRIX = [(python, django) for python, djangos in SUPPORTED.items() for django in djangos]
GROUPS = list(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"])

# What a person's shell may have set, and what a test must not see.
NO_SETTINGS = {name: None for name in os.environ if name.startswith(FOREIGN)}
# Each run has a dozen processes: without bytecode, every one would compile Django first.
NO_SETTINGS["PYTHONDONTWRITEBYTECODE"] = None
# The Python of each group's environment that this run has installed.
PYTHON: dict[str, str] = {}


def run(session: nox.Session, python: str, module: str, *arguments: str) -> None:
    """Run a module. Its status 2, bad input, is this run's own: nox alone would make it 1.

    A stop takes as long as PostgreSQL needs to stop; nox alone would kill after half a second.
    """
    command = [python, "-m", module, *arguments]
    try:
        session.run(*command, env=NO_SETTINGS, interrupt_timeout=15, terminate_timeout=5)
    except nox.command.CommandFailed as failed:
        if failed.return_code == 2:
            sys.exit(2)
        raise


# These sessions are commands, to which what follows `--` goes. Of each: its name, the group of
# packages that it needs, its module; and what it does.
COMMANDS = {
    ("compare", "tests", "benchmarks.compare"): (
        "Hold the three variants to the shared suite, and count what each operation costs."
    ),
    ("benchmarks", "benchmarks", "benchmarks.run"): (
        "Measure what each strategy costs: a minute, or with `-- --full` a quarter of an hour."
    ),
    ("report", "benchmarks", "benchmarks.report"): (
        "Turn the last run of `benchmarks`, or `-- RUN.json`, into HTML, Markdown and CSV."
    ),
    ("compare_reports", "benchmarks", "benchmarks.compare_reports"): (
        "Set your last run against the published one, or `-- A.json B.json` against each other."
    ),
    ("spread", "benchmarks", "benchmarks.spread"): (
        "Say how far this machine's ratios differ from run to run, given `-- A.json B.json …`."
    ),
    ("publish", "benchmarks", "benchmarks.publish"): (
        "Commit to your last full run: benchmarks/results/ and the README's table."
    ),
    ("ladder", "benchmarks", "benchmarks.ladder.rules"): (
        "Show which rules each step of the article's ladder breaks (`-- --accept` commits to it)."
    ),
    ("mutants", "proofs", "proofs.mutants"): (
        "Break the variants on purpose, one fault at a time, and see the named tests fail."
    ),
    ("faults", "proofs", "proofs.faults"): (
        "Kill, unplug and starve the site and its database, and see that nobody is left half-made."
    ),
    ("load", "proofs", "proofs.load"): (
        "Put the three sites under load: a minute, or `-- --full` for five minutes each."
    ),
    ("e2e", "proofs", "proofs.e2e"): (
        "Walk through each site in a real browser, by keyboard too, in both colour schemes."
    ),
    ("migration_paths", "tests", "proofs.migration_paths"): (
        "Walk every way from one strategy to another on a database with people, and damage it."
    ),
    ("ecosystem", "ecosystem", "proofs.ecosystem"): (
        "Try well-known packages, and Django's own tests of auth, on each variant."
    ),
    ("docs", "docs", "docs_generator"): (
        "Build the tutorial site into site/, and check every page of it in a browser."
    ),
    ("reference", "docs", "docs_generator.reference"): (
        "Generate the site's reference pages and figures anew (`-- --check` compares)."
    ),
    ("docs_serve", "docs", "docs_generator.serve"): (
        "Serve the tutorial site at a printed address, anew at every change, until Ctrl-C."
    ),
    ("serve", "tests", "harness.serve"): (
        "Serve the three sites side by side, with the same demo players, until Ctrl-C."
    ),
}


def add_command(name: str, group: str, module: str, what: str) -> None:
    """Make a session of one of COMMANDS."""

    def command(session: nox.Session) -> None:
        run(session, PYTHON[group], module, *session.posargs)

    command.__doc__ = what
    nox.session(name=name, venv_backend="none", requires=[f"environment({group})"])(command)


for about, what in COMMANDS.items():
    add_command(*about, what)


@nox.session(venv_backend="none", requires=["environment(tests)"])
@nox.parametrize("database", list(DATABASES), ids=list(DATABASES))
@nox.parametrize("variant", list(VARIANTS), ids=list(VARIANTS))
def tests(session: nox.Session, variant: str, database: str) -> None:
    """Run the shared suite and a variant's own tests, on PostgreSQL or SQLite."""
    run(session, PYTHON["tests"], "harness.suite", variant, database, "--", *session.posargs)


@nox.session(venv_backend="none", requires=["environment(tests)"])
@nox.parametrize("variant", list(VARIANTS), ids=list(VARIANTS))
def check(session: nox.Session, variant: str) -> None:
    """Put one variant through its whole gate: migrations, deployment, coverage, alone."""
    run(session, PYTHON["tests"], "harness.check", variant)


@nox.session(venv_backend="none", requires=["environment(benchmarks)"])
@nox.parametrize("variant", list(VARIANTS), ids=list(VARIANTS))
def benchmark(session: nox.Session, variant: str) -> None:
    """Measure one variant alone, with pytest-benchmark's own options, such as `-k page`."""
    target = f"--target={variant}"
    run(session, PYTHON["benchmarks"], "pytest", "benchmarks", target, *session.posargs)


@nox.session
@nox.parametrize("python,django", [nox.param(*cell, id=", ".join(cell)) for cell in MATRIX])
def matrix(session: nox.Session, django: str) -> None:
    """Run all variants' tests on each Python and Django that is supported."""
    contents = Path("requirements/tests.txt").read_text() + django
    stamp = session.env_dir / "contents"  # spares a second run the question for newer ones
    if not stamp.exists() or stamp.read_text() != contents:
        session.install("--require-hashes", "-r", "requirements/tests.txt")
        session.install(f"Django~={django}.0")
        stamp.write_text(contents)
    python = str(Path(session.bin, "python"))
    # Side by side is quicker, but pytest's options are for one suite.
    for variant in VARIANTS if session.posargs else ["all"]:
        run(session, python, "harness.suite", variant, "postgresql", "--", *session.posargs)
    if not session.posargs:
        run(session, python, "pytest", "repo_tests/test_errors.py", "-n0")


@nox.session(venv_backend="none", requires=["environment(benchmarks)"])
def repo(session: nox.Session) -> None:
    """Test the repository itself: what must be equal, linked, documented, measured."""
    cores = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]
    run(session, PYTHON["benchmarks"], "pytest", "repo_tests", *cores, *session.posargs)


@nox.session(venv_backend="none", requires=["environment(lint)"])
def lint(session: nox.Session) -> None:
    """Check format, style, templates, spelling, dependencies and types (`-- --fix` repairs)."""
    python = PYTHON["lint"]
    fix = "--fix" in session.posargs
    check = [] if fix else ["--check"]
    if fix:
        run(session, python, "ruff", "check", "--fix", "--exit-zero", "--quiet")
    run(session, python, "ruff", "format", *check)
    run(session, python, "ruff", "check")
    templates = sorted(Path().glob("*_variant/**/*.html"))
    session.log(f"djade on {len(templates)} templates")  # not their names: they fill a screen
    djade = Path(python).with_name("djade")  # the one tool here that is no Python module
    done = subprocess.run([djade, "--target-version", "5.2", *check, *templates])
    if done.returncode and not fix:  # it also fails when it has mended something
        session.error("the format of a template is not in order: `-- --fix` repairs it")
    run(session, python, "codespell_lib", *(["--write-changes"] if fix else []))
    run(session, python, "deptry", ".")
    run(session, python, "mypy", "noxfile.py", "harness", "benchmarks", "proofs", "docs_generator")


@nox.session(venv_backend="none")
def lock(session: nox.Session) -> None:
    """Compile requirements/*.txt (`-- --upgrade` takes new releases, `-- --check` compares)."""
    options = [option for option in session.posargs if option != "--check"]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy("pyproject.toml", folder)
        shutil.copytree("requirements", Path(folder, "requirements"))
        for group in GROUPS:
            session.run(
                *("uv", "pip", "compile", "pyproject.toml", "--group", group, "--quiet"),
                *("--universal", "--python-version=3.11", "--generate-hashes", "--no-header"),
                *(["--constraint=requirements/tests.txt"] if group != "tests" else []),
                *(f"--directory={folder}", f"--output-file=requirements/{group}.txt", *options),
                external=True,
            )
        compiled = Path(folder, "requirements").glob("*.txt")
        new = {Path("requirements", path.name): path.read_text() for path in compiled}
    drifted = {
        path: text for path, text in new.items() if not path.exists() or path.read_text() != text
    }
    names = " and ".join(map(str, drifted))
    if drifted and "--check" in session.posargs:
        session.error(f"{names} no longer fit pyproject.toml: run `-s lock`")
    for path, text in drifted.items():
        path.write_text(text)
    session.log(f"lock: {names or 'nothing'} changed.")


@nox.session(default=False)
@nox.parametrize("group", GROUPS, ids=GROUPS)
def environment(session: nox.Session, group: str) -> None:
    """Install what a group of sessions runs with; these call it first by themselves."""
    exact = ["--exact"] if session.venv_backend == "uv" else []
    session.install(*exact, "--require-hashes", "-r", f"requirements/{group}.txt")
    PYTHON[group] = str(Path(session.bin, "python"))
