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
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

NOX = "nox[uv]>=2026.10.20"
ROOT = Path(__file__).resolve().parent
PYTHON_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

os.environ.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0", UV_PYTHON_DOWNLOADS="never")
# As pip does, uv is to trust what the system trusts, such as a company's own certificates.
SYSTEM_CERTIFICATES = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}  # and its older name
if not SYSTEM_CERTIFICATES.keys() & os.environ.keys():
    os.environ.update(SYSTEM_CERTIFICATES)


def python_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / "bin" / "python"


def is_ready(environment: Path, contents: str) -> bool:
    """Whether an environment was finished, from these contents, and can still run."""
    stamp = environment / "contents"
    return python_in(environment).exists() and stamp.exists() and stamp.read_text() == contents


def find_uv() -> str | None:
    """The uv beside nox, else the one on PATH, if any."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv")


def make(environment: Path, contents: str, *packages: str) -> None:
    """Make an environment with uv, else with pip; a stamp, written last, says that it is whole."""
    python, uv = python_in(environment), find_uv()
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
    print(f"Installing {packages[-1]} into {environment} (once) …", file=sys.stderr)
    stamp = environment / "contents"
    stamp.unlink(missing_ok=True)
    shutil.rmtree(environment, ignore_errors=True)
    for command in [*create, str(environment)], [*install, *packages]:
        if subprocess.run(command).returncode:
            sys.exit(
                f"{packages[-1]} is not installed, see above: "
                "is this machine online, and no other run installing?"
            )
    stamp.write_text(contents)


def nox_is_installed() -> bool:
    """Whether a nox that is new enough is already there."""
    try:
        version = importlib.metadata.version("nox")
    except importlib.metadata.PackageNotFoundError:
        return False
    oldest = NOX.partition(">=")[2]
    return [int(n) for n in version.split(".")[:3]] >= [int(n) for n in oldest.split(".")]


def start_over() -> NoReturn:
    """Run this file under nox: the one that is installed, else our own in .nox/_bootstrap."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends this part without a word
    python = sys.executable
    if not nox_is_installed():
        environment = ROOT / ".nox" / "_bootstrap" / PYTHON_VERSION
        python = str(python_in(environment))
        if not is_ready(environment, NOX):
            make(environment, NOX, NOX)
    nox = [python, "-m", "nox", "-f", __file__, "--script-mode=none"]
    os.execv(python, [*nox, *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    start_over()

import nox  # noqa: E402

nox.needs_version = NOX.removeprefix("nox[uv]")
nox.options.sessions = ["tests"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

# uv and nox look for interpreters on PATH alone.
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
os.environ["PATH"] = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), *map(str, sorted(PYENV.glob("versions/3.*/bin")))]
)

VARIANTS = {
    "proxy": "proxy_variant",
    "profile": "profile_variant",
    "custom": "custom_user_variant",
}
DATABASES = ["postgresql", "sqlite"]
SUPPORTED = {"3.11": ["5.2"], "3.12": ["5.2", "6.0", "6.1"], "3.13": ["5.2", "6.0", "6.1"]}
MATRIX = [(python, django) for python, djangos in SUPPORTED.items() for django in djangos]
CORES = ["--numprocesses=auto", "--maxprocesses=4"]  # each with a database of its own
LOCKED = ["tests", "benchmarks", "proofs", "ecosystem", "docs", "lint"]

# What a person's shell may have set, and what a test must not see.
FOREIGN = ("DJANGO_", "PYTEST_", "PYTHONPATH")
NO_SETTINGS = {name: None for name in os.environ if name.startswith(FOREIGN)}
# Each run has a dozen processes: without bytecode, every one would compile Django first.
NO_SETTINGS["PYTHONDONTWRITEBYTECODE"] = None


# --- What a person does here ---------------------------------------------------------------


@nox.session(venv_backend="none")
def compare(session: nox.Session) -> None:
    """Hold the three variants to the shared suite, and count what each operation costs."""
    python = environment(session, "tests")
    run_or_refuse(session, python, "-m", "benchmarks.compare", *session.posargs)
    session.log("compare: the three variants were compared.")


@nox.session(venv_backend="none")
def benchmarks(session: nox.Session) -> None:
    """Measure what each strategy costs: a minute, or with `-- --full` a quarter of an hour."""
    python = environment(session, "benchmarks")
    run_or_refuse(session, python, "-m", "benchmarks.run", *session.posargs)
    session.log("benchmarks: done.")


