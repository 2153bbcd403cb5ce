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

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NoReturn
from urllib.parse import quote

NOX = "nox[uv]>=2026.10.20"
ROOT = Path(__file__).resolve().parent
PYTHON_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


def python_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@contextlib.contextmanager
def lock_file(environment: Path) -> Iterator[IO[str]]:
    """A file to lock while an environment is made; the lock ends with the process."""
    environment.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{environment}.lock").open("w") as file:
        yield file


def wait_for(file: IO[str], *, alone: bool) -> None:
    """Hold an environment, with others or alone; say so when that means to wait."""
    if os.name == "nt":
        return
    import fcntl

    how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        name = file.name.removesuffix(".lock")
        print(f"Waiting for the other run that makes or uses {name} …", file=sys.stderr)
        fcntl.flock(file, how)


def is_ready(environment: Path, contents: str) -> bool:
    """Whether an environment was finished, from these contents, and can still run."""
    stamp = environment / "contents"
    return python_in(environment).exists() and stamp.exists() and stamp.read_text() == contents


def bootstrap() -> NoReturn:
    """Start over under a nox of our own, installed once in .nox/_bootstrap."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends this part without a word
    environment = ROOT / ".nox" / "_bootstrap" / PYTHON_VERSION
    python = python_in(environment)
    try:
        with lock_file(environment) as file:
            wait_for(file, alone=True)
            if not is_ready(environment, NOX):
                install_nox(environment)
    except OSError as error:
        sys.exit(f"noxfile.py cannot write its environment: {error}")
    command = [str(python), "-m", "nox", "-f", __file__, "--script-mode=none", *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.run(command).returncode)
    os.execv(python, command)  # noqa: S606


def install_nox(environment: Path) -> None:
    """Make the environment that `bootstrap` starts over in."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(
            f"noxfile.py needs Python's venv module, which {sys.executable} lacks; "
            "on Debian and Ubuntu: apt install python3-venv"
        )
    print(f"Installing nox into {environment.relative_to(ROOT)} (once) …", file=sys.stderr)
    pip = [str(python_in(environment)), "-m", "pip", "install", "--quiet", "--retries=2", NOX]
    for command in [sys.executable, "-m", "venv", "--clear", str(environment)], pip:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
        if done.returncode:
            lines = [line for line in done.stdout.splitlines() if line.strip()]
            errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
            sys.exit(
                f"noxfile.py could not install {NOX}; is this machine online? "
                f"The last word was: {' '.join(errors[-1:]) or done.returncode}"
            )
    (environment / "contents").write_text(NOX)


def nox_is_installed() -> bool:
    """Whether a nox that is new enough is already there."""
    try:
        version = importlib.metadata.version("nox")
    except importlib.metadata.PackageNotFoundError:
        return False
    oldest = NOX.partition(">=")[2]
    return [int(n) for n in version.split(".")[:3]] >= [int(n) for n in oldest.split(".")]


if __name__ == "__main__" and not nox_is_installed():
    bootstrap()

import nox  # noqa: E402

