"""Two runs' reports: what agrees, what differs beyond noise, what cannot be compared."""

import copy
import json
import math
import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import compare_reports, figures, spread, store
from benchmarks.compare_reports import (
    AGREES,
    CHANCE,
    DIFFERS,
    NOT_COMPARABLE,
    Comparison,
    read,
)

ROOT = Path(__file__).resolve().parent.parent
SQL = 'SELECT "id" FROM "player" WHERE "name" = %s'
EXACT = {
    "statements": 2,
    "round_trips": 2,
    "fk_checks": 1,
    "rows": 50,
    "buffers": 1000,
    "temp_blocks": 200,
    "wal_bytes": 1000,
}
PLANNING = [
    "autovacuum",
    "effective_cache_size",
    "max_parallel_workers_per_gather",
    "random_page_cost",
    "work_mem",
]
SUBJECTS = {
    "profile": "variant",
    "custom": "variant",
    "custom_again": "control",
    "floor": "floor",
}


def statement(**changes):
    return {
        "sql": SQL,
        "calls": 1,
        "file": "players/queries.py",
        "line": 23,
        "fk_check": False,
        "node_types": ["Limit", "Index Scan"],
        "indexes": ["by_name"],
        **changes,
    }


def check(**changes):
    """A statement that PostgreSQL sent to itself."""
    return statement(sql="SELECT 1 FROM ONLY p", file="", line=0, fk_check=True, **changes)


def ratio(median, width=0.04):
    one = {"median": median, "q1": median * (1 - width), "q3": median * (1 + width)}
    return {"cpu": dict(one), "client_cpu": dict(one), "backend_cpu": dict(one)}


def cell(operation="page_first", players=10_000, subject="profile", rounds=20):
    info = {
        "operation": operation,
        "players": players,
        "subject": subject,
        "exact": dict(EXACT),
        "statements": [statement(), check()],
        "noisy": {"wall": {"median": 0.01}, "backend_cpu": {"median": 0.001}},
    }
    if subject != "custom":
        info["ratio"] = ratio({"profile": 1.5, "custom_again": 1.01, "floor": 0.3}[subject])
    return {"name": f"{operation}[{players}-{subject}]", "stats": {"rounds": rounds}} | {
        "extra_info": info
    }


def step(name, statements=16, median=1.0):
    return {
        "step": name,
        "title": f"the {name}",
        "sql": [SQL, SQL],
        "statements": statements,
        "commits": 4,
        "hashes": 2,
        "round_trips": 20,
        "ratio": {"cpu": ratio(median, 0.01)["cpu"], "cpu_without_hash": ratio(median)["cpu"]},
    }


def report(date="2026-01-01T10:00:00+00:00", sizes=(1000, 10_000), ladder=False):
    run = {
        "schema": store.SCHEMA,
        "mode": "quick",
        "seed": 1,
        "sizes": list(sizes),
        "operations": {
            "page_first": {"title": "first page"},
            "export": {"title": "export all"},
        },
        "subjects": {
            id: {"title": id.replace("_", " "), "kind": kind} for id, kind in SUBJECTS.items()
        },
        "reference": "custom",
        "control": "custom_again",
        "commit": "a" * 40,
        "changed": True,
        "contract": "b" * 64,
        "code": "c" * 64,
        "date": date,
        "machine": {"system": "Linux x86_64", "cpus": 2, "processor": "Abacus", "memory_gb": 8},
        "versions": {"Python": "3.11.7", "Django": "5.2.19", "PostgreSQL": "18.6"},
        "settings": {**dict.fromkeys(PLANNING, "1"), "full_page_writes": "off", "jit": "on"},
    }
    if ladder:
        run["ladder"] = [step("article", 20, 2.0), step("profile"), step("django-allauth")]
    cells = [
        cell(operation, players, subject, rounds=20 if operation == "page_first" else 5)
        for players in sizes
        for operation in ("page_first", "export")
        for subject in SUBJECTS
    ]
    return {"run": run, "benchmarks": cells}


def info(of, operation="page_first", players=10_000, subject="profile"):
    """The part of a report that is one cell's."""
    [found] = [
        one["extra_info"]
        for one in of["benchmarks"]
        if one["name"] == f"{operation}[{players}-{subject}]"
    ]
    return found


@pytest.fixture
def a():
    return report()


@pytest.fixture
def b():
    return report("2026-01-02T10:00:00+00:00")


@pytest.fixture
def files(tmp_path):
    def write(*reports):
        paths = [tmp_path / f"{number}.json" for number in range(len(reports))]
        for path, one in zip(paths, reports, strict=True):
            path.write_text(json.dumps(one))
        return [str(path) for path in paths]

    return write


@pytest.fixture
def page(files, capsys):
    """The exit status and what is printed of two reports."""

    def page(a, b, *options, status=0):
        assert compare_reports.main([*files(a, b), *options]) == status
        printed = capsys.readouterr()
        assert not printed.err
        assert max(map(len, printed.out.splitlines())) <= 80
        return printed.out

    return page


