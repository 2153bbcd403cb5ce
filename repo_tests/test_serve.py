"""The demo sites: three variants with the same people, gone without a trace."""

import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from repo_tests.test_tutorials import blocks, commands, pattern, text_of

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "natural-twenty-20"


def free_ports() -> int:
    """The first of three free ports in a row."""
    for port in random.sample(range(20001, 30000, 3), 100):  # another session asks, too
        try:
            for number in range(port, port + 3):
                with closing(socket.socket()) as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return port
    raise AssertionError("no three free ports")


def start(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tools.serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def printed() -> Iterator[str]:
    """What the command prints, while the sites are served."""
    process = start(free_ports())
    printed = ""
    for line in process.stdout or ():
        printed += line
        if "Ctrl-C" in line:
            break
    yield printed
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[0].endswith("Everything is stopped.\n")
    assert process.returncode == 0


@pytest.fixture(scope="module")
def sites(printed: str) -> list[str]:
    """The three addresses."""
    return re.findall(r"http://\S+", printed)


def log_in(site: str, username: str) -> str:
    """The directory as somebody sees it who has logged in."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{site}login/?next=/players/").read().decode()
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[:1]
    form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    data = urlencode({**form, "next": "/players/"}).encode()
    return str(browser.open(f"{site}login/", data).read().decode())


def test_what_is_printed_is_what_the_tutorial_shows(printed: str, sites: list[str]) -> None:
    [shown] = [
        text
        for block in blocks(text_of("run-all-three"))
        for command, text in (commands(block.text) if block.kind == "console" else [])
        if command.endswith("-s serve")
    ]
    for port, site in enumerate(sites, start=8001):
        printed = printed.replace(site, f"http://127.0.0.1:{port}/")
    assert re.fullmatch(pattern(shown), printed), printed


def test_the_same_players_are_in_all_three(sites: list[str]) -> None:
    directories = [re.findall(r'data-player="(\S+)"', log_in(site, "demo")) for site in sites]
    assert len(directories) == 3
    assert directories[0] == directories[1] == directories[2]
    assert len(directories[0]) == 50
    assert "62 players" in log_in(sites[0], "demo")


def test_the_demo_admin_sees_the_admin(sites: list[str]) -> None:
    for site in sites:
        assert 'href="/admin/"' in log_in(site, "admin")


def test_a_taken_port_is_one_clear_line(sites: list[str]) -> None:
    port = int(re.findall(r":(\d+)/", sites[0])[0])
    process = start(port)
    printed, said = process.communicate(timeout=30)
    assert (process.returncode, printed) == (2, "")
    assert said.startswith(f"error: port {port} cannot be used")
    assert "--port" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("port", ["0", "65534", "none"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    command = [sys.executable, "-m", "tools.serve", "--port", port]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