nox.needs_version = NOX.removeprefix("nox[uv]")
nox.options.sessions = ["tests"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

# uv looks for interpreters on PATH alone, and would rather download one than look further.
os.environ["UV_PYTHON_DOWNLOADS"] = "never"
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
MATRIX = [
    ("3.11", "5.2"),
    ("3.12", "5.2"),
    ("3.12", "6.0"),
    ("3.12", "6.1"),
    ("3.13", "5.2"),
    ("3.13", "6.0"),
    ("3.13", "6.1"),
]
LOCKED = ["tests", "lint"]

# What a person's shell may have set, and what a test must not see.
NO_SETTINGS: dict[str, str | None] = {
    "DJANGO_ALLOWED_HOSTS": None,
    "DJANGO_DEBUG": None,
    "DJANGO_SECRET_KEY": None,
    "DJANGO_SETTINGS_MODULE": None,
    "PYTHONPATH": None,
}


# --- What a person does here ---------------------------------------------------------------


@nox.session(venv_backend="none")
def compare(session: nox.Session) -> None:
    """Hold the three variants to the shared suite, and count what each operation costs."""
    python = environment(session, "tests")
    run(session, python, "-m", "benchmarks.compare", *session.posargs)
    session.log("compare: the three variants were compared.")


@nox.session(venv_backend="none")
def serve(session: nox.Session) -> None:
    """Serve the three sites side by side, with the same demo players, until Ctrl-C."""
    python = environment(session, "tests")
    run(session, python, "-m", "tools.serve", *session.posargs)
    session.log("serve: the three sites were stopped.")


@nox.session(venv_backend="none")
@nox.parametrize(
    "variant,database",
    [
        nox.param(variant, database, id=f"{variant}, {database}")
        for variant in VARIANTS
        for database in DATABASES
    ],
)
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
        run(session, python, "-m", "tools.postgres", "--", *command, env=env)

    require_postgresql(session)
    manage("makemigrations", "--check", "--dry-run")
    manage("check", "--deploy", "--fail-level=WARNING", **production)
    coverage = [f"--cov={folder}/players", f"--cov={folder}/config", "--cov-branch"]
    limits = ["--cov-report=term-missing:skip-covered", "--cov-fail-under=98"]
    data = {"COVERAGE_FILE": str(session.env_dir.parent / f"coverage-{variant}")}
    run_suite(
        session, python, variant, "postgresql", *coverage, *limits, *session.posargs, env=data
    )
    absolute = os.path.abspath(python)  # noqa: PTH100 (resolve() would leave the environment)
    with session.chdir(folder):
        run(session, absolute, "manage.py", "test", env={"DATABASE_URL": None})
    session.log(f"check: {folder} passed its migrations, deployment, coverage and own tests.")


@nox.session
@nox.parametrize("python,django", [nox.param(*cell, id=", ".join(cell)) for cell in MATRIX])
def matrix(session: nox.Session, django: str) -> None:
    """Run all variants' tests on each Python and Django that is supported."""
    requirements = "requirements/tests.txt"
    contents = contents_of(requirements, django)
    stamp = session.env_dir / "contents"
    if not (stamp.exists() and stamp.read_text() == contents):
        session.install("--require-hashes", "-r", requirements)
        session.install(f"Django~={django}.0")
        stamp.write_text(contents)
    for variant in VARIANTS:
        run_suite(
            session, str(python_in(session.env_dir)), variant, "postgresql", *session.posargs
        )
    session.log(f"matrix: all variants passed on Python {session.python} and Django {django}.")


@nox.session(venv_backend="none")
def repo(session: nox.Session) -> None:
    """Test the repository itself: what must be equal, linked, documented, measured."""
    python = environment(session, "tests")
    run(session, python, "-m", "pytest", "repo_tests", *session.posargs)
    session.log("repo: the repository's own tests passed.")


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check format, style, templates, spelling, dependencies and types (`-- --fix` repairs)."""
    python = environment(session, "lint")
    djade = str(Path(python).with_name("djade"))  # the one tool here that is no Python module
    fix = "--fix" in session.posargs
    templates = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("*_variant/**/*.html"))
    typed = [path for path in ("noxfile.py", "tools", "benchmarks") if (ROOT / path).exists()]
    if fix:
        run(session, python, "-m", "ruff", "check", "--fix", "--exit-zero", "--quiet")
    for command in [
        [python, "-m", "ruff", "format", *([] if fix else ["--check"])],
        [python, "-m", "ruff", "check"],
        [djade, "--target-version", "5.2", *([] if fix else ["--check"]), *templates],
        [python, "-m", "codespell_lib", *(["--write-changes"] if fix else [])],
        [python, "-m", "deptry", "."],
        [python, "-m", "mypy", *typed],
    ]:
        run(session, *command)
    session.log("lint: everything is in order.")


@nox.session(venv_backend="none")
def lock(session: nox.Session) -> None:
    """Compile requirements/*.txt (`-- --upgrade` takes new releases, `-- --check` compares)."""
    options = [option for option in session.posargs if option != "--check"]
    uv = find_uv() or session.error("uv is needed to lock; install it, or run noxfile.py itself")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / "requirements", Path(folder, "requirements"))
        with session.chdir(folder):
            for group in LOCKED:
                session.run(
                    *(uv, "pip", "compile", "pyproject.toml", "--group", group, "--quiet"),
                    *("--universal", "--python-version=3.11", "--generate-hashes", "--no-header"),
                    *(["--constraint=requirements/tests.txt"] if group != "tests" else []),
                    *(f"--output-file=requirements/{group}.txt", *options),
                )
        drifted = [
            name
            for name in (f"requirements/{group}.txt" for group in LOCKED)
            if Path(folder, name).read_bytes() != (ROOT / name).read_bytes()
        ]
        if drifted and "--check" in session.posargs:
            session.error(f"{' and '.join(drifted)} no longer fit pyproject.toml: run `-s lock`")
        for name in drifted:
            shutil.copyfile(Path(folder, name), ROOT / name)
    session.log(f"lock: {' and '.join(drifted) + ' changed' if drifted else 'nothing changed'}.")


# --- How it is done ------------------------------------------------------------------------


def run(session: nox.Session, *command: str, env: Mapping[str, str | None] | None = None) -> None:
    """Run a command away from the settings that a person's shell may hold.

    A stop takes as long as PostgreSQL needs to stop; nox alone would kill after half a second.
    """
    env = {**NO_SETTINGS, **(env or {})}
    session.run(*command, env=env, interrupt_timeout=15, terminate_timeout=5)


def run_suite(
    session: nox.Session,
    python: str,
    variant: str,
    database: str,
    *arguments: str,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run the shared suite and a variant's own tests in one process."""
    folder = VARIANTS[variant]
    pytest = [python, "-m", "pytest", "shared_tests", f"{folder}/tests", *arguments]
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / folder), str(ROOT)]),
        **(env or {}),
    }
    if database == "postgresql":
        require_postgresql(session)
        run(session, python, "-m", "tools.postgres", "--", *pytest, env=settings)
        return
    with tempfile.TemporaryDirectory() as temporary:
        path = quote(Path(temporary, "db.sqlite3").as_posix())
        run(session, *pytest, env={**settings, "DATABASE_URL": f"sqlite:///{path}"})


def require_postgresql(session: nox.Session) -> None:
    """Refuse a DATABASE_URL that would quietly turn a PostgreSQL run into another."""
    url = os.environ.get("DATABASE_URL") or "postgresql:"
    if not url.startswith(("postgres:", "postgresql:")):
        session.error("DATABASE_URL is set, but not to a PostgreSQL server: unset it")


def contents_of(requirements: str, *more: str) -> str:
    """What an environment holds, as one line to compare."""
    digest = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    return " ".join([requirements, digest, *more])


def find_uv() -> str | None:
    """The uv beside nox, else the one on PATH, if any."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv")


in_use = contextlib.ExitStack()


def environment(session: nox.Session, group: str) -> str:
    """The Python of the environment that all sessions share; made where it is not yet ready.

    It is held until this session's process ends or asks for another, so that a run beside it
    that finds the requirements changed waits instead of replacing it.
    """
    path = session.env_dir.parent / f"{group}-{PYTHON_VERSION}"
    requirements = f"requirements/{group}.txt"
    contents = contents_of(requirements)
    in_use.close()
    file = in_use.enter_context(lock_file(path))
    wait_for(file, alone=False)
    if not is_ready(path, contents):
        wait_for(file, alone=True)
        if not is_ready(path, contents):
            session.log(f"Installing {requirements} into {path.name} (once) …")
            install(session, path, requirements)
            (path / "contents").write_text(contents)
        wait_for(file, alone=False)
    return str(python_in(path))


def install(session: nox.Session, path: Path, requirements: str) -> None:
    """Make an environment of a requirements file, with uv, or else with pip.

    Where an index or a certificate is configured for pip alone, uv fails and pip does not.
    """
    folder, python, uv = str(path), str(python_in(path)), find_uv() or ""
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "--retries=2"]
    locked = ["--quiet", "--require-hashes", "-r", requirements]
    with_uv = [
        [uv, "venv", "--quiet", "--python", sys.executable, folder],
        [uv, "pip", "install", "--python", python, *locked],
    ]
    with_pip = [
        [sys.executable, "-m", "venv", folder],
        [*pip, "install", *locked],
    ]
    for commands in [with_uv, with_pip] if uv else [with_pip]:
        shutil.rmtree(path, ignore_errors=True)
        if all(subprocess.run(command).returncode == 0 for command in commands):
            return
    session.error(f"{requirements} could not be installed: is this machine online?")


if __name__ == "__main__":
    nox.main()
