"""What documents, CI and requirement files say agrees with noxfile.py and pyproject.toml."""

import ast
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
NOXFILE = (ROOT / "noxfile.py").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKED = sorted((ROOT / "requirements").glob("*.txt"))
VARIANTS = ["proxy_variant", "profile_variant", "custom_user_variant"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DOCUMENTS = [
    path
    for name in ("README.md", "CONTRIBUTING.md", *(f"{folder}/README.md" for folder in VARIANTS))
    if (path := ROOT / name).exists()
]


def named(path):
    """How a file is called in a test's name."""
    return path.relative_to(ROOT).as_posix()


def session_functions():
    """The functions of noxfile.py that are sessions."""
    return [
        node
        for node in ast.parse(NOXFILE).body
        if isinstance(node, ast.FunctionDef)
        and any(
            ast.unparse(decorator).startswith("nox.session") for decorator in node.decorator_list
        )
    ]


def sessions_named_in(text):
    """The sessions of every `noxfile.py -s …` and `nox -s …` in a text."""
    sessions = []
    for command in re.findall(r"(?:noxfile\.py|\bnox) (?:-s|--sessions?)[ =]([^`\n]+)", text):
        for word in shlex.split(command, comments=True):
            if word.startswith("-"):
                break
            sessions.append(word)
    return sessions


def sessions_not_found(sessions):
    """What nox itself says about sessions that it does not have."""
    command = [sys.executable, "-m", "nox", "-f", str(ROOT / "noxfile.py"), "--script-mode=none"]
    listed = subprocess.run(
        [*command, "--list", "--sessions", *sessions], capture_output=True, text=True
    )
    return listed.stderr if listed.returncode else ""


def normalized(name):
    """A distribution's name as requirement files spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(group):
    """The names of the runtime dependencies and of a dependency group."""
    names = set()
    for requirement in [*PYPROJECT["project"]["dependencies"], *group_members(group)]:
        names.add(normalized(re.match(r"[\w.-]+", requirement)[0]))
    return names


def group_members(group):
    """A dependency group's requirements, those of included groups among them."""
    for member in PYPROJECT["dependency-groups"][group]:
        if isinstance(member, dict):
            yield from group_members(member["include-group"])
        else:
            yield member


def test_every_session_says_in_one_sentence_what_it_does():
    sessions = session_functions()
    assert {"tests", "check", "matrix", "compare", "serve", "lint", "lock", "repo"} <= {
        session.name for session in sessions
    }
    for session in sessions:
        first_line = (ast.get_docstring(session) or "").partition("\n")[0]
        assert re.fullmatch(r"[A-Z].*\.", first_line), session.name


def test_an_unknown_session_would_be_noticed():
    assert "no_such_session" in sessions_not_found(["tests", "no_such_session"])


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("Run `python3 noxfile.py -s compare`.", ["compare"]),
        (
            "```\nuvx nox -s 'tests(proxy, sqlite)' check -- -k ada  # all\n```",
            ["tests(proxy, sqlite)", "check"],
        ),
        ("Nothing to run, but nox -l is named.", []),
    ],
)
def test_commands_are_recognised_in_a_text(text, sessions):
    assert sessions_named_in(text) == sessions


def test_the_readme_names_commands():
    assert sessions_named_in((ROOT / "README.md").read_text())


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_session_that_a_document_names_exists(path):
    sessions = sessions_named_in(path.read_text())
    assert not sessions or not sessions_not_found(sessions)


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_ci_calls_nothing_but_sessions_that_exist(path):
    commands = re.findall(r"^[\s-]*run:\s*(.*)$", path.read_text(), flags=re.MULTILINE)
    assert commands
    for command in commands:
        assert re.match(r"python3 noxfile\.py -s \w", command)
    assert not sessions_not_found(sessions_named_in("\n".join(commands)))


def test_there_is_a_workflow():
    assert WORKFLOWS


def test_the_commit_hook_is_a_session_that_exists():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    entries = re.findall(r"entry: (.+)", hooks)
    assert entries
    for entry in entries:
        assert entry.startswith("python3 noxfile.py -s ")
    assert not sessions_not_found(sessions_named_in(hooks))


def test_each_dependency_group_is_locked():
    assert [path.stem for path in LOCKED] == sorted(PYPROJECT["dependency-groups"])


@pytest.mark.parametrize("path", LOCKED, ids=named)
def test_locked_requirements_hold_no_address(path):
    text = path.read_text()
    assert not re.findall(r"\S*://\S*|file:\S*|--\S*index\S*|--find-links\S*| @ \S+", text)


@pytest.mark.parametrize("path", LOCKED, ids=named)
def test_locked_requirements_are_hashed_pins(path):
    lines = [line for line in path.read_text().splitlines() if not re.match(r"\s*#", line)]
    entries = "\n".join(lines).replace("\\\n", "").splitlines()
    assert entries
    for entry in entries:
        assert re.fullmatch(
            r"[\w.-]+==[\w.]+( ; [^;]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry
        ), entry