@pytest.fixture
def verdict(files):
    """The verdict on one figure, and why it is not comparable."""

    def verdict(a, b, name, operation="page_first", players=10_000, subject="profile"):
        found = Comparison(*(read(Path(path)) for path in files(a, b))).figures
        key = operation, subject, players
        [one] = [one for one in found if (one.key, one.name) == (key, name)]
        assert bool(one.reason) == (one.verdict == NOT_COMPARABLE)
        return one.reason or one.verdict

    return verdict


def in_words(text):
    """Without the line breaks, which a word more would move."""
    return " ".join(text.split())


# What agrees and what differs


def test_two_runs_that_found_the_same_agree_in_one_sentence(page, a, b):
    printed = page(a, b, "--strict")
    # Nine exact figures of three subjects, two operations and two sizes; the ratios of two.
    assert "All 116 figures agree." in printed
    assert "A ratio that agrees is one that these two runs do not tell apart." in printed
    assert "differ beyond" not in printed
    assert "because" not in printed.lower()
    assert "Not the same" not in printed


def test_a_run_is_not_taken_for_another_that_agrees_with_it(page, a):
    assert "one and the same run" in page(a, a)


def test_the_head_names_dates_commits_machines_and_versions(page, a, b):
    a["run"]["commit"] = "0123456789abcdef"
    b["run"]["changed"] = False
    printed = page(a, b)
    assert "A  2026-01-01 10:00, quick, seed 1, commit 0123456789 and changes\n" in printed
    assert "B  2026-01-02 10:00, quick, seed 1, commit aaaaaaaaaa\n" in printed
    assert printed.count("   Abacus, Linux x86_64, 2 CPUs, 8 GB\n") == 2
    assert printed.count("   Python 3.11.7, Django 5.2.19, PostgreSQL 18.6\n") == 2


@pytest.mark.parametrize(
    ("hash", "said"), [("contract", "another contract"), ("code", "other code")]
)
def test_the_head_says_that_the_contract_or_the_code_is_another(page, a, b, hash, said):
    b["run"][hash] = "d" * 64
    assert f"Not the same: {said}. Exact figures may differ for that reason." in in_words(
        page(a, b)
    )


@pytest.mark.parametrize("name", EXACT)
def test_one_more_of_anything_exact_differs_and_strictly_it_fails(page, verdict, a, b, name):
    more = 21 if name == "wal_bytes" else 1
    info(b)["exact"][name] += more
    assert verdict(a, b, name) == DIFFERS
    old, new = EXACT[name], EXACT[name] + more
    printed = page(a, b)
    assert f"first page, profile\n  10,000 players: {name} {old:,} → {new:,}\n" in printed
    assert "1 of 108 exact figures differ beyond noise." in printed
    page(a, b, "--strict", status=1)


def test_figures_that_only_one_report_has_fail_no_one(page, a, b):
    del info(b)["exact"]["rows"]
    printed = page(a, b, "--strict")
    assert "All 115 figures that can be compared agree." in printed
    assert "- only A has the figure: 1 figure, rows of first page\n" in printed


def test_nothing_to_compare_is_no_success_where_one_is_asked_for(page, a, b):
    b = report(sizes=[500])
    assert "Nothing can be compared." in page(a, b)
    page(a, b, "--strict", status=1)


def test_the_control_is_noise_and_no_figure(page, a, b):
    info(b, subject="custom_again")["exact"]["buffers"] += 1
    info(b, subject="custom_again")["ratio"] = ratio(0.5)
    assert "agree." in page(a, b, "--strict")


# The rules for pages and bytes


@pytest.mark.parametrize(
    ("players", "buffers", "expected"),
    [
        (100_000, 1001, DIFFERS),
        (1_000_000, 1049, AGREES),
        (1_000_000, 951, AGREES),
        (1_000_000, 1060, DIFFERS),
        (1_000_000, 940, DIFFERS),
    ],
)
def test_buffers_are_exact_up_to_100_000_players_and_within_5_percent_above(
    verdict, players, buffers, expected
):
    a, b = report(sizes=[players]), report(sizes=[players])
    info(b, players=players)["exact"]["buffers"] = buffers
    assert verdict(a, b, "buffers", players=players) == expected


@pytest.mark.parametrize("players", [1000, 1_000_000])
@pytest.mark.parametrize(("bytes", "expected"), [(1020, AGREES), (981, AGREES), (1025, DIFFERS)])
def test_wal_agrees_within_2_percent(verdict, players, bytes, expected):
    a, b = report(sizes=[players]), report(sizes=[players])
    info(b, players=players)["exact"]["wal_bytes"] = bytes
    assert verdict(a, b, "wal_bytes", players=players) == expected


