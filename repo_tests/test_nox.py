"""What documents, CI and requirement files say agrees with noxfile.py and pyproject.toml."""

import ast
import os
import re
import shlex
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from harness.variants import ROOT, VARIANTS

NOXFILE = (ROOT / "noxfile.py").read_text()
NOX = [sys.executable, "-m", "nox", "-f", str(ROOT / "noxfile.py"), "--script-mode=none"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DEPENDENCIES = PYPROJECT["project"]["dependencies"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CALLERS = [*WORKFLOWS, ROOT / ".pre-commit-config.yaml"]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", ".ci/run")),
    *(variant.path / "README.md" for variant in VARIANTS.values()),
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "noxfile.py" in path.read_text()),
]


def named(path):
    """How a file is called in a test's name."""
    return path.relative_to(ROOT).as_posix()


def sessions_named_in(text):
    """The sessions of every `noxfile.py -s …` and `nox -s …` in a text, and of .ci/run."""
    sessions = []
    for command in re.findall(r"(?:(?:noxfile\.py|\bnox) -s|^session) ([^`\n|]+)", text, re.M):
        for word in shlex.split(command, comments=True):
            if word.startswith("-"):
                break
            sessions.append(word)
    # NAME, $newest and $@ stand for others, and keyed is the variant that a how-to adds.
    return [one for one in sessions if not re.fullmatch(r"NAME|\$(newest|@)|.*\(keyed.*", one)]


def sessions_not_found(sessions):
    """What nox itself says about sessions that it does not have."""
    command = [*NOX, "--list", "--sessions", *sessions]
    found = subprocess.run(command, capture_output=True, text=True)
    return found.stderr if found.returncode else ""


def test_every_session_says_in_one_sentence_what_it_does():
    listed = subprocess.run([*NOX, "--list"], capture_output=True, text=True).stdout
    sessions = re.findall(r"^[*-] ([\w]+)\S*.*? -> (.*)$", listed, re.M)
    assert {"tests", "check", "matrix", "compare", "serve", "lint"} <= dict(sessions).keys()
    for name, sentence in sessions:
        assert re.fullmatch(r"[A-Z].*\.", sentence), name


def test_an_unknown_session_would_be_noticed():
    text = "```\nuvx nox -s 'tests(proxy, sqlite)' no_such_session -- -k ada  # all\n```"
    assert sessions_named_in(text) == ["tests(proxy, sqlite)", "no_such_session"]
    assert "no_such_session" in sessions_not_found(sessions_named_in(text))


def test_every_session_that_a_document_ci_or_the_commit_hook_names_exists():
    named_in = {path: sessions_named_in(path.read_text()) for path in (*DOCUMENTS, *CALLERS)}
    assert named_in[ROOT / "README.md"]
    assert not sessions_not_found(sorted({one for some in named_in.values() for one in some}))


@pytest.mark.parametrize("path", CALLERS, ids=named)
def test_ci_and_the_commit_hook_call_nothing_but_sessions(path):
    commands = re.findall(r"^[\s-]*(?:run|entry):\s*(.*)$", path.read_text(), re.M)
    assert commands
    assert all(command.startswith("python3 noxfile.py -s ") for command in commands)


def test_ci_on_the_code_host_runs_what_the_script_runs():
    script = sessions_named_in((ROOT / ".ci" / "run").read_text())
    hosted = sessions_named_in("\n".join(path.read_text() for path in WORKFLOWS))
    assert set(script) | {"matrix"} == set(hosted)


def pins():
    """What `tests` installs, as name==version; `nox -s lock -- --check` holds the files to it."""
    lines = (ROOT / "requirements" / "tests.txt").read_text().splitlines()
    return [line.split()[0] for line in lines if re.match(r"\S+==", line)]


@pytest.mark.parametrize("line", DEPENDENCIES)
def test_a_reader_installs_no_series_of_a_package_that_no_test_has_seen(line):
    requirement = Requirement(line)
    name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    entries = [entry.partition("==") for entry in pins()]
    newest = max(Version(version) for pinned, _, version in entries if pinned == name)
    # Django changes in its feature releases, such as 6.1; the others say that they do in a major.
    is_django = requirement.name == "Django"
    beyond = f"{newest.major}.{newest.minor + 1}" if is_django else f"{newest.major + 1}"
    assert requirement.specifier.contains(newest)
    for version in (f"{beyond}a1", beyond, f"{newest.major + 1}.5", f"{newest.major + 9}"):
        assert not requirement.specifier.contains(version, prereleases=True), version


def test_a_reader_installs_a_django_of_the_matrix():
    [django] = [one for one in map(Requirement, DEPENDENCIES) if one.name == "Django"]
    [supported] = re.findall(r"^SUPPORTED = (.+)$", NOXFILE, re.M)
    tried = {series for djangos in ast.literal_eval(supported).values() for series in djangos}
    series = [f"{major}.{minor}" for major in range(3, 9) for minor in range(3)]
    assert {one for one in series if django.specifier.contains(f"{one}.9")} == tried


def test_variants_and_tutorials_install_what_the_project_does():
    for variant in VARIANTS.values():
        assert (variant.path / "requirements.txt").read_text().splitlines() == DEPENDENCIES
    pages = [path.read_text() for path in (ROOT / "docs" / "tutorial").glob("*.md")]
    installed = re.findall(r"^\$ python -m pip install (.+)$", "".join(pages), re.M)
    assert installed
    assert {word for line in installed for word in shlex.split(line)} <= set(DEPENDENCIES)


def test_the_bootstrap_wants_what_the_script_block_and_pyproject_want():
    wanted = re.search(r'^NOX = "(.+)"$', NOXFILE, re.M)[1]
    block = re.search(r"^# /// script\n((?:# .*\n)+)# ///$", NOXFILE, re.M)[1]
    script = tomllib.loads(re.sub(r"^# ", "", block, flags=re.M))
    assert script["dependencies"] == [wanted]
    assert script["requires-python"] == PYPROJECT["project"]["requires-python"]
    assert wanted.replace("[uv]", "") in PYPROJECT["dependency-groups"]["tests"]


def test_an_old_python_can_read_that_it_is_too_old():
    ast.parse(NOXFILE, feature_version=(3, 7))


TRUST = ["UV_SYSTEM_CERTS", "UV_NATIVE_TLS"]


@pytest.mark.parametrize(
    ("told", "trusted"),
    [({}, dict.fromkeys(TRUST, "1")), ({"UV_NATIVE_TLS": "0"},) * 2],
    ids=str,
)
def test_uv_trusts_the_certificates_of_the_system_or_what_it_is_told(tmp_path, told, trusted):
    uv, seen = tmp_path / "uv", tmp_path / "seen"
    uv.write_text(f"#!/bin/sh\nenv > {shlex.quote(str(seen))}\nexit 1\n")
    uv.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in TRUST}
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    command = [*NOX, "-s", "lock", "--", "--check"]
    subprocess.run(command, env={**kept, "PATH": path, **told}, capture_output=True)
    variables = dict(line.partition("=")[::2] for line in seen.read_text().splitlines())
    assert {name: variables[name] for name in TRUST & variables.keys()} == trusted