@pytest.mark.parametrize("path", LOCKED, ids=named)
def test_locked_requirements_contain_every_declared_dependency(path):
    pinned = set(re.findall(r"^([\w.-]+)==", path.read_text(), flags=re.MULTILINE))
    assert declared(path.stem) <= pinned


def newest_pin(name):
    """The newest version of a package that the tests run with."""
    text = (ROOT / "requirements" / "tests.txt").read_text()
    pins = re.findall(rf"^{re.escape(normalized(name))}==([\w.]+)", text, flags=re.MULTILINE)
    return max(map(Version, pins))


@pytest.mark.parametrize("line", PYPROJECT["project"]["dependencies"])
def test_a_reader_installs_no_series_of_a_package_that_no_test_has_seen(line):
    requirement = Requirement(line)
    newest = newest_pin(requirement.name)
    # Django changes in its feature releases, such as 6.1; the others say that they do in a major.
    is_django = requirement.name == "Django"
    beyond = f"{newest.major}.{newest.minor + 1}" if is_django else f"{newest.major + 1}"
    assert requirement.specifier.contains(newest)
    for version in (f"{beyond}a1", beyond, f"{newest.major + 1}.5", f"{newest.major + 9}"):
        assert not requirement.specifier.contains(version, prereleases=True), version


def test_a_reader_installs_a_django_of_the_matrix():
    [django] = [
        requirement
        for requirement in map(Requirement, PYPROJECT["project"]["dependencies"])
        if requirement.name == "Django"
    ]
    [supported] = re.findall(r"^SUPPORTED = (.+)$", NOXFILE, flags=re.MULTILINE)
    tried = {series for djangos in ast.literal_eval(supported).values() for series in djangos}
    series = [f"{major}.{minor}" for major in range(3, 9) for minor in range(3)]
    assert {each for each in series if django.specifier.contains(f"{each}.9")} == tried


def test_the_tutorials_install_what_the_variants_require():
    commands = [
        command
        for path in sorted((ROOT / "docs" / "tutorial").glob("*.md"))
        for command in re.findall(
            r"^\$ python -m pip install (.+)$", path.read_text(), re.MULTILINE
        )
    ]
    assert commands
    for command in commands:
        assert set(shlex.split(command)) <= set(PYPROJECT["project"]["dependencies"])


@pytest.mark.parametrize("folder", VARIANTS)
def test_a_variant_alone_requires_what_the_project_does(folder):
    lines = (ROOT / folder / "requirements.txt").read_text().splitlines()
    assert lines == PYPROJECT["project"]["dependencies"]


def test_the_bootstrap_wants_what_the_script_block_and_pyproject_want():
    wanted = re.search(r'^NOX = "(.+)"$', NOXFILE, flags=re.MULTILINE)[1]
    block = re.search(r"^# /// script\n((?:# .*\n)+)# ///$", NOXFILE, flags=re.MULTILINE)[1]
    script = tomllib.loads(re.sub(r"^# ", "", block, flags=re.MULTILINE))
    assert script["dependencies"] == [wanted]
    assert script["requires-python"] == PYPROJECT["project"]["requires-python"]
    assert wanted.replace("[uv]", "") in PYPROJECT["dependency-groups"]["tests"]


def test_an_old_python_can_read_that_it_is_too_old():
    ast.parse(NOXFILE, feature_version=(3, 7))


TRUST = {"UV_SYSTEM_CERTS", "UV_NATIVE_TLS"}


def trust_of_uv(folder, **settings):
    """By which of its variables the uv of a session trusts the system's certificates."""
    uv, told = folder / "uv", folder / "told"
    uv.write_text(f"#!/bin/sh\nenv > {shlex.quote(str(told))}\nexit 1\n")
    uv.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name not in TRUST}
    environment |= {"PATH": os.pathsep.join([str(folder), os.environ["PATH"]]), **settings}
    nox = [sys.executable, "-m", "nox", "-f", str(ROOT / "noxfile.py"), "--script-mode=none"]
    subprocess.run([*nox, "-s", "lock", "--", "--check"], env=environment, capture_output=True)
    variables = dict(line.partition("=")[::2] for line in told.read_text().splitlines())
    return {name: variables[name] for name in TRUST & variables.keys()}


def test_uv_trusts_the_certificates_of_the_system(tmp_path):
    assert trust_of_uv(tmp_path) == {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}


@pytest.mark.parametrize("name", sorted(TRUST))
def test_uv_trusts_what_a_person_has_told_it_to(tmp_path, name):
    assert trust_of_uv(tmp_path, **{name: "0"}) == {name: "0"}