def test_the_rows_of_a_million_players_are_exact(verdict):
    a, b = report(sizes=[1_000_000]), report(sizes=[1_000_000])
    info(b, players=1_000_000)["exact"]["rows"] += 1
    assert verdict(a, b, "rows", players=1_000_000) == DIFFERS


# What is not comparable


def test_another_major_version_of_postgresql_touches_other_pages(page, verdict, a, b):
    a["run"]["versions"]["PostgreSQL"] = "17.9"
    for name in ("buffers", "temp_blocks", "wal_bytes"):
        info(b)["exact"][name] *= 2
        assert verdict(a, b, name) == "PostgreSQL 17 against 18"
    for name in ("statements", "round_trips", "fk_checks", "rows", "node types", "indexes"):
        assert verdict(a, b, name) == AGREES
    assert verdict(a, b, "CPU ratio") == AGREES
    assert (
        "- PostgreSQL 17 against 18: 36 figures, buffers, temp_blocks, wal_bytes of "
        "first page, export all" in in_words(page(a, b, "--strict"))
    )


def test_another_minor_version_of_postgresql_is_comparable(verdict, a, b):
    b["run"]["versions"]["PostgreSQL"] = "18.10"
    assert verdict(a, b, "buffers") == AGREES


@pytest.mark.parametrize("setting", PLANNING)
def test_a_setting_that_plans_depend_on_makes_pages_not_comparable(verdict, a, b, setting):
    b["run"]["settings"][setting] = "2"
    for name in ("buffers", "temp_blocks", "wal_bytes"):
        assert verdict(a, b, name) == f"{setting} 1 against 2"
    assert verdict(a, b, "rows") == AGREES
    del b["run"]["settings"][setting]
    assert verdict(a, b, "buffers") == f"{setting} 1 against unknown"


def test_any_other_setting_is_only_mentioned(page, verdict, a, b):
    b["run"]["settings"]["jit"] = "off"
    assert verdict(a, b, "buffers") == AGREES
    assert "Not the same: jit on against off." in page(a, b)


def test_wal_with_page_images_is_not_comparable(verdict, a, b):
    b["run"]["settings"]["full_page_writes"] = "on"
    assert verdict(a, b, "wal_bytes") == "full_page_writes in B is not off"
    assert verdict(a, b, "buffers") == AGREES
    a["run"]["settings"]["full_page_writes"] = "on"
    assert verdict(a, b, "wal_bytes") == "full_page_writes in A is not off"


def test_other_players_have_other_rows_but_take_as_many_statements(verdict, a, b):
    b["run"]["seed"] = 2
    for name in ("rows", "fk_checks", "buffers", "temp_blocks", "wal_bytes"):
        assert verdict(a, b, name) == "seed 1 against 2"
    for name in ("statements", "round_trips", "node types", "CPU ratio"):
        assert verdict(a, b, name) == AGREES


def test_what_takes_all_players_has_only_its_ratio_to_compare_with_other_players(verdict, a, b):
    b["run"]["seed"] = 2
    for name in ("statements", "round_trips", "rows", "node types", "indexes"):
        assert verdict(a, b, name, operation="export") == "seed 1 against 2"
    assert verdict(a, b, "CPU ratio", operation="export") == AGREES


def test_what_only_one_report_has_is_grouped(page):
    a, b = report(sizes=[1000]), report(sizes=[1000, 100_000, 1_000_000], ladder=True)
    for one in b["benchmarks"]:
        if one["extra_info"]["subject"] == "floor":
            one["extra_info"]["subject"] = "mine"
    a["benchmarks"] = [one for one in a["benchmarks"] if one["name"] != "export[1000-custom]"]
    printed = in_words(page(a, b))
    # Nine exact figures of three subjects and two operations, and two ratios each.
    for line in (
        "- only B has 100,000 players: 58 figures, of first page, export all",
        "- only B has 1,000,000 players: 58 figures,",
        "- only A has the subject floor: 20 figures,",
        "- only B has the subject mine: 20 figures,",
        "- only B has the cell: 9 figures, of export all",
        "- only B has the ladder: 15 figures, of ladder, register",
    ):
        assert line in printed
    a["benchmarks"] = [one for one in a["benchmarks"] if not one["name"].startswith("export")]
    assert "- only B has the operation: 19 figures, of export all" in in_words(page(a, b))


# Statements and plans


def test_a_statement_in_one_report_only_is_shown_with_its_line_and_plan(page, a, b):
    longer = SQL + ' AND "born" = %s'
    info(b)["statements"][0] |= {"sql": longer, "line": 40, "node_types": ["Seq Scan"]}
    info(b)["statements"][0]["indexes"] = []
    block = (
        "first page, profile\n"
        "  10,000 players: node types, indexes\n"
        "  only in A, players/queries.py:23:\n"
        f"    {SQL}\n"
        "      plan: Limit, Index Scan, using by_name\n"
        "  only in B, players/queries.py:40:\n"
        f"    {longer}\n"
        "      plan: Seq Scan\n"
    )
    assert block in page(a, b)


