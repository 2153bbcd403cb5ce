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

EXACT = {"statements": 1, "round_trips": 1, "fk_checks": 0, "rows": 50}
SERVER = {"buffers": 41, "temp_blocks": 0, "wal_bytes": 1000}
SQL = "SELECT 0 OF register"


@pytest.fixture
def a():
    return small(1)


@pytest.fixture
def b():
    return small(2)


@pytest.fixture
def page(tmp_path, capsys):
    """What is printed of two runs; `flat`, without its line breaks, which a word would move."""

    def page(a, b, flat=False):
        assert command(main)(files(tmp_path, a, b)) == 0
        printed = capsys.readouterr()
        assert not printed.err
        assert max(map(len, printed.out.splitlines())) <= 80
        return " ".join(printed.out.split()) if flat else printed.out

    return page


@pytest.fixture
def verdict(tmp_path):
    """The verdict on one figure, or why it is not comparable."""

    def verdict(a, b, name, operation="register", players=10_000, subject="profile"):
        found = Comparison(*map(Report.read, map(Path, files(tmp_path, a, b))))
        key = operation, players, subject
        [one] = [one for one in found.figures if (one.key, one.name) == (key, name)]
        return one.reason or one.verdict

    return verdict


# --- What agrees and what differs ----------------------------------------------------------


def test_two_runs_that_found_the_same_agree_in_one_sentence(page, a, b):
    printed = page(a, b)
    # Nine exact figures of three subjects, two operations and two sizes; the ratios of two.
    assert "All 116 figures agree." in printed
    assert "A ratio that agrees is one that these two runs do not tell apart." in printed
    assert "differ beyond" not in printed
    assert "Not the same" not in printed
    assert "one and the same run" in page(a, a)


def test_the_head_names_what_each_run_is_of_and_what_is_other(page, a, b):
    a["run"]["commit"] = "0123456789abcdef"
    b["run"] |= {"changed": False, "contract": "other", "code": "other"}
    b["run"]["settings"]["jit"] = "off"
    b["run"]["versions"]["Django"] = "6.1.2"
    printed = page(a, b)
    assert "A  2026-01-01 10:00, full, seed 1, commit 0123456789 and changes\n" in printed
    assert "B  2026-01-02 10:00, full, seed 1, commit aaaaaaaaaa\n" in printed
    assert printed.count("   Linux x86_64, Abacus, 2 CPUs, 8 GB of memory\n") == 2
    assert "   Python 3.11.7, Django 5.2.19, PostgreSQL 18.6\n" in printed
    assert (
        "Not the same: another contract; other code; Django 5.2 against 6.1; jit on against off. "
        "Exact figures may differ for that reason."
    ) in " ".join(printed.split())


@pytest.mark.parametrize(("name", "old"), {**EXACT, **SERVER}.items())
def test_one_more_of_anything_exact_differs(page, a, b, name, old):
    new = old + (21 if name == "wal_bytes" else 1)
    info(b)["exact"][name] = new
    printed = page(a, b)
    assert f"register, profile\n  10,000 players: {name} {old:,} → {new:,}\n" in printed
    assert "  by the same statements and plans\n" in printed
    assert "1 of 108 exact figures differ beyond noise." in printed


@pytest.mark.parametrize(
    ("name", "players", "value", "expected"),
    [
        ("buffers", 100_000, 1001, DIFFERS),
        ("buffers", 1_000_000, 1049, AGREES),
        ("buffers", 1_000_000, 940, DIFFERS),
        ("wal_bytes", 1000, 1020, AGREES),
        ("wal_bytes", 1000, 1025, DIFFERS),
        ("wal_bytes", 1_000_000, 975, DIFFERS),
        ("rows", 1_000_000, 1001, DIFFERS),
    ],
)
def test_pages_and_bytes_may_be_a_little_off(verdict, name, players, value, expected):
    a, b = small(1, [players]), small(2, [players])
    for run, figure in ((a, 1000), (b, value)):
        info(run, players=players)["exact"][name] = figure
    assert verdict(a, b, name, players=players) == expected


def test_a_figure_of_one_run_alone_is_not_compared(page, a, b):
    info(a)["exact"]["new"] = 7
    info(b, subject="custom_again")["exact"]["buffers"] += 1  # the control is no figure
    printed = page(a, b)
    assert "All 116 figures that can be compared agree." in printed
    assert "- only A has the figure: 1 figure, new of register\n" in printed
    assert "Nothing can be compared." in page(a, small(sizes=[500]))


