"""`docs/error-messages.md` quotes what Django says, and what it says to do about it helps."""

import json
import re
import subprocess
import sys

import django
import pytest

from harness import environment
from harness.databases import PROOF, on_a_server
from harness.variants import ROOT
from repo_tests.failures import CASES, IMPORTS, SETTINGS, URLS
from repo_tests.forking import until_done
from repo_tests.learner import blocks, pattern

PAGE = (ROOT / "docs" / "error-messages.md").read_text()
ENTRY = re.compile(r"^### .* \{ #(\S+) \}\n((?:(?!## |### ).*\n)*)", re.M)
ENTRIES = {anchor: blocks(text) for anchor, text in ENTRY.findall(PAGE)}


@pytest.fixture(scope="module")
def server():
    with on_a_server(PROOF) as ours:
        yield ours


@pytest.fixture(scope="module")
def forks():
    """The process that does in a fork of itself what a case does."""
    command = [sys.executable, "-m", "repo_tests.failing"]
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    variables = {**environment.clean(), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=variables, cwd=ROOT, **pipe) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def attempt(forks, request, tmp_path_factory):
    """Do what a case does, with the lines of a diff that have no sign and those of one sign;
    whether it failed, and what was printed."""

    def attempt(case, diff, sign):
        folder = tmp_path_factory.mktemp("project")
        url = f"sqlite:///{folder / 'db.sqlite3'}"
        if case.postgresql:
            ours = request.getfixturevalue("server")
            url = ours.create(ours.name("error"))
        write(folder, case, diff, sign)
        job = {"folder": str(folder), "url": url, "code": case.code}
        print(json.dumps(job), file=forks.stdin, flush=True)
        return until_done(forks.stdout, "the process of the projects ended")

    return attempt


def write(folder, case, diff, sign):
    """Write the project of a case."""
    config = {"config/settings.py": SETTINGS + case.settings, "config/urls.py": URLS}
    files = {**IMPORTS, **config, **case.files}
    files["players/models.py"] += case.models
    if diff:
        lines = diff.text.splitlines(keepends=True)
        files[diff.file] += "".join(line[1:] or "\n" for line in lines if line[0] in f" \n{sign}")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name("__init__.py").touch()
        path.write_text(text)


def test_each_entry_of_the_page_is_tried():
    assert list(ENTRIES) == list(CASES)
    links = re.findall(r"^### ", PAGE, re.M)
    assert len(links) == len(ENTRIES), "a heading has no anchor"


@pytest.mark.parametrize("anchor", CASES)
def test_django_says_what_the_page_quotes_until_it_is_mended(anchor, attempt):
    messages = [block.text for block in ENTRIES[anchor] if block.kind == "text"]
    diffs = [block for block in ENTRIES[anchor] if block.kind == "diff"]
    diff = diffs[0] if diffs else None
    assert len(diffs) < 2, "an entry has one way out"
    for case, message in zip(CASES[anchor], messages, strict=True):
        if case.since > django.VERSION:
            pytest.skip(f"needs Django {case.since}")
        failed, printed = attempt(case, diff, "-")
        assert failed
        assert re.search(rf"(?m)^{pattern(message)}$", printed), f"{printed}\nThe page:\n{message}"
        if diff:
            failed, printed = attempt(case, diff, "+")
            assert not failed, printed