def test_sizes_whose_sql_differs_in_the_same_way_stand_together(page, a, b):
    for players in (1000, 10_000):
        info(b, players=players)["exact"]["statements"] = 3
        info(b, players=players)["statements"].append(statement(sql="SELECT 2", calls=players))
        info(b, players=players)["statements"][-1]["calls"] = 1
    printed = page(a, b)
    assert printed.count("only in B") == 1
    assert "  1,000 players: statements 2 → 3, node types, indexes\n  10,000 players: " in printed


def test_the_same_statement_called_more_often_is_shown_with_both_numbers(page, a, b):
    info(b)["exact"]["statements"] = 51
    info(b)["statements"][0]["calls"] = 50
    assert f"  called 1 → 50 times, players/queries.py:23:\n    {SQL}\n" in page(a, b)


def test_the_same_statement_planned_otherwise_is_shown_with_both_plans(page, a, b):
    info(b)["statements"][0]["node_types"] = ["Limit", "Sort", "Seq Scan"]
    assert (
        "  10,000 players: node types\n"
        "  planned otherwise, players/queries.py:23:\n"
        f"    {SQL}\n"
        "      A: Limit, Index Scan, using by_name\n"
        "      B: Limit, Sort, Seq Scan, using by_name\n"
    ) in page(a, b)


def test_figures_that_differ_by_the_same_statements_say_so(page, a, b):
    info(b)["exact"]["buffers"] = 5
    assert "buffers 1,000 → 5\n  by the same statements and plans\n" in page(a, b)


def test_neither_the_order_of_statements_nor_lines_that_moved_nor_checks_are_plans(page, a, b):
    info(a)["statements"] += [statement(sql="SELECT 2", node_types=["Result"])]
    info(b)["statements"] += [statement(sql="SELECT 2", node_types=["Result"], line=99)]
    info(b)["statements"].reverse()
    info(b)["statements"][1]["node_types"] = ["LockRows"]
    info(b)["statements"][2]["indexes"] = ["by_name", "by_name"]
    assert "agree." in page(a, b, "--strict")


def test_a_statement_sent_from_two_lines_is_counted_once(page, a, b):
    for one, calls in ((a, 3), (b, 4)):
        info(one)["statements"] += [statement(line=50, calls=calls)]
        info(one)["exact"]["statements"] += calls
    assert "  called 4 → 5 times, players/queries.py:23:\n" in page(a, b)


def test_a_long_statement_takes_three_lines_and_shows_where_it_differs(page, a, b):
    columns = ", ".join(f'"auth_user"."column_{n}"' for n in range(40))
    for one, extra in ((a, ""), (b, ', "player"."zoom_id"')):
        info(one)["statements"][0]["sql"] = f'SELECT {columns}{extra} FROM "auth_user"'
    info(b)["exact"]["buffers"] += 1
    assert (
        "  only in A, players/queries.py:23:\n"
        '    … "auth_user"."column_38", "auth_user"."column_39" FROM "auth_user"\n'
        "      plan: Limit, Index Scan, using by_name\n"
        "  only in B, players/queries.py:23:\n"
        '    … "auth_user"."column_38", "auth_user"."column_39", "player"."zoom_id" FROM\n'
        '    "auth_user"\n'
        "      plan: "
    ) in page(a, b)
    info(b)["statements"][0]["sql"] = "DELETE " + "x " * 400
    lines = page(a, b).splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("    DELETE"))
    assert lines[first + 2].endswith(" …")
    assert lines[first + 3].startswith("      plan: ")


def test_another_feature_release_of_django_is_named_as_the_likely_reason(page, a, b):
    said = "Django 5.2 against 6.0: the likely reason where the statements are others."
    b["run"]["versions"]["Django"] = "6.0.1"
    assert said not in page(a, b)
    info(b)["exact"]["statements"] = 3
    assert said in page(a, b, "--strict", status=1)
    b["run"]["versions"]["Django"] = "5.2.20"
    assert "likely reason" not in page(a, b)


def test_another_postgresql_is_named_as_the_likely_reason_of_other_plans(page, a, b):
    b["run"]["versions"]["PostgreSQL"] = "19.1"
    info(b)["statements"][0]["node_types"] = ["Seq Scan"]
    assert "PostgreSQL 18 against 19: the likely reason where only the plans" in page(a, b)


def test_a_report_cannot_move_the_terminals_cursor(page, a, b):
    info(b)["statements"][0]["sql"] = "SELECT \x1b[2J \ud800 \n \x9b 1"
    info(b)["exact"]["buffers"] += 1
    b["run"]["machine"]["processor"] = "\x1b]0;gotcha\x07"
    printed = page(a, b)
    assert printed.replace("\n", "").isprintable()


# Ratios and their noise