# --- What is not comparable ----------------------------------------------------------------


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
    verdict, a, b, part, name, value, names, reason
):
    b["run"][part][name] = value
    for figure in (*EXACT, *SERVER, "node types", "indexes", RATIO):
        assert verdict(a, b, figure) == (reason if figure in names else AGREES)


def test_other_players_have_other_rows_but_take_as_many_statements(page, verdict, a, b):
    b["run"]["seed"] = 2
    for name in ("rows", "fk_checks", *SERVER):
        assert verdict(a, b, name) == "seed 1 against 2"
    for name in ("statements", "round_trips", "node types", RATIO):
        assert verdict(a, b, name) == AGREES
    # What takes all players has only its ratio.
    for name in (*EXACT, "indexes"):
        assert verdict(a, b, name, operation="export") == "seed 1 against 2"
    assert verdict(a, b, RATIO, operation="export") == AGREES
    assert "- seed 1 against 2: 84 figures, of register, export" in page(a, b, flat=True)


def test_what_only_one_run_has_is_grouped(page):
    a, b = small(sizes=[1000]), small(2, sizes=[1000, 100_000], ladder=True)
    b["run"]["subjects"]["mine"] = b["run"]["subjects"].pop("floor")
    for one in infos(b):
        one["subject"] = one["subject"].replace("floor", "mine")
    a["benchmarks"] = [one for one in a["benchmarks"] if one["name"] != "export[1000-custom]"]
    printed = page(a, b, flat=True)
    # Nine exact figures of three subjects and two operations, and two ratios each.
    for line in (
        "- only B has 100,000 players: 58 figures, of register, export",
        "- only A has the subject floor: 20 figures,",
        "- only B has the subject floor: 20 figures,",
        "- only B has the cell: 9 figures, of export",
        "- only B has the ladder: 15 figures, of ladder, register",
    ):
        assert line in printed
    a["benchmarks"] = [one for one in a["benchmarks"] if not one["name"].startswith("export")]
    assert "- only B has the operation: 19 figures, of export" in page(a, b, flat=True)


# --- Statements and plans ------------------------------------------------------------------


def test_a_statement_in_one_run_only_is_shown_with_its_line_and_plan_sizes_together(page, a, b):
    for players in (1000, 10_000):
        changed = {"sql": f"{SQL} AND 1", "line": 40, "node_types": ["Seq Scan"], "indexes": []}
        info(b, players=players)["statements"][0] |= changed
    block = (
        "register, profile\n"
        "  1,000 players: node types, indexes\n"
        "  10,000 players: node types, indexes\n"
        "  only in A, players/queries.py:20:\n"
        f"    {SQL}\n"
        "      plan: Limit, Index Scan, using by_name\n"
        "  only in B, players/queries.py:40:\n"
        f"    {SQL} AND 1\n"
        "      plan: Seq Scan\n"
    )
    assert block in page(a, b)


def test_the_same_statement_called_or_planned_otherwise_is_shown_with_both(page, a, b):
    info(b)["exact"]["statements"] = 50
    info(b)["statements"][0] |= {"calls": 50, "node_types": ["Sort", "Seq Scan"]}
    assert (
        "  10,000 players: statements 1 → 50, node types\n"
        f"  called 1 → 50 times, players/queries.py:20:\n    {SQL}\n"
        f"  planned otherwise, players/queries.py:20:\n    {SQL}\n"
        "      A: Limit, Index Scan, using by_name\n"
        "      B: Sort, Seq Scan, using by_name\n"
    ) in page(a, b)


def test_neither_the_order_of_statements_nor_lines_that_moved_nor_checks_are_plans(page, a, b):
    info(a)["statements"] += [a_check(), a_statement("SELECT 2")]
    info(b)["statements"] += [a_check(node_types=["LockRows"]), a_statement("SELECT 2", line=99)]
    info(b)["statements"].reverse()
    info(b)["statements"][0]["indexes"] *= 2
    assert "agree." in page(a, b)


def test_a_long_statement_takes_three_lines_and_shows_where_it_differs(page, a, b):
    columns = ", ".join(f'"column_{n}"' for n in range(80))
    for run, extra in ((a, ""), (b, ', "zoom_id"')):
        info(run)["statements"][0]["sql"] = f'SELECT {columns}{extra} FROM "{"x" * 200}"'
    info(b)["exact"]["buffers"] += 1
    found = page(a, b).split("only in B, players/queries.py:20:\n")[1].splitlines()
    assert found[0].startswith("    … ")
    assert '"column_79", "zoom_id" FROM' in found[0]
    assert found[2].endswith(" …")
    assert found[3].startswith("      plan: ")


