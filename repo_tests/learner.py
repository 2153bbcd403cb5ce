"""Somebody who follows a tutorial page to the letter, in an empty folder.

A page has three kinds of blocks, and a block of any other kind fails:

- `console`: lines after `$ ` are run in one shell, from the page's first to its last. What stands
  below a command is what it must print, but for line breaks: a lone … is any lines, a … within a
  line is anything in that line.
- a block with a file's name as its title is that file; "(at the end)" adds to it.
- `diff` with a file's name: its lines without + must be there, once; they become those without -.

Three things are not done to the letter. `pip install` asks no package registry: what a page names
is taken from this test's own environment if the version fits, and nothing else is, so that a
package that the page forgets is missing here too. `createsuperuser` asks nobody, for there is no
terminal to answer at. And the site is served at a free port.
"""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from packaging.requirements import Requirement

from harness.sites import free_port, listens
from harness.variants import ROOT
from repo_tests.forking import DONE, until_done

PAGES = ROOT / "docs" / "tutorial"
BLOCK = re.compile(r"^( *)```(.*)\n((?:.*\n)*?)\1```$", re.M)
KIND = re.compile(r'(?P<kind>[\w+]+)(?: title="(?P<file>[^" ]+)(?P<adds> \(at the end\))?")?')
# What a command is said to print that must not succeed.
FAILS = re.compile(r"^FAILED|CommandError: |^django\.\S+(?:Error|History):", re.M)
PATIENCE = 60  # seconds, for a site to answer
SERVE = ["python", "manage.py", "runserver"]
CREATE_SUPERUSER = "python manage.py createsuperuser"
ADA = {
    "username": "ada",
    "email": "ada@example.com",
    "password1": "natural-twenty-20",
    "password2": "natural-twenty-20",
    "discord_id": "ada#1815",
    "zoom_id": "ada.zoom",
    "birthdate": "1990-12-10",
}
DETAILS = [ADA[name] for name in ("discord_id", "zoom_id", "birthdate")]


class Block(NamedTuple):
    """A fenced block and the prose that follows it."""

    kind: str
    file: str | None
    adds: bool
    text: str
    prose: str


def blocks(page: str) -> list[Block]:
    """A page's fenced blocks, in order."""
    found = []
    matches = list(BLOCK.finditer(page))
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        kind = KIND.fullmatch(match[2])
        assert kind, f"nobody knows how to follow a block that begins with ```{match[2]}"
        text = re.sub(f"^{match[1]}", "", match[3], flags=re.M)
        prose = page[match.end() : following.start() if following else None]
        found.append(Block(kind["kind"], kind["file"], bool(kind["adds"]), text, prose))
    assert len(matches) * 2 == page.count("```"), "a block is not closed, or not seen"
    return found


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it is said to print."""
    command, *rest = re.split(r"^\$ (.*)\n", text, flags=re.M)
    assert not command, "a console block begins with a command"
    return list(zip(rest[::2], rest[1::2], strict=True))


def pattern(promised: str) -> str:
    """The regular expression of a promised output."""
    words = []
    for line in promised.strip().splitlines():
        if line.strip() == "…":
            words.append("(?:.*\n)*?.*?")
        else:
            words += [
                "[^\n]*?".join(map(re.escape, word.split("…"))) for word in line.split() if word
            ]
    return r"\s*".join(["", *words, ""])


# A line of a page that includes a file, however far it stands to the right.
INCLUDED = re.compile(r'^([ \t]*)--8<-- "([^"]+)"$', re.MULTILINE)


def with_includes(page: Path) -> str:
    """A page's text, with the files that it includes in place."""

    def included(match: re.Match) -> str:
        lines = (ROOT / match[2]).read_text().splitlines()
        return "\n".join((match[1] + line).rstrip() for line in lines)

    return INCLUDED.sub(included, page.read_text())


def includes(page: Path) -> set[Path]:
    """The files that a page includes."""
    return {ROOT / path for _, path in INCLUDED.findall(page.read_text())}


def write(block: Block, folder: Path) -> None:
    """Write a file, add to one, or change one."""
    assert block.file, f"in which file is this to be?\n{block.text}"
    path = folder / block.file
    if block.kind == "diff":
        lines = block.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        assert path.read_text().count(before) == 1, f"not once in {block.file}:\n{before}"
        path.write_text(path.read_text().replace(before, after))
    elif block.adds:
        path.write_text(path.read_text() + block.text)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)