def test_a_ratio_that_changed_by_more_than_the_noise_differs_and_both_intervals_are_shown(
    page, verdict, a, b
):
    info(b)["ratio"] = ratio(2.0)
    assert verdict(a, b, "CPU ratio") == DIFFERS
    printed = page(a, b, "--strict")  # ratios fail nobody
    assert "- first page, profile, 10,000 players: 1.5 (1.39–1.62) → 2 (1.85–2.16)" in printed
    assert "1 of 8 ratios differ beyond noise." in printed
    assert "Chance alone may make 1 of so many ratios differ: measure again" in printed


def test_more_ratios_than_chance_explains_are_not_excused(page, a, b):
    info(b)["ratio"] = info(b, players=1000)["ratio"] = ratio(2.0)
    printed = page(a, b)
    assert "2 of 8 ratios differ beyond noise." in printed
    assert "measure again" not in printed


@pytest.mark.parametrize("run", ["a", "b"])
def test_the_control_of_the_same_operation_and_size_widens_the_ratios(verdict, a, b, run):
    noisy = a if run == "a" else b
    info(b)["ratio"] = info(b, players=1000)["ratio"] = ratio(2.0)
    info(noisy, subject="custom_again")["ratio"] = ratio(1.4)
    assert verdict(a, b, "CPU ratio") == AGREES
    assert verdict(a, b, "CPU ratio", players=1000) == DIFFERS
    info(noisy, subject="custom_again")["ratio"] = ratio(1 / 1.4)
    assert verdict(a, b, "CPU ratio") == AGREES


def test_a_control_that_is_right_by_luck_does_not_hide_the_noise_of_the_others(verdict, a, b):
    info(b)["ratio"] = ratio(2.0)
    for operation, players in (("page_first", 1000), ("export", 1000), ("export", 10_000)):
        info(b, operation, players, "custom_again")["ratio"] = ratio(1.4)
    assert verdict(a, b, "CPU ratio") == AGREES


def test_quartiles_that_are_close_by_luck_do_not_hide_the_noise_of_the_others(verdict, a, b):
    for one in (a, b):
        for benchmark in one["benchmarks"]:
            benchmark["stats"]["rounds"] = 4
            if "ratio" in benchmark["extra_info"]:
                median = benchmark["extra_info"]["ratio"]["cpu"]["median"]
                benchmark["extra_info"]["ratio"] = ratio(median, 0.12)
    info(a)["ratio"], info(b)["ratio"] = ratio(1.5, 0.001), ratio(1.9, 0.001)
    assert verdict(a, b, "CPU ratio") == AGREES


def test_rounds_that_lie_far_apart_leave_more_open(verdict, a, b):
    info(a)["ratio"], info(b)["ratio"] = ratio(1.5), ratio(2.0, 0.4)
    assert verdict(a, b, "CPU ratio") == AGREES


def test_more_rounds_find_smaller_changes(verdict, a, b):
    info(b)["ratio"] = ratio(1.8)
    assert verdict(a, b, "CPU ratio") == DIFFERS
    for one in (a, b):
        for benchmark in one["benchmarks"]:
            benchmark["stats"]["rounds"] = 3
    assert verdict(a, b, "CPU ratio") == AGREES


def test_two_rounds_are_too_few_samples(verdict, a, b):
    b["benchmarks"][8]["stats"]["rounds"] = 2
    assert b["benchmarks"][8]["name"] == "page_first[10000-profile]"
    assert verdict(a, b, "CPU ratio") == "too few samples: under 3 rounds in B"
    assert verdict(a, b, "CPU ratio", players=1000) == AGREES


def test_without_a_control_nobody_knows_the_noise(verdict, a, b):
    b["benchmarks"] = [one for one in b["benchmarks"] if "_again" not in one["name"]]
    assert verdict(a, b, "CPU ratio") == "B has no A/A control"


def test_ratios_to_different_references_are_not_comparable(verdict, a, b):
    b["run"]["reference"] = "profile"
    assert verdict(a, b, "CPU ratio") == "ratios to custom against ratios to profile"


def test_a_run_that_was_not_timed_has_no_ratios(verdict, a, b):
    del info(b)["ratio"]
    assert verdict(a, b, "CPU ratio") == "only A was timed"


def test_where_one_run_saw_only_the_clients_cpu_the_clients_are_compared(page, verdict, a, b):
    for benchmark in b["benchmarks"]:
        benchmark["extra_info"]["noisy"]["backend_cpu"] = None
    info(b)["ratio"]["cpu"] = ratio(9.0)["cpu"]
    assert verdict(a, b, "CPU ratio") == AGREES
    assert "Not both runs could see the backend's CPU" in page(a, b)
    info(b)["ratio"]["client_cpu"] = ratio(9.0)["cpu"]
    assert verdict(a, b, "CPU ratio") == DIFFERS