def test_another_release_is_named_as_the_likely_reason(page, a, b):
    b["run"]["versions"] |= {"Django": "6.0.1", "PostgreSQL": "19.1"}
    assert "likely reason" not in page(a, b)
    info(b)["exact"]["statements"] = 3
    info(b)["statements"][0]["node_types"] = ["Seq Scan"]
    printed = page(a, b)
    assert "Django 5.2 against 6.0: the likely reason where the statements are others." in printed
    assert "PostgreSQL 18 against 19: the likely reason where only the plans" in printed


def test_a_file_cannot_move_the_terminals_cursor(page, a, b):
    info(b)["statements"][0]["sql"] = "SELECT \x1b[2J \n \x9b 1"
    info(b)["exact"]["buffers"] += 1
    b["run"]["machine"]["processor"] = "\x1b]0;gotcha\x07"
    assert page(a, b).replace("\n", "").isprintable()


# --- Ratios and their noise ----------------------------------------------------------------


def test_ratios_that_changed_by_more_than_the_noise_differ_and_chance_is_named(page, a, b):
    info(b)["ratio"] = ratios(1.3, 0.96, 1.04)
    printed = page(a, b)
    assert "- register, profile, 10,000 players: 1.02 (0.94–1.1) → 1.3 (1.2–1.41)" in printed
    assert "1 of 8 ratios differ beyond noise." in printed
    assert "Chance alone may make 1 of so many ratios differ: measure again" in printed
    info(b, players=1000)["ratio"] = ratios(1.3, 0.96, 1.04)
    printed = page(a, b)
    assert "2 of 8 ratios differ beyond noise." in printed
    assert "measure again" not in printed


@pytest.mark.parametrize("noisy", ["a", "b"])
def test_the_control_of_the_same_operation_and_size_widens_the_ratios(verdict, a, b, noisy):
    info(b)["ratio"] = info(b, players=1000)["ratio"] = ratios(1.3, 0.96, 1.04)
    for control in (1.4, 1 / 1.4):
        info(a if noisy == "a" else b, subject="custom_again")["ratio"] = ratios(control)
        assert verdict(a, b, RATIO) == AGREES
        assert verdict(a, b, RATIO, players=1000) == DIFFERS


def test_what_makes_ratios_not_comparable(page, verdict, a, b):
    info(b)["samples"] = {"client_cpu": [1e-3] * 2, "backend_cpu": [1e-3] * 2}
    assert verdict(a, b, RATIO) == "too few samples: under 3 rounds in B"
    assert verdict(a, b, RATIO, players=1000) == AGREES
    del info(a)["ratio"]
    assert verdict(a, b, RATIO) == "only B was timed"
    b["benchmarks"] = [one for one in b["benchmarks"] if "_again" not in one["name"]]
    assert verdict(a, b, RATIO, players=1000) == "B has no A/A control"
    b["run"]["reference"] = "profile"
    assert verdict(a, b, RATIO) == "ratios to custom against ratios to profile"


def test_where_one_run_saw_only_the_clients_cpu_the_clients_are_compared(page, verdict, a, b):
    for one in infos(b):
        one["noisy"]["backend_cpu"] = None
    info(b)["ratio"]["cpu"] = ratios(9.0)["cpu"]
    assert verdict(a, b, RATIO) == AGREES
    assert "Not both runs could see the backend's CPU" in page(a, b)
    info(b)["ratio"]["client_cpu"] = ratios(9.0)["cpu"]
    assert verdict(a, b, RATIO) == DIFFERS


# --- The ladder ----------------------------------------------------------------------------


def test_the_ladders_counts_are_exact_and_its_last_rung_is_its_noise(page, verdict):
    a, b = small(1, ladder=True), small(2, ladder=True)
    assert "agree." in page(a, b)
    article, last, _ = b["run"]["ladder"]
    for name in ("statements", "commits", "hashes", "round_trips"):
        article[name] += 1
        assert verdict(a, b, name, "ladder", 0, "article") == DIFFERS
    article["sql"] = [article["sql"][0], "SELECT 1 AS other"]
    printed = page(a, b)
    assert "ladder, register, the article\n  statements 16 → 17, commits 9 → 10, " in printed
    assert "only in B, the ladder:\n    SELECT 1 AS other\n  called 2 → 1 times" in printed
    article["ratio"] = ratios(3.0)
    assert verdict(a, b, RATIO, "ladder", 0, "article") == DIFFERS
    last["ratio"] = ratios(1.5)
    assert verdict(a, b, RATIO, "ladder", 0, "article") == AGREES
    del b["run"]["ladder"][0]
    assert verdict(a, b, "hashes", "ladder", 0, "article") == "only A has the step"


# --- Which files ---------------------------------------------------------------------------


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