def end_of(page: str, folder: Path) -> Path:
    """The project that a tutorial ends with, made in a folder: no command is run but those that
    write files."""
    for block in blocks(page):
        if block.kind != "console":
            write(block, folder)
            continue
        for command, _ in commands(block.text):
            program, *arguments = shlex.split(command)
            if program == "django-admin":
                arguments = ["-m", "django", *arguments]
            elif arguments[:2] not in (["manage.py", "startapp"], ["manage.py", "makemigrations"]):
                continue
            started = [sys.executable, *arguments]
            subprocess.run(started, cwd=folder, check=True, capture_output=True)
    return folder


class Learner:
    """Somebody at a shell in an empty folder."""

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if name in ("LANG", "TMPDIR")}
        self.environment = {
            **kept,
            "PATH": os.defpath + os.pathsep + "/usr/local/bin",
            "HOME": str(folder),
            "PYTHONUNBUFFERED": "1",  # what is printed keeps its order
        }
        self.folder = folder
        self.shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, command: str) -> tuple[int, str]:
        """Run a command; its exit status, and what it printed."""
        self.shell.stdin.write(f"{{ {command}\n}} </dev/null 2>&1; echo {DONE} $?\n")
        self.shell.stdin.flush()
        return until_done(self.shell.stdout, f"the shell ended with: {command}")

    def here(self) -> Path:
        """The folder in which the shell is now."""
        return Path(self.tell("pwd")[1].strip())

    def follow(self, page: str) -> None:
        """Do what a page says, block by block, and compare what is printed."""
        for block in blocks(page):
            if block.kind == "console":
                for command, promised in commands(block.text):
                    self.enter(command, promised, block.prose)
            else:
                self.write(block)

    def enter(self, command: str, promised: str, prose: str) -> None:
        """Run a page's command and compare what it prints."""
        if command.split() == SERVE:
            with self.served() as site:
                visit(site, prose)
            return
        if command == "python3 -m venv .venv":
            # Without pip, which takes longest and installs nothing here.
            command = shlex.join([sys.executable, *shlex.split(command)[1:], "--without-pip"])
        if command == CREATE_SUPERUSER:
            self.tell(f"export DJANGO_SUPERUSER_PASSWORD={ADA['password1']}")
            command += " --noinput --username admin --email admin@example.com"
        if command.startswith("python -m pip install "):
            self.install(shlex.split(command)[4:])
            return
        self.compare(command, promised, *self.tell(command))

    def compare(self, command: str, promised: str, status: int, printed: str) -> None:
        """It succeeds unless the page shows an error, and prints what the page promises."""
        assert status == bool(FAILS.search(promised)), f"$ {command}\n{printed}"
        if promised:
            said = f"$ {command}\n{printed}\nThe page says:\n{promised}"
            assert re.fullmatch(pattern(promised), printed), said

    def write(self, block: Block) -> None:
        write(block, self.here())

    def install(self, requirements: list[str]) -> None:
        """Link packages of this environment into the learner's."""
        found = "import sysconfig; print(*map(sysconfig.get_path, ['purelib', 'scripts']))"
        packages, scripts = map(Path, self.tell(f'python -c "{found}"')[1].split())
        assert self.folder in packages.parents, "pip would install outside the learner's folder"
        wanted = [Requirement(requirement) for requirement in requirements]
        while wanted:
            requirement = wanted.pop()
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            one = distribution(requirement.name)
            assert requirement.specifier.contains(one.version), f"{requirement}: {one.version}"
            for top in {file.parts[0] for file in one.files or [] if file.parts[0] != ".."}:
                if not (packages / top).exists():
                    (packages / top).symlink_to(Path(str(one.locate_file(top))))
            for entry in one.entry_points.select(group="console_scripts"):
                script = scripts / entry.name
                script.write_text(
                    f"#!{scripts / 'python'}\nimport sys\n"
                    f"from {entry.module} import {entry.attr} as main\nsys.exit(main())\n"
                )
                script.chmod(0o755)
            wanted += [Requirement(text) for text in one.requires or []]

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """The site's address while `runserver` runs, started and stopped as a person does."""
        port = free_port()
        _, variables = self.tell("env -0")
        log = self.folder / "runserver.log"
        with log.open("w") as printed:
            process = subprocess.Popen(
                [*SERVE, str(port)],
                cwd=self.here(),
                env=dict(text.split("=", 1) for text in variables.split("\0") if text),
                stdout=printed,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            assert listens(process, port), "the site does not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                status = process.wait(timeout=20)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            print(log.read_text())  # shown if the test fails
        assert status == 0, f"Ctrl-C is to stop it; it ended with {status}"

    def leave(self) -> None:
        self.shell.communicate("exit\n", timeout=20)


def visit(site: str, prose: str) -> None:
    """Open the addresses that a page names; where it says so, register, log out and log in, and
    look at the new player in the admin."""
    paths = re.findall(r"http://127\.0\.0\.1:8000(/\S*?)[>.,;]*(?:\s|$)", prose)
    assert paths, "the page says that the site is served, and not what to open"
    for path in paths:
        build_opener().open(site + path, timeout=PATIENCE).close()
    if "/register/" in paths:
        register(Browser(site))
    if "/admin/" in paths:
        look_in_the_admin(Browser(site))


class Browser:
    """It keeps cookies, follows redirects, and sends the forms that a page shows."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[str, str]:
        """The path where the way ends, and its page."""
        return self._open(self.site + path)

    def send(self, path: str, values: dict[str, str]) -> tuple[str, str]:
        """Fill in and send the form at a path; where that leads, and its page.

        What is not filled in keeps what the form holds.
        """
        _, page = self.get(path)
        target = (re.findall(r'<form method="post" action="(\S+)"', page) or [path])[0]
        inputs = Inputs()
        inputs.feed(page)
        return self._open(self.site + target, urlencode(inputs.held | values).encode())

    def _open(self, address: str, data: bytes | None = None) -> tuple[str, str]:
        with self.opener.open(address, data, timeout=PATIENCE) as answer:
            return answer.url.removeprefix(self.site), answer.read().decode()


class Inputs(HTMLParser):
    """What the inputs of a page hold, as a browser would send it; buttons are not pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag != "input" or not about.get("name") or about.get("type") == "submit":
            return
        if about.get("type") not in ("checkbox", "radio") or "checked" in about:
            self.held[str(about["name"])] = about.get("value") or (
                "on" if "checked" in about else ""
            )


def register(browser: Browser) -> None:
    """The promised result: ada registers, is logged in, and is shown her details ever after."""
    path, page = browser.send("/register/", ADA)
    assert path == "/", page
    assert all(text in page for text in ["Hello, ada", *DETAILS]), page
    assert browser.get("/register/")[0] == "/"  # one account is enough

    _, page = browser.send("/", {})  # the button on the page: log out
    assert "Hello" not in page
    path, page = browser.send("/login/", {"username": "ada", "password": ADA["password1"]})
    assert path == "/", page
    assert all(text in page for text in ["Hello, ada", *DETAILS]), page


def look_in_the_admin(browser: Browser) -> None:
    """Staff find ada and her details under Users, and on her page, which changes them; and can add
    another player."""
    admin = {"username": "admin", "password": ADA["password1"]}
    path, page = browser.send("/admin/login/?next=/admin/", admin)
    assert path == "/admin/", page
    [users] = re.findall(r'<a href="(\S+)"[^>]*>Users</a>', page)
    _, page = browser.get(users)
    assert all(text in page for text in [ADA["discord_id"], ADA["zoom_id"], "Dec. 10, 1990"]), page
    [ada] = re.findall(r'<a href="(\S+)">ada</a>', page)
    _, page = browser.get(ada)
    assert all(f'value="{text}"' in page for text in DETAILS), page
    path, page = browser.send(ada, {"zoom_id": "countess.zoom"})
    assert path == users, page
    assert "countess.zoom" in page
    assert ADA["zoom_id"] not in page
    assert ADA["discord_id"] in page  # what was not changed stays
    _, page = browser.get(f"{users}add/")
    assert all(f'name="{name}"' in page for name in ADA), page


def text_of(name: str) -> str:
    return (PAGES / f"{name}.md").read_text()