@nox.session(venv_backend="none")
def report(session: nox.Session) -> None:
    """Turn the last run of `benchmarks`, or `-- RUN.json`, into HTML, Markdown and CSV."""
    python = environment(session, "benchmarks")
    run_or_refuse(session, python, "-m", "benchmarks.report", *session.posargs)
    session.log("report: written.")


@nox.session(venv_backend="none")
def compare_reports(session: nox.Session) -> None:
    """Set your last run against the published one, or `-- A.json B.json` against each other."""
    python = environment(session, "benchmarks")
    run_or_refuse(session, python, "-m", "benchmarks.compare_reports", *session.posargs)
    session.log("compare_reports: compared.")


@nox.session(venv_backend="none")
def spread(session: nox.Session) -> None:
    """Say how far this machine's ratios differ from run to run, given `-- A.json B.json …`."""
    python = environment(session, "benchmarks")
    run_or_refuse(session, python, "-m", "benchmarks.spread", *session.posargs)
    session.log("spread: said.")


@nox.session(venv_backend="none")
def publish(session: nox.Session) -> None:
    """Commit to your last full run: benchmarks/results/ and the README's table."""
    python = environment(session, "benchmarks")
    run_or_refuse(session, python, "-m", "benchmarks.publish", *session.posargs)
    session.log("publish: published.")


@nox.session(venv_backend="none")
def ladder(session: nox.Session) -> None:
    """Show which rules each step of the article's ladder breaks (`-- --accept` commits to it)."""
    python = environment(session, "benchmarks")
    run_or_refuse(session, python, "-m", "benchmarks.ladder.rules", *session.posargs)
    session.log("ladder: every step breaks the rules that are said to be broken, and no other.")


@nox.session(venv_backend="none")
def mutants(session: nox.Session) -> None:
    """Break the variants on purpose, one fault at a time, and see the named tests fail."""
    python = environment(session, "proofs")
    run_or_refuse(session, python, "-m", "proofs.mutants", *session.posargs)
    session.log("mutants: every fault that was tried was caught by the tests named for it.")


@nox.session(venv_backend="none")
def faults(session: nox.Session) -> None:
    """Kill, unplug and starve the site and its database, and see that nobody is left half-made."""
    python = environment(session, "proofs")
    run_or_refuse(session, python, "-m", "proofs.faults", *session.posargs)
    session.log("faults: nobody was left half-made by what was tried.")


@nox.session(venv_backend="none")
def load(session: nox.Session) -> None:
    """Put the three sites under load: a minute, or `-- --full` for five minutes each."""
    python = environment(session, "proofs")
    run_or_refuse(session, python, "-m", "proofs.load", *session.posargs)
    session.log("load: no error, and every player is complete.")


@nox.session(venv_backend="none")
def e2e(session: nox.Session) -> None:
    """Walk through each site in a real browser, by keyboard too, in both colour schemes."""
    python = environment(session, "proofs")
    run_or_refuse(session, python, "-m", "proofs.e2e", *session.posargs)
    session.log("e2e: every test passed in the browser.")


@nox.session(venv_backend="none")
def ecosystem(session: nox.Session) -> None:
    """Try well-known packages, and Django's own tests of auth, on each variant."""
    python = environment(session, "ecosystem")
    run_or_refuse(session, python, "-m", "proofs.ecosystem", *session.posargs)
    session.log("ecosystem: what was tried works, or fails, as is said.")


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the tutorial site into site/, and check every page of it in a browser."""
    python = environment(session, "docs")
    run_or_refuse(session, python, "-m", "docs_generator", *session.posargs)
    session.log("docs: site/index.html is the first page; it opens from disk.")


@nox.session(venv_backend="none")
def reference(session: nox.Session) -> None:
    """Generate the site's reference pages and figures anew (`-- --check` compares)."""
    python = environment(session, "docs")
    run_or_refuse(session, python, "-m", "docs_generator.reference", *session.posargs)
    session.log("reference: the pages say what is.")


@nox.session(venv_backend="none")
def docs_serve(session: nox.Session) -> None:
    """Serve the tutorial site at a printed address, anew at every change, until Ctrl-C."""
    python = environment(session, "docs")
    run_or_refuse(session, python, "-m", "docs_generator.serve", *session.posargs)


