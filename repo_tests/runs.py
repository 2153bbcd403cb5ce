"""Runs made up for the tests of what reads one: a run's file as plain data, to be spoiled."""

import copy
import json
from pathlib import Path

import msgspec
from bs4 import BeautifulSoup

from benchmarks.report import html
from benchmarks.report.model import Report
from benchmarks.run_file import NOISY, RunFile

MADE_UP = json.loads(Path(__file__).with_name("a_run.json").read_text())
SUBJECTS = MADE_UP["run"]["subjects"]
VARIANTS = {id: one["title"] for id, one in SUBJECTS.items() if one["kind"] == "variant"}
# To the custom user's CPU. The control's quartiles are 0.9 to 1.05: noise of 11 %.
RATIOS = {"proxy": 1.5, "profile": 1.02, "custom_again": 1.0, "floor": 0.2}


def spread(median, low=0.9, high=1.05):
    return {"median": median, "q1": round(median * low, 5), "q3": round(median * high, 5)}


def ratios(median, low=0.9, high=1.05):
    return {name: spread(median, low, high) for name in NOISY}


def a_statement(sql, **changes):
    plan = f"Limit  (rows=1)\n  -> Index Scan for {sql}"
    return {**copy.deepcopy(MADE_UP["statement"]), "sql": sql, "plan": plan, **changes}


def a_check(**changes):
    """A statement that PostgreSQL sent to itself."""
    return a_statement("SELECT 1 FROM ONLY x", file="", line=0, fk_check=True, **changes)


def a_cell(operation, players, subject, rounds=5):
    """The proxy sends two statements, and its buffers are in proportion to players."""
    proxy = subject == "proxy"
    exact = {"statements": 1 + proxy, "round_trips": 1 + proxy, "fk_checks": int(proxy)}
    exact |= {"rows": 50, "temp_blocks": 0, "wal_bytes": 1000}
    exact["buffers"] = players * 2 if proxy else 41
    own = RATIOS.get(subject, 1.02)
    info = {
        "operation": operation,
        "players": players,
        "subject": subject,
        "exact": exact,
        "statements": [a_statement(f"SELECT {n} OF {operation}") for n in range(1 + proxy)],
        "noisy": {name: spread(own * 2e-3) for name in NOISY},
        "samples": {"client_cpu": [1e-3] * rounds, "backend_cpu": [1e-3] * rounds},
        "calls_per_block": 4,
    }
    if subject != "custom":
        info["ratio"] = ratios(own)
    if subject != "floor":
        info["ratio_to_floor"] = ratios(5 * own)
    if subject == "profile_without_index":
        info["ratio_to_base"] = ratios(2.5)
        exact["buffers"] = 4000
    return {"name": f"{operation}[{players}-{subject}]", "extra_info": info}


def a_run(
    sizes=(1000, 10_000),
    operations=("register", "page_keyset"),
    subjects=tuple(SUBJECTS),
    date="2026-11-22T18:00:00+00:00",
    rounds=5,
):
    cells = [
        a_cell(operation, players, subject, rounds)
        for players in sizes
        for operation in operations
        for subject in subjects
    ]
    relations = {"auth_user": {"table": 300, "indexes": {"a_pkey": 200}}}
    stored = {str(n): {"bytes": n * 500, "relations": relations} for n in sizes}
    seeded = {str(n): {"seconds": n / 20_000, "players_per_second": 20_000} for n in sizes}
    on_disk = [id for id in subjects if SUBJECTS[id]["kind"] != "control"]
    run = {
        **copy.deepcopy(MADE_UP["run"]),
        "sizes": list(sizes),
        "operations": {
            id: {"title": id.replace("_", " "), "what": f"what {id} does", "writes": False}
            for id in operations
        },
        "subjects": {id: dict(SUBJECTS[id]) for id in subjects},
        "date": date,
        "storage": {id: dict(stored) for id in on_disk},
        "seeding": {id: dict(seeded) for id in on_disk},
    }
    return {"benchmarks": cells, "run": run}


def small(day=1, sizes=(1000, 10_000), ladder=False):
    """Of an operation for one player and of one for all, whose ratios are given within 4 %."""
    subjects = ("profile", "custom", "custom_again", "floor")
    run = a_run(sizes, ("register", "export"), subjects, f"2026-01-0{day}T10:00:00+00:00", 20)
    if not ladder:
        del run["run"]["ladder"]
    for one in infos(run):
        if "ratio" in one:
            one["ratio"] = ratios(one["ratio"]["cpu"]["median"], 0.96, 1.04)
    return run


def info(run, operation="register", players=10_000, subject="profile"):
    """The part of a run that is one cell's."""
    key = operation, players, subject
    return {(i["operation"], i["players"], i["subject"]): i for i in infos(run)}[key]


def infos(run):
    return [one["extra_info"] for one in run["benchmarks"]]


def written(path, run):
    path.write_text(json.dumps(run))
    return path


def files(folder, *runs):
    return [str(written(folder / f"{number}.json", run)) for number, run in enumerate(runs)]


def read(run):
    return Report(msgspec.convert(run, RunFile, str_keys=True))


def page_of(run):
    return BeautifulSoup(html.render(read(run)), "html.parser")


def text_of(element):
    return " ".join(element.get_text(" ").split())


def row_of(table, title):
    """A row's cells by the title that heads it."""
    rows = table.find("tbody").find_all("tr")
    [row] = [one for one in rows if text_of(one.find("th")) == title]
    return [text_of(cell) for cell in row.find_all("td")]
