"""The benchmarks measure what they say, refuse what they cannot, and leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from multiprocessing import Pipe
from operator import attrgetter
from pathlib import Path

import psycopg2
import pytest

from benchmarks import expectations, results, run_file
from benchmarks.clock import Clock
from benchmarks.databases import of_a_run
from benchmarks.operations import OPERATIONS
from benchmarks.people import COLUMNS, Players, person
from benchmarks.query_stats import shortened
from benchmarks.run import main
from benchmarks.targets import of_variants
from benchmarks.test_operations import agree, planned
from benchmarks.turns import Coordinator, Turns
from harness.databases import BENCH
from harness.postgres import server
from harness.variants import REFERENCE, ROOT
from repo_tests.test_run_file import refused

RUN = [sys.executable, "-m", "benchmarks.run"]
LITTLE = ["--sizes", "1000", "--variant", "custom", "--operation", "by_username"]


@pytest.fixture(scope="module")
def url():
    with server() as url:
        yield url


@pytest.fixture
def ask(url):
    connection = psycopg2.connect(url)
    connection.autocommit = True

    def ask(statement, *parameters):
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    yield ask
    connection.close()


def databases(ask):
    rows = ask("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", BENCH)
    return sorted(name for (name,) in rows)


def test_python_and_sql_make_the_same_people_of_a_seed(url):
    connection = psycopg2.connect(url)
    Players(2000, 7).make_table(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM people ORDER BY number")
        rows = cursor.fetchall()
    connection.close()
    row = attrgetter(*COLUMNS)
    assert rows == [row(person(number, 7)) for number in range(1, 2001)]
    assert rows[0] != row(person(1, 8))


@pytest.mark.parametrize("operation", [o for o in OPERATIONS.values() if o.writes])
def test_no_two_writes_meet_on_one_player(operation):
    players = Players(1000, 1)
    keys = [operation.key(players, index) for index in range(3 if operation.heavy else 100)]
    people = [one for key in keys for one in (key if isinstance(key, list) else [key])]
    assert len({one.number for one in people}) == len(people)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--variant", "mongo"], "mongo"),
        (["--operation", "dance"], "dance"),
        (["--sizes", "0"], "sizes go from 1,000"),
        (["--sizes", "many"], "'many'"),
        (["--sizes", ""], "''"),
        (["--check", "--full"], "no other option"),
        (["--seed", "x"], "seed"),
        (["--check", "--accept"], "not allowed with"),
        (["--database-url", "postgresql://localhost:1/postgres"], "cannot be used"),
        (["--database-url", "mysql://me:secret@localhost/postgres"], "URL is malformed"),
        (["--database-url", "postgresql://me:sec/ret@localhost/postgres"], "URL is malformed"),
    ],
)
def test_what_cannot_be_run_gets_one_line_and_shows_no_password(capsys, options, reason):
    line = refused(capsys, main, *options)
    assert reason in line
    assert "sec" not in line


def test_a_server_that_is_not_ours_to_work_on_is_refused(capsys, url, ask):
    ask("CREATE ROLE plain LOGIN")
    plain = url.replace("postgres@", "plain@", 1)
    assert "no superuser" in refused(capsys, main, "--database-url", plain)
    precious = url.removesuffix("postgres") + "precious"
    ask("CREATE DATABASE precious")
    assert "'precious' is not ours" in refused(capsys, main, "--database-url", precious)


class Started:
    """A little run on our server, once it has databases there."""

    def __init__(self, url, ask):
        self.process = subprocess.Popen(
            [*RUN, *LITTLE],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        until(lambda: len(databases(ask)) >= 2)

    def sessions(self):
        """The process ids of the targets' sessions."""
        import psutil

        children = psutil.Process(self.process.pid).children()
        return [one for one in children if "pytest" in one.cmdline()]

    def end(self):
        """What it prints until its end."""
        _, printed = self.process.communicate(timeout=60)
        return printed


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def kept():
    return sorted(run_file.RESULTS.glob("*")) if run_file.RESULTS.exists() else []


def test_an_interrupted_run_leaves_no_database_no_process_and_no_report(url, ask):
    before, run = kept(), Started(url, ask)
    sessions = run.sessions()
    os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does
    printed = run.end()
    assert run.process.returncode == 130, printed
    assert printed.rstrip().endswith("interrupted: nothing is left behind")
    assert "Traceback" not in printed
    assert len(sessions) == 3
    assert not any(session.is_running() for session in sessions)
    assert (databases(ask), kept()) == ([], before)


def test_a_session_that_is_killed_ends_the_run_in_one_line(url, ask):
    run = Started(url, ask)
    run.sessions()[0].kill()
    printed = run.end()
    assert run.process.returncode == 1
    [line] = [line for line in printed.splitlines() if line.startswith("error: ")]
    assert "its process was ended by signal 9; nothing was written" in line
    assert databases(ask) == []


def test_what_a_killed_run_leaves_goes_with_the_next_and_a_living_ones_stays(url, ask):
    run = Started(url, ask)
    sessions = run.sessions()
    run.process.kill()
    run.end()
    until(lambda: not any(session.is_running() for session in sessions))
    until(lambda: not ask("SELECT 1 FROM pg_stat_activity WHERE datname <> 'postgres'"))
    assert len(databases(ask)) >= 2
    with of_a_run(url) as living:
        assert databases(ask) == []
        living.create(living.name("custom"))
        with of_a_run(url):
            assert databases(ask) == [living.name("custom")]