def simulated(luck, truth, factor, noise):
    """A run of 30 operations; each has noise of its own, some slow blocks, and few or many rounds.

    `noise`: of a block, and what makes two processes of the same code differ, as logarithms.
    """
    between_blocks, between_processes = noise
    found = report(sizes=[])
    for number in range(30):
        rounds = (3, 4, 5, 8, 12, 20, 30, 40)[number % 8]
        own = between_blocks * (0.5 + number % 3 / 2)

        def blocks(mean, rounds=rounds, own=own):
            mean *= math.exp(luck.gauss(0, between_processes))
            return [
                mean
                * math.exp(
                    abs(luck.gauss(0, 4 * own)) if luck.random() < 0.1 else luck.gauss(0, own)
                )
                for _ in range(rounds)
            ]

        reference = blocks(1)
        for subject in ("profile", "custom_again", "floor"):
            mean = 1 if subject == "custom_again" else truth[number, subject] * factor
            one = cell(f"operation {number}", 1000, subject, rounds)
            measured = figures.ratio(blocks(mean), reference)
            one["extra_info"]["ratio"] = {"cpu": measured, "client_cpu": measured}
            found["benchmarks"].append(one)
    return found


def share_that_differs(files, seeds, factor, noise):
    found = []
    for seed in seeds:
        luck = random.Random(seed)  # noqa: S311 (no secret)
        truth = {(n, who): luck.uniform(0.3, 3) for n in range(30) for who in ("profile", "floor")}
        runs = simulated(luck, truth, 1, noise), simulated(luck, truth, factor, noise)
        comparison = Comparison(*(read(Path(path)) for path in files(*runs)))
        found += [one.verdict for one in comparison.figures if one.name == "CPU ratio"]
    assert set(found) <= {AGREES, DIFFERS}
    return found.count(DIFFERS) / len(found)


@pytest.mark.parametrize("noise", [(0.03, 0), (0.05, 0.03), (0.1, 0.03), (0.1, 0.08), (0.3, 0.1)])
def test_of_ratios_that_did_not_change_hardly_any_differ(files, noise):
    assert share_that_differs(files, range(25), 1, noise) <= CHANCE


@pytest.mark.parametrize("factor", [1.3, 1 / 1.3])
def test_a_change_of_30_percent_is_found_on_a_machine_that_is_not_too_noisy(files, factor):
    assert share_that_differs(files, range(10), factor, (0.03, 0.01)) >= 0.9


# The ladder


def test_the_ladders_counts_are_exact(page, verdict):
    a, b = report(ladder=True), report("2026-02-01", ladder=True)
    for name in ("statements", "commits", "hashes", "round_trips"):
        b["run"]["ladder"][0][name] += 1
        assert verdict(a, b, name, "ladder", 0, "article") == DIFFERS
    b["run"]["ladder"][0]["sql"] = [SQL, "SELECT 1 AS other"]
    printed = page(a, b, "--strict", status=1)
    assert "ladder, register, the article\n  statements 20 → 21, commits 4 → 5, " in printed
    assert "only in B, the ladder:\n    SELECT 1 AS other\n  called 2 → 1 times" in printed


def test_the_ladders_ratios_are_held_against_the_last_rungs_to_itself(page, verdict):
    a, b = report(ladder=True), report("2026-02-01", ladder=True)
    assert "agree." in page(a, b)
    b["run"]["ladder"][0]["ratio"] = step("article", median=2.4)["ratio"]
    assert verdict(a, b, "CPU ratio", "ladder", 0, "article") == DIFFERS
    b["run"]["ladder"][1]["ratio"] = step("profile", median=1.2)["ratio"]
    assert verdict(a, b, "CPU ratio", "ladder", 0, "article") == AGREES
    b["run"]["ladder"][1]["ratio"]["cpu"] |= {"q1": 1.1999, "median": 1.2, "q3": 1.2001}
    assert "·       2       ·       ·\n" in page(a, b)  # the last rung's own is no figure
    del b["run"]["ladder"][0]["ratio"]
    assert verdict(a, b, "CPU ratio", "ladder", 0, "article") == "only A was timed"


def test_a_step_that_only_one_ladder_has_is_said(verdict):
    a, b = report(ladder=True), report(ladder=True)
    del b["run"]["ladder"][0]
    assert verdict(a, b, "hashes", "ladder", 0, "article") == "only A has the step"


# Which files


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """The folders of one's own runs and of published ones."""
    own, published = tmp_path / "own", tmp_path / "published"
    own.mkdir()
    monkeypatch.setattr(store, "RESULTS", own)
    monkeypatch.setattr(store, "PUBLISHED", published)

    def write(folder, name, one):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(one))

    write(own, "2026-01-01.json", report("2026-01-01"))
    write(own, "2026-01-02.json", report("2026-01-02"))
    return own, published, write