@nox.session(venv_backend="none")
def serve(session: nox.Session) -> None:
    """Serve the three sites side by side, with the same demo players, until Ctrl-C."""
    python = environment(session, "tests")
    run_or_refuse(session, python, "-m", "tools.serve", *session.posargs)
    session.log("serve: the three sites were stopped.")


@nox.session(venv_backend="none")
@nox.parametrize("database", DATABASES, ids=DATABASES)
@nox.parametrize("variant", list(VARIANTS), ids=list(VARIANTS))
def tests(session: nox.Session, variant: str, database: str) -> None:
    """Run the shared suite and a variant's own tests, on PostgreSQL or SQLite."""
    python = environment(session, "tests")
    run_suite(session, python, variant, database, *session.posargs)
    session.log(f"tests: {VARIANTS[variant]} passed the shared suite and its own on {database}.")


@nox.session(venv_backend="none")
@nox.parametrize("variant", list(VARIANTS), ids=list(VARIANTS))
def check(session: nox.Session, variant: str) -> None:
    """Put one variant through its whole gate: migrations, deployment, coverage, alone."""
    python = environment(session, "tests")
    folder = VARIANTS[variant]
    production = {
        "DJANGO_ALLOWED_HOSTS": "example.com",
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
    }

    def manage(*arguments: str, **env: str) -> None:
        command = [python, f"{folder}/manage.py", *arguments]
        run(session, python, "-m", "tools.postgres", "--", *command, **env)

    require_postgresql(session)
    manage("makemigrations", "--check", "--dry-run")
    manage("check", "--deploy", "--fail-level=WARNING", **production)
    coverage = [f"--cov={folder}/{part}" for part in ("players", "website", "config")]
    limits = ["--cov-report=term-missing:skip-covered", "--cov-fail-under=98"]
    options = [*coverage, "--cov-branch", *limits, *session.posargs]
    data = str(session.env_dir.parent / f"coverage-{variant}")
    run_suite(session, python, variant, "postgresql", *options, COVERAGE_FILE=data)
    absolute = str(Path(python).absolute())
    with session.chdir(folder):
        run(session, absolute, "manage.py", "test", DATABASE_URL=None)
    session.log(f"check: {folder} passed its migrations, deployment, coverage and own tests.")


@nox.session
@nox.parametrize("python,django", [nox.param(*cell, id=", ".join(cell)) for cell in MATRIX])
def matrix(session: nox.Session, django: str) -> None:
    """Run all variants' tests on each Python and Django that is supported."""
    python, requirements = str(python_in(session.env_dir)), "requirements/tests.txt"
    contents = (ROOT / requirements).read_text() + django
    if not is_ready(session.env_dir, contents):
        stamp = session.env_dir / "contents"
        stamp.unlink(missing_ok=True)
        session.install("--require-hashes", "-r", requirements)
        session.install(f"Django~={django}.0")
        stamp.write_text(contents)
    for variant in VARIANTS:
        run_suite(session, python, variant, "postgresql", *session.posargs)
    session.log(f"matrix: all variants passed on Python {session.python} and Django {django}.")