def test_targets_take_turns_and_meet():
    """Two that are in step, and one that has a part in the last round alone."""
    done, pipes = [], {name: Pipe() for name in ("a", "b", "late")}

    def target(name):
        turns = Turns(name, "a", pipes[name][1])
        if name != "late":
            assert turns.meet((0, 0, 0), name) == {"a": "a", "b": "b"}
        for number in (1, 2):
            if name != "late" or number == 2:
                turns.begin((0, number, 0))
                done.append((number, name, "begins"))
                done.append((number, name, "ends"))
                turns.end()
        turns.tell("result", {"of": name})
        pipes[name][1].close()

    threads = [threading.Thread(target=target, args=[name]) for name in pipes]
    for thread in threads:
        thread.start()
    coordinator = Coordinator(lambda at: None)
    for name, (ours, _) in pipes.items():
        coordinator.join(name, ours, lambda: "")
    coordinator.run()
    assert [number for number, _, _ in done] == [1] * 4 + [2] * 6
    assert [(name, number) for number, name, _ in done[::2]] == [
        (name, number) for number, name, _ in done[1::2]
    ]
    assert coordinator.told["result"] == {name: {"of": name} for name in ("a", "b", "late")}


def test_different_answers_stop_the_run_and_are_shown(monkeypatch):
    turns = Turns("floor", "custom", None)
    monkeypatch.setattr(turns, "meet", lambda at, own: {"custom": ["ada"], "floor": own})
    agree(turns, (0, 0, 0), ["ada"])
    with pytest.raises(pytest.fail.Exception, match='it answered "eve", and custom "ada"'):
        agree(turns, (0, 0, 0), ["eve"])


def test_all_plan_the_same_rounds_of_blocks_of_calls():
    fastest = {"custom": (0.002, 0.001), "floor": (0.0005, 0.0001)}
    # 2 ms are two of the reference's calls; 0.4 s are eighty rounds of both targets' blocks.
    assert planned(fastest, "custom", 10**9, 0.4, 0.002, 5) == (2, 80)
    assert planned(fastest, "custom", 10**9, 100, 0.002, 5) == (2, 200)
    assert planned(fastest, "custom", 10**9, 0, 0.002, 5) == (2, 5)
    assert planned(fastest, "custom", 8, 0.4, 0.002, 5) == (1, 8)
    assert planned(fastest, "floor", 10**9, 0.4, 0.002, 5) == (20, 8)


@pytest.fixture
def told():
    """What the sessions of the published run have told of one cell, as far as it is kept."""
    file, found = json.loads(run_file.published().read_text()), {}
    for one in file["benchmarks"]:
        info = one["extra_info"]
        if (info["operation"], info["players"]) == ("born_between", 1000):
            for name in ("noisy", "ratio", "ratio_to_base", "ratio_to_floor"):
                info.pop(name, None)
            info["samples"]["wall"] = info["samples"]["client_cpu"]  # of the others none is kept
            found[info["subject"]] = {**file, "benchmarks": [one]}
    return found


def test_a_backend_that_nobody_tells_of_is_unknown_and_not_idle(told):
    clock = Clock()
    clock.start(2)
    begun = clock()
    assert clock() > begun
    samples = clock.samples()
    assert samples["backend_cpu"] == [None]
    assert 0 < samples["client_cpu"][0] <= clock()
    for one in told.values():
        one["benchmarks"][0]["extra_info"]["samples"] = samples
    for one in results.benchmarks(run_file.load(run_file.published()).run, told):
        seconds = one["extra_info"].seconds
        assert (seconds["backend_cpu"], seconds["cpu"]) == (None, seconds["client_cpu"])


def cpu_of(cell):
    """Its medians: seconds, and ratios to whatever it is set against."""
    parts = (cell.seconds, cell.to_reference, cell.to_base, cell.to_floor)
    return [one["cpu"].median for one in parts if one]


def test_a_runs_file_has_what_only_two_targets_show(told, monkeypatch, tmp_path):
    """From its samples, to as many digits as these have, and what the control repeats."""
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    published = run_file.load(run_file.published())
    for name in ("exact", "statements"):
        del told["custom_again"]["benchmarks"][0]["extra_info"][name]
    path = results.store(published.run, told)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    expected = {one.cell.key: one.cell for one in published.benchmarks}
    cells = [one.cell for one in run_file.load(path).benchmarks]
    assert [cell.subject for cell in cells] == list(told)
    for cell in cells:
        same = expected[cell.key]
        assert (cell.exact, cell.statements) == (same.exact, same.statements)
        assert cpu_of(cell) == pytest.approx(cpu_of(same), rel=1e-3)
    compared = [str(Path(sys.executable).with_name("pytest-benchmark")), "compare", str(path)]
    listed = subprocess.run(compared, capture_output=True, text=True, cwd=tmp_path)
    assert "born_between[1000-floor]" in listed.stdout


def test_long_statements_are_shortened_where_they_repeat():
    insert = "INSERT INTO t VALUES (%s, %s, lower(%s))"
    many = ", ".join(["(%s, %s, lower(%s))"] * 10_000)
    assert shortened(f"INSERT INTO t VALUES {many}") == f"{insert}, …"
    many = ", ".join(["%s"] * 50)
    assert shortened(f"SELECT 1 WHERE a IN ({many})") == "SELECT 1 WHERE a IN (%s, …)"


def test_a_page_that_has_lost_its_index_is_told():
    page = OPERATIONS["page_first"]
    [custom] = [one for one in of_variants() if one.id == REFERENCE.id]
    assert expectations.over_the_limit(page, custom, 60) == ""
    assert "60 are the limit" in expectations.over_the_limit(page, custom, 61)
    assert expectations.over_the_limit(OPERATIONS["page_naive"], custom, 500) == ""


def test_what_is_published_was_committed_and_is_full():
    for path in run_file.PUBLISHED.glob("*.json"):
        run = run_file.load(path).run
        assert (run.mode, run.changed) == ("full", False)