def test_by_default_the_last_run_is_held_against_the_last_one_published(folders, capsys, files):
    _, published, write = folders
    write(published, "z-older.json", report("2025-11-01"))
    write(published, "newer.json", report("2025-12-01"))
    assert compare_reports.main([]) == 0
    printed = capsys.readouterr().out
    assert "A  2025-12-01" in printed
    assert "B  2026-01-02" in printed
    assert compare_reports.main(files(report("2024-01-01"))) == 0
    printed = capsys.readouterr().out
    assert "A  2025-12-01" in printed
    assert "B  2024-01-01" in printed


def refused(capsys, main, *arguments):
    """What is said of bad input: one line."""
    try:
        status = main(list(arguments))
    except SystemExit as exit:  # argparse
        status = exit.code
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    [line] = printed.err.splitlines()
    assert line.startswith("error: ")
    return line


def test_without_a_published_run_or_one_of_ones_own_one_line_says_what_to_do(folders, capsys):
    own, published, write = folders
    assert "no run is published" in refused(capsys, compare_reports.main)
    write(published, "one.json", report())
    for path in own.iterdir():
        path.unlink()
    assert "no run yet" in refused(capsys, compare_reports.main)


def test_three_files_are_refused(capsys, files, a):
    assert "two reports at most" in refused(capsys, compare_reports.main, *files(a, a, a))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cut off or no JSON"),
        ('{"run": {"schema": 1}, "benchm', "cut off or no JSON"),
        ("[]", "is no report"),
        ('{"run": 3, "benchmarks": []}', "is no report"),
        ('{"run": {"schema": 99}, "benchmarks": []}', "has schema 99"),
        ("[" * 100_000, "nested too deeply"),
        (json.dumps(report(sizes=[])), "nothing was measured"),
    ],
)
def test_a_file_that_is_no_report_is_refused_in_one_line(tmp_path, files, capsys, text, said):
    (tmp_path / "bad.json").write_text(text)
    paths = [*files(report()), str(tmp_path / "bad.json")]
    assert said in refused(capsys, compare_reports.main, *paths)
    assert said in refused(capsys, spread.main, *paths)


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path, capsys):
    paths = [str(tmp_path / "a.json"), str(tmp_path)]
    assert "there is no report" in refused(capsys, compare_reports.main, *paths)
    assert "cannot be read" in refused(capsys, compare_reports.main, *reversed(paths))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda r: r["run"].pop("date"), "run has no 'date'"),
        (lambda r: r["run"]["versions"].pop("Django"), "run, versions has no 'Django'"),
        (lambda r: r["run"].update(settings=[]), "run, settings is not an object"),
        (lambda r: r["run"].update(seed=True), "run, seed is not a whole number"),
        (lambda r: r["run"].update(seed=10**30), "run, seed is not a whole number"),
        (lambda r: r["benchmarks"].append(r["benchmarks"][0]), "is there twice"),
        (lambda r: r["benchmarks"].insert(0, 7), "benchmarks 1 is not an object"),
        (lambda r: info(r)["exact"].update(rows="9"), "exact, rows is not a whole number"),
        (lambda r: info(r)["exact"].update(rows=1.5), "exact, rows is not a whole number"),
        (lambda r: info(r)["statements"][1].pop("sql"), "statements 2 has no 'sql'"),
        (lambda r: info(r)["ratio"]["cpu"].update(q1=0), "q1 is not a number above 0"),
        (lambda r: info(r)["ratio"]["cpu"].update(q3=math.inf), "q3 is not a number above 0"),
        (lambda r: info(r)["ratio"]["cpu"].update(q3=math.nan), "q3 is not a number above 0"),
        (lambda r: info(r)["ratio"]["cpu"].update(q3=1.4), "are not in order"),
        (lambda r: r["run"].update(schema="1\n\x1b[2J"), "has schema 1  [2J"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(files, capsys, a, b, spoil, said):
    spoil(b)
    assert said in refused(capsys, compare_reports.main, *files(a, b))


def places(value, path=()):
    """The path to every value in a report."""
    yield path
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[name], (*path, name))


def test_whatever_is_wrong_in_a_report_ends_in_a_page_or_one_line(files, capsys):
    good = report(sizes=[1000], ladder=True)
    good["benchmarks"] = good["benchmarks"][0:3:2]  # a variant's and the control's
    for path in places(good):
        for wrong in (None, True, -1, 1e300, "\ud800", [None], {"\x1b": {}}):
            bad = copy.deepcopy({"whole": good})
            *way, last = ("whole", *path)
            place = bad
            for name in way:
                place = place[name]
            place[last] = wrong
            paths = files(good, bad["whole"])
            if compare_reports.main(paths):
                [line] = capsys.readouterr().err.splitlines()
                assert line.startswith("error: ")
            else:
                capsys.readouterr()