@nox.session(venv_backend="none")
def repo(session: nox.Session) -> None:
    """Test the repository itself: what must be equal, linked, documented, measured."""
    python = environment(session, "benchmarks")
    run(session, python, "-m", "pytest", "repo_tests", *CORES, "--dist=loadfile", *session.posargs)
    session.log("repo: the repository's own tests passed.")


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check format, style, templates, spelling, dependencies and types (`-- --fix` repairs)."""
    python = environment(session, "lint")
    fix = "--fix" in session.posargs
    check = [] if fix else ["--check"]
    if fix:
        run(session, python, "-m", "ruff", "check", "--fix", "--exit-zero", "--quiet")
    run(session, python, "-m", "ruff", "format", *check)
    run(session, python, "-m", "ruff", "check")
    templates = sorted(Path().glob("*_variant/**/*.html"))
    session.log(f"djade on {len(templates)} templates")  # not their names: they fill a screen
    djade = Path(python).with_name("djade")  # the one tool here that is no Python module
    done = subprocess.run([djade, "--target-version", "5.2", *check, *templates])
    if done.returncode and not fix:  # it also fails when it has mended something
        session.error("the format of a template is not in order: `-- --fix` repairs it")
    run(session, python, "-m", "codespell_lib", *(["--write-changes"] if fix else []))
    run(session, python, "-m", "deptry", ".")
    run(
        session,
        python,
        "-m",
        "mypy",
        "noxfile.py",
        "harness",
        "tools",
        "benchmarks",
        "proofs",
        "docs_generator",
    )
    session.log("lint: everything is in order.")


@nox.session(venv_backend="none")
def lock(session: nox.Session) -> None:
    """Compile requirements/*.txt (`-- --upgrade` takes new releases, `-- --check` compares)."""
    options = [option for option in session.posargs if option != "--check"]
    uv = find_uv() or session.error("uv is needed to lock; install it, or run noxfile.py itself")
    files = {group: f"requirements/{group}.txt" for group in LOCKED}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy("pyproject.toml", folder)
        shutil.copytree("requirements", Path(folder, "requirements"))
        for group, file in files.items():
            session.run(
                *(uv, "pip", "compile", "pyproject.toml", "--group", group, "--quiet"),
                *("--universal", "--python-version=3.11", "--generate-hashes", "--no-header"),
                *(["--constraint=requirements/tests.txt"] if group != "tests" else []),
                *(f"--directory={folder}", f"--output-file={file}", *options),
            )
        new = {file: Path(folder, file).read_bytes() for file in files.values()}
    old = {file: Path(file).read_bytes() for file in new if Path(file).exists()}
    drifted = [file for file in new if new[file] != old.get(file)]
    if drifted and "--check" in session.posargs:
        session.error(f"{' and '.join(drifted)} no longer fit pyproject.toml: run `-s lock`")
    for file in drifted:
        Path(file).write_bytes(new[file])
    session.log(f"lock: {' and '.join(drifted) + ' changed' if drifted else 'nothing changed'}.")


# --- How it is done ------------------------------------------------------------------------


def environment(session: nox.Session, group: str) -> str:
    """The Python of the environment that all sessions share; made where it is not yet ready.

    `session.install` would not do: nox knows no environment that sessions share, so that each
    of them, and each parameter of `tests` and `check`, would install the same once more.
    """
    path = session.env_dir.parent / f"{group}-{PYTHON_VERSION}"
    requirements = f"requirements/{group}.txt"
    contents = (ROOT / requirements).read_text()
    if not is_ready(path, contents):
        make(path, contents, "--require-hashes", "-r", requirements)
    return str(python_in(path))


def run(session: nox.Session, *command: str, **env: str | None) -> None:
    """Run a command away from the settings that a person's shell may hold.

    A stop takes as long as PostgreSQL needs to stop; nox alone would kill after half a second.
    """
    settings = {**NO_SETTINGS, **env}
    session.run(*command, env=settings, interrupt_timeout=15, terminate_timeout=5)


def run_or_refuse(session: nox.Session, *command: str) -> None:
    """Run a command whose status 2, bad input, is to be this run's own: nox alone makes it 1."""
    try:
        run(session, *command)
    except nox.command.CommandFailed as failed:
        if failed.return_code == 2:
            sys.exit(2)
        raise


def run_suite(
    session: nox.Session, python: str, variant: str, database: str, *options: str, **env: str
) -> None:
    """Run the shared suite and a variant's own tests, on all cores up to four."""
    folder = VARIANTS[variant]
    pytest = [python, "-m", "pytest", "shared_tests", f"{folder}/tests", *CORES, *options]
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT / folder), str(ROOT)])
    if database == "postgresql":
        require_postgresql(session)
        run(session, python, "-m", "tools.postgres", "--", *pytest, **env)
        return
    with tempfile.TemporaryDirectory() as temporary:
        path = quote(Path(temporary, "db.sqlite3").as_posix())
        run(session, *pytest, **env, DATABASE_URL=f"sqlite:///{path}")


def require_postgresql(session: nox.Session) -> None:
    """Refuse a DATABASE_URL that would quietly turn a PostgreSQL run into another."""
    url = os.environ.get("DATABASE_URL") or "postgresql:"
    if not url.startswith(("postgres:", "postgresql:")):
        session.error("DATABASE_URL is set, but not to a PostgreSQL server: unset it")
