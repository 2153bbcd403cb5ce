"""The demo sites: three variants with the same people, gone without a trace."""

import random
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from harness.demo import ACCOUNT, ADMIN, PASSWORD
from harness.serve import main
from harness.variants import ROOT, VARIANTS
from repo_tests.learner import Browser, blocks, commands, pattern, text_of
from repo_tests.test_run_file import refused


def free_ports():
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


@pytest.fixture(scope="module")
def printed():
    """What the command prints, while the sites are served."""
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.serve", "--port", str(free_ports())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
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
def sites(printed):
    """The three addresses."""
    return re.findall(r"http://\S+", printed)


def directory(site, username):
    """The directory as somebody sees it who has logged in."""
    browser = Browser(site.rstrip("/"))
    browser.send("/login/", {"username": username, "password": PASSWORD})
    return browser.get("/players/")[1]


def test_what_is_printed_is_what_the_tutorial_shows(printed, sites):
    [shown] = [
        text
        for block in blocks(text_of("run-all-three"))
        for command, text in (commands(block.text) if block.kind == "console" else [])
        if command.endswith("-s serve")
    ]
    for port, site in enumerate(sites, start=8001):
        printed = printed.replace(site, f"http://127.0.0.1:{port}/")
    assert re.fullmatch(pattern(shown), printed), printed


def test_the_same_players_are_in_all_of_them(sites):
    pages = [directory(site, ACCOUNT) for site in sites]
    players = [re.findall(r'data-player="(\S+)"', page) for page in pages]
    assert players == [players[0]] * len(VARIANTS)
    assert len(players[0]) == 50
    assert "62 players" in pages[0]
    assert all('href="/admin/"' in directory(site, ADMIN) for site in sites)


@pytest.mark.parametrize("port", ["taken", "0", "65534", "none"])
def test_a_port_that_cannot_be_used_is_one_clear_line(sites, port, capsys):
    number = re.findall(r":(\d+)/", sites[0])[0] if port == "taken" else port
    assert "port" in refused(capsys, main, "--port", number)
