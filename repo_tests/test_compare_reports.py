"""Two runs set against each other: what agrees, what differs beyond noise, what says nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import run_file
from benchmarks.compare_reports.__main__ import main
from benchmarks.compare_reports.comparison import AGREES, DIFFERS, PLANNING, RATIO, Comparison
from benchmarks.report.model import Report
from harness.cli import command
from harness.variants import ROOT
from repo_tests.runs import a_check, a_statement, files, info, infos, ratios, small, written
from repo_tests.test_run_file import refused

SERVER = ["buffers", "temp_blocks", "wal_bytes"]
EXACT = ["statements", "round_trips", "fk_checks", "rows"]
ALL_AGREE = dict.fromkeys([*EXACT, *SERVER, "node types", "indexes", RATIO], AGREES)
PAGE = Path(__file__).with_name("compared.txt")


@pytest.fixture
def a():
    return small(1)


@pytest.fixture
def b():
    return small(2)


@pytest.fixture
def page(tmp_path, capsys, monkeypatch):
    """What is printed of two runs."""
    monkeypatch.chdir(tmp_path)  # the page names their files

    def page(a, b):
        files(Path(), a, b)
        assert command(main)(["0.json", "1.json"]) == 0
        printed = capsys.readouterr()
        assert not printed.err
        assert printed.out.replace("\n", "").isprintable()
        assert max(map(len, printed.out.splitlines())) <= 80
        return printed.out

    return page


@pytest.fixture
def verdicts(tmp_path):
    """By name, the verdicts on the figures of a cell or step, or why they are not comparable."""

    def verdicts(a, b, operation="register", players=10_000, subject="profile"):
        found = Comparison(*map(Report.read, map(Path, files(tmp_path, a, b))))
        key = operation, players, subject
        return {one.name: one.reason or one.verdict for one in found.figures if one.key == key}

    return verdicts


# --- The page ------------------------------------------------------------------------------


def test_two_runs_that_found_the_same_agree_in_one_sentence(page, a, b):
    # Neither the order of statements, nor a line that moved, nor PostgreSQL's own plans count.
    info(a)["statements"] += [a_check(), a_statement("SELECT 2")]
    info(b)["statements"] += [a_check(node_types=["LockRows"]), a_statement("SELECT 2", line=99)]
    info(b)["statements"].reverse()
    printed = page(a, b)
    # Nine exact figures of three subjects, two operations and two sizes; the ratios of two.
    assert "All 116 figures agree." in printed
    assert "differ beyond" not in printed
    assert "Not the same" not in printed
    assert "one and the same run" in page(a, a)


def test_the_page_shows_what_differs_and_where(page):
    """compared.txt is what a reader sees of two runs that differ in whatever the page can show."""
    a, b = small(1, ladder=True), small(2, sizes=(1000, 10_000, 100_000), ladder=True)
    a["run"]["commit"] = "0123456789abcdef"
    b["run"] |= {"changed": False, "contract": "other", "code": "other"}
    b["run"]["settings"]["jit"] = "off"
    b["run"]["versions"]["Django"] = "6.1.2"
    b["run"]["machine"]["processor"] = "\x1b]0;gotcha\x07"
    a["benchmarks"] = [one for one in a["benchmarks"] if one["name"] != "export[1000-custom]"]
    info(a)["exact"]["new"] = 7
    info(b)["ratio"] = ratios(1.3, 0.96, 1.04)
    for players in (1000, 10_000):
        changed = {"sql": "SELECT \x1b[2J\n\x9b 1", "line": 40, "node_types": ["Seq Scan"]}
        info(b, players=players)["statements"][0] |= changed | {"indexes": []}
    again = info(b, subject="custom")
    again["exact"]["statements"] = 50
    again["statements"][0] |= {"calls": 50, "node_types": ["Sort", "Seq Scan"]}
    columns = ", ".join(f'"column_{n}"' for n in range(80))
    for run, extra in ((a, ""), (b, ', "zoom_id"')):
        sql = f'SELECT {columns}{extra} FROM "{"x" * 200}"'
        info(run, "export")["statements"][0]["sql"] = sql
    info(b, "export")["exact"]["buffers"] += 1
    article = b["run"]["ladder"][0]
    article |= {"statements": 17, "sql": [article["sql"][0], "SELECT 1 AS other"]}
    printed = page(a, b)
    new = Path("compared.txt").absolute()
    new.write_text(printed)
    assert printed == PAGE.read_text(), f"if that is meant: cp {new} {PAGE}"


def test_one_ratio_of_many_may_differ_by_chance_and_no_figure_is_said_to_be_none(page, a, b):
    info(b)["ratio"] = ratios(1.3, 0.96, 1.04)
    info(b, subject="custom_again")["exact"]["buffers"] += 1  # the control is no figure
    printed = page(a, b)
    assert "1 of 8 ratios differ beyond noise." in printed
    assert "Chance alone may make 1 of so many ratios differ: measure again" in printed
    info(b, players=1000)["ratio"] = ratios(1.3, 0.96, 1.04)
    assert "measure again" not in page(a, b)
    info(b)["exact"]["rows"] += 1
    assert "by the same statements and plans" in page(a, b)
    assert "Nothing can be compared." in page(a, small(sizes=[500]))


# --- One figure ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "players", "value", "expected"),
    [
        *((name, 10_000, 1001, DIFFERS) for name in (*EXACT, "buffers", "temp_blocks")),
        ("buffers", 100_000, 1001, DIFFERS),
        ("buffers", 1_000_000, 1049, AGREES),
        ("buffers", 1_000_000, 940, DIFFERS),
        ("wal_bytes", 1000, 1020, AGREES),
        ("wal_bytes", 1000, 1025, DIFFERS),
        ("wal_bytes", 1_000_000, 975, DIFFERS),
        ("rows", 1_000_000, 1001, DIFFERS),
    ],
)
def test_one_more_differs_but_pages_and_bytes_may_be_a_little_off(
    verdicts, name, players, value, expected
):
    a, b = small(1, [players]), small(2, [players])
    for run, figure in ((a, 1000), (b, value)):
        info(run, players=players)["exact"][name] = figure
    assert verdicts(a, b, players=players)[name] == expected


@pytest.mark.parametrize(
    ("part", "name", "value", "names", "reason"),
    [
        ("versions", "PostgreSQL", "17.9", SERVER, "PostgreSQL 18 against 17"),
        *(("settings", one, "2", SERVER, f"{one} 1 against 2") for one in PLANNING),
        ("settings", "full_page_writes", "on", ["wal_bytes"], "full_page_writes in B is not off"),
        ("versions", "PostgreSQL", "18.10", [], ""),
        ("settings", "jit", "off", [], ""),
    ],
)
def test_another_server_makes_its_pages_not_comparable(
    verdicts, a, b, part, name, value, names, reason
):
    b["run"][part][name] = value
    assert verdicts(a, b) == ALL_AGREE | dict.fromkeys(names, reason)


def test_other_players_have_other_rows_but_take_as_many_statements(verdicts, a, b):
    b["run"]["seed"] = 2
    seeds = "seed 1 against 2"
    assert verdicts(a, b) == ALL_AGREE | dict.fromkeys(["rows", "fk_checks", *SERVER], seeds)
    # What takes all players has only its ratio.
    assert verdicts(a, b, "export") == dict.fromkeys(ALL_AGREE, seeds) | {RATIO: AGREES}


@pytest.mark.parametrize("noisy", ["a", "b"])
def test_the_control_of_the_same_operation_and_size_widens_the_ratios(verdicts, a, b, noisy):
    info(b)["ratio"] = info(b, players=1000)["ratio"] = ratios(1.3, 0.96, 1.04)
    for control in (1.4, 1 / 1.4):
        info(a if noisy == "a" else b, subject="custom_again")["ratio"] = ratios(control)
        assert verdicts(a, b)[RATIO] == AGREES
        assert verdicts(a, b, players=1000)[RATIO] == DIFFERS


def test_what_makes_ratios_not_comparable(verdicts, a, b):
    info(b)["samples"] = {"client_cpu": [1e-3] * 2, "backend_cpu": [1e-3] * 2}
    assert verdicts(a, b)[RATIO] == "too few samples: under 3 rounds in B"
    assert verdicts(a, b, players=1000)[RATIO] == AGREES
    del info(a)["ratio"]
    assert verdicts(a, b)[RATIO] == "only B was timed"
    b["benchmarks"] = [one for one in b["benchmarks"] if "_again" not in one["name"]]
    assert verdicts(a, b, players=1000)[RATIO] == "B has no A/A control"
    b["run"]["reference"] = "profile"
    assert verdicts(a, b)[RATIO] == "ratios to custom against ratios to profile"


def test_where_one_run_saw_only_the_clients_cpu_the_clients_are_compared(page, verdicts, a, b):
    for one in infos(b):
        one["noisy"]["backend_cpu"] = None
    info(b)["ratio"]["cpu"] = ratios(9.0)["cpu"]
    assert verdicts(a, b)[RATIO] == AGREES
    assert "Not both runs could see the backend's CPU" in page(a, b)
    info(b)["ratio"]["client_cpu"] = ratios(9.0)["cpu"]
    assert verdicts(a, b)[RATIO] == DIFFERS


def test_the_ladders_last_rung_is_its_noise(verdicts):
    a, b = small(1, ladder=True), small(2, ladder=True)
    article, last, _ = b["run"]["ladder"]
    article["ratio"] = ratios(3.0)
    assert verdicts(a, b, "ladder", 0, "article")[RATIO] == DIFFERS
    last["ratio"] = ratios(1.5)
    assert verdicts(a, b, "ladder", 0, "article")[RATIO] == AGREES
    del b["run"]["ladder"][0]
    assert {*verdicts(a, b, "ladder", 0, "article").values()} == {"only A has the step"}


# --- The command ---------------------------------------------------------------------------


def test_by_default_the_last_run_is_held_against_the_last_one_published(
    tmp_path, capsys, monkeypatch
):
    own, published = tmp_path / "own", tmp_path / "published"
    for name, folder in (("RESULTS", own), ("PUBLISHED", published)):
        folder.mkdir()
        monkeypatch.setattr(run_file, name, folder)
    assert "no run yet" in refused(capsys, main)
    for day in (3, 4):
        written(own / f"{day}.json", small(day))
    assert "no run is published" in refused(capsys, main)
    for day in (1, 2):
        written(published / f"{day}.json", small(day))
    for arguments, second in (([], "B  2026-01-04"), (files(tmp_path, small(5)), "B  2026-01-05")):
        assert command(main)(arguments) == 0
        printed = capsys.readouterr().out
        assert "A  2026-01-02" in printed
        assert second in printed
    assert "two reports at most" in refused(capsys, main, "a", "b", "c")


def test_a_reader_who_closes_the_pipe_gets_no_traceback(tmp_path, a, b):
    for one in infos(b):
        one["exact"]["rows"] = 3
        one["statements"][0]["sql"] = f"SELECT {one['operation']} " + "x " * 400
    line = [sys.executable, "-m", "benchmarks.compare_reports", *files(tmp_path, a, b)]
    with subprocess.Popen(line, cwd=ROOT, stdout=-1, stderr=-1, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0