def test_who_stops_reading_gets_no_traceback(files, a, b):
    for one in b["benchmarks"]:
        one["extra_info"]["exact"]["rows"] = 3
        one["extra_info"]["statements"][0]["sql"] = f"SELECT {one['name']} " + "x " * 400
    command = [sys.executable, "-m", "benchmarks.compare_reports", *files(a, b), "--strict"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


# The spread of several runs


def three(*medians):
    """Runs whose ratios of the profile are those, at two sizes, and their wall time ten times."""
    for number, median in enumerate(medians):
        one = report(f"2026-01-0{number + 1}", ladder=True)
        for benchmark in one["benchmarks"]:
            if benchmark["extra_info"]["subject"] == "profile":
                benchmark["extra_info"]["ratio"] = ratio(median)
            benchmark["extra_info"]["noisy"]["wall"]["median"] = 1 + 10 * (median - 1)
        yield one


def test_a_spread_is_the_largest_less_the_smallest_over_the_median(files, capsys):
    assert spread.main(files(*three(1.5, 1.4, 1.6))) == 0
    printed = capsys.readouterr().out
    # A third of the ratios are the profile's, of 1.4 to 1.6; the others do not move.
    assert "paired CPU ratios                 12     0.0 %     0.0 %    13.3 %\n" in printed
    assert "wall times, one by one            16    33.3 %    33.3 %    33.3 %\n" in printed
    assert "- 13.3 %: page_first[1000-profile]\n" in printed
    assert printed.count("13.3 %:") == 4
    assert max(map(len, printed.splitlines())) <= 80


@pytest.mark.parametrize(("limit", "status"), [("13.4", 0), ("13.3", 1), ("0", 1)])
def test_a_median_spread_above_the_limit_fails(files, capsys, limit, status):
    runs = list(three(1.5, 1.4, 1.6))
    for one in runs:
        one["benchmarks"] = [
            b for b in one["benchmarks"] if b["extra_info"]["subject"] == "profile"
        ]
    assert spread.main([*files(*runs), "--at-most", limit]) == status
    assert ("The median 13.3 % is above" in capsys.readouterr().out) == bool(status)


@pytest.mark.parametrize("limit", ["nan", "-1", "inf", "ten"])
def test_a_limit_that_is_none_is_refused(capsys, limit):
    assert "--at-most" in refused(capsys, spread.main, f"--at-most={limit}")


def test_only_cells_that_all_runs_have_make_a_spread(files, capsys):
    runs = list(three(1.5, 1.4, 1.6))
    del info(runs[1])["ratio"]
    assert spread.main(files(*runs)) == 0
    assert "paired CPU ratios                 11 " in capsys.readouterr().out


def test_where_only_the_clients_cpu_is_seen_its_ratios_make_the_spread(files, capsys):
    runs = list(three(1.5, 1.4, 1.6))
    for one in runs:
        for benchmark in one["benchmarks"]:
            benchmark["extra_info"]["noisy"]["backend_cpu"] = None
    assert spread.main(files(*runs)) == 0
    assert "- 13.3 %: page_first[1000-profile]\n" in capsys.readouterr().out


def test_runs_that_make_no_spread_are_refused(files, capsys):
    a, b = three(1.5, 1.4)
    assert "two runs at least" in refused(capsys, spread.main, *files(a))
    assert "there twice" in refused(capsys, spread.main, *files(a, b, a))
    b["run"]["reference"] = "profile"
    assert "different references" in refused(capsys, spread.main, *files(a, b))
    b["run"]["reference"] = "custom"
    for benchmark in b["benchmarks"]:
        benchmark["extra_info"].pop("ratio", None)
    assert "no CPU ratio" in refused(capsys, spread.main, *files(a, b))


def test_by_default_the_newest_three_of_the_same_mode_and_sizes_are_taken(folders, capsys):
    own, _, write = folders
    write(own, "2026-01-03.json", report("2026-01-03"))
    write(own, "2026-01-04.json", report("2026-01-04", sizes=[1000]))
    write(own, "2026-01-05.json", report("2026-01-05") | {"run": {"schema": 0}})
    full = report("2026-01-06")
    full["run"]["mode"] = "full"
    write(own, "2026-01-06.json", full)
    write(own, "2026-01-07.json", report("2026-01-07"))
    assert spread.main([]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.endswith(".json")]
    assert lines == [f"- 2026-01-0{day}, quick: 2026-01-0{day}.json" for day in (7, 3, 2)]


def test_one_run_alone_has_no_spread(folders, capsys):
    own, _, _ = folders
    (own / "2026-01-01.json").unlink()
    assert "two runs at least" in refused(capsys, spread.main)
    (own / "2026-01-02.json").unlink()
    assert "no run yet" in refused(capsys, spread.main)


def test_runs_of_different_code_are_no_pure_noise(files, capsys):
    a, b = three(1.5, 1.4)
    b["run"]["code"] = "other"
    assert spread.main(files(a, b)) == 0
    assert "different code" in capsys.readouterr().out
