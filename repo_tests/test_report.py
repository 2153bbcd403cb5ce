"""The report says what the run says, in all three forms, and opens anywhere."""

import base64
import copy
import csv
import hashlib
import io
import json
import math
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from benchmarks import store
from benchmarks.report import __main__ as command
from benchmarks.report import (
    html,
    markdown,
    markdown_reservations,
    markdown_table,
    spreadsheet,
    verdict_rows,
    words,
)
from benchmarks.report.model import Spread, Verdict, noise_of, read, verdict

ROOT = Path(__file__).resolve().parent.parent
VARIANTS = {"proxy": "proxy", "profile": "profile", "custom": "custom user"}
SUBJECTS = {
    **{id: {"title": title, "what": "…", "kind": "variant"} for id, title in VARIANTS.items()},
    "custom_again": {"title": "custom user, again", "what": "…", "kind": "control"},
    "floor": {"title": "floor", "what": "…", "kind": "floor"},
    "profile_without_index": {
        "title": "profile, no index",
        "what": "…",
        "kind": "alternative",
        "base": "profile",
    },
}
STATEMENTS = {"proxy": 2, "profile": 1, "custom": 1, "floor": 1}
# To the custom user's CPU. The control's quartiles are 0.9 to 1.05: noise of 11 %.
RATIOS = {"proxy": 1.5, "profile": 1.02, "custom_again": 1.0, "floor": 0.2}
HOSTILE = "'; </script><script>alert(1)</script> <img src=x onerror=alert(2)> &amp; {{ x }} \ud83d"


def spread(median, low=0.9, high=1.05):
    return {"median": median, "q1": round(median * low, 5), "q3": round(median * high, 5)}


def a_statement(sql, file, line, **more):
    return {
        "sql": sql,
        "calls": 1,
        "file": file,
        "line": line,
        "fk_check": False,
        "node_types": ["Limit", "Index Scan"],
        "indexes": ["player_name"],
        "estimated_rows": 1,
        "actual_rows": 1.0,
        "buffers": 3,
        "plan": f"Limit  (rows=1)\n  -> Index Scan for {sql}",
        **more,
    }


def a_cell(operation, players, subject):
    """Buffers are in proportion to players for the proxy, flat for the others."""
    variant = subject.removesuffix("_again").removesuffix("_without_index")
    count = STATEMENTS[variant]
    folder = {"floor": "benchmarks"}.get(variant, f"{variant}_variant/players")
    own = RATIOS.get(subject, 1.02)
    noisy = {"client_cpu": spread(own * 1e-3), "backend_cpu": spread(own * 1e-3)}
    info = {
        "operation": operation,
        "players": players,
        "subject": subject,
        "exact": {
            "statements": count,
            "round_trips": count,
            "fk_checks": count - 1,
            "rows": 50,
            "buffers": players * 2 if subject == "proxy" else 40 + count,
            "temp_blocks": 0,
            "wal_bytes": 700,
        },
        "statements": [
            a_statement(f"SELECT {n} OF {operation} {subject} {players}", f"{folder}/q.py", n + 20)
            for n in range(count)
        ],
        "noisy": {**noisy, "cpu": spread(own * 2e-3), "wall": spread(own * 3e-3)},
        "samples": {"client_cpu": [1e-3] * 5, "backend_cpu": [1e-3] * 5},
        "calls_per_block": 4,
        "ratio": {
            "cpu": spread(own),
            "client_cpu": spread(1.1 * own),
            "backend_cpu": spread(1.2 * own),
            "wall": spread(1.3 * own),
        },
        "ratio_to_floor": {"cpu": spread(5 * own), "wall": spread(5 * own)},
    }
    if subject == "custom":
        del info["ratio"]
    if subject == "floor":
        del info["ratio_to_floor"]
    if subject == "profile_without_index":
        info["ratio_to_base"] = {"cpu": spread(2.5)}
        info["exact"]["buffers"] = 4000
    return {
        "group": f"{operation}, {players:,} players",
        "name": f"{operation}[{players}-{subject}]",
        "stats": {"rounds": 5, "data": [3e-3] * 5},
        "extra_info": info,
    }


def a_run(sizes=(1000, 10_000), operations=("register", "by_username"), subjects=tuple(SUBJECTS)):
    storage = {
        str(players): {
            "bytes": players * 500,
            "relations": {
                "auth_user": {"table": players * 300, "indexes": {"a_pkey": players * 200}}
            },
        }
        for players in sizes
    }
    seeding = {str(n): {"seconds": n / 20_000, "players_per_second": 20_000} for n in sizes}
    rung = {
        "title": "the article",
        "what": "As it stands.",
        "statements": 16,
        "commits": 9,
        "hashes": 2,
        "round_trips": 20,
        "sql": ["INSERT INTO the_article"],
        "ratio": {"cpu": spread(1.9), "cpu_without_hash": spread(1.7)},
        "cpu_seconds": spread(0.7),
        "broken_rules": {"4": ["test_all_or_nothing"], "pages": ["test_it_leads_back"]},
    }
    last = {
        "step": "profile",
        "title": "the profile variant",
        "statements": 9,
        "ratio": {"cpu": spread(1.0), "cpu_without_hash": spread(1.0)},
        "broken_rules": {},
    }
    package = {
        "step": "django-allauth",
        "title": "django-allauth",
        "ratio": {"cpu": spread(1.08, 0.95), "cpu_without_hash": spread(1.4)},
        "broken_rules": None,
    }
    return {
        "benchmarks": [
            a_cell(operation, players, subject)
            for players in sizes
            for operation in operations
            for subject in subjects
        ],
        "run": {
            "schema": 1,
            "mode": "full",
            "seed": 1,
            "sizes": list(sizes),
            "operations": {
                id: {"title": id.replace("_", " "), "what": f"what {id} does", "writes": False}
                for id in operations
            },
            "subjects": {id: dict(SUBJECTS[id]) for id in subjects},
            "reference": "custom",
            "control": "custom_again",
            "commit": "c0ffee",
            "changed": True,
            "contract": "abc123",
            "code": "def456",
            "date": "2026-11-22T18:00:00+00:00",
            "seconds": 51.2,
            "machine": {
                "system": "Linux x86_64",
                "cpus": 2,
                "processor": "A Processor",
                "memory_gb": 23,
                "load_before": [0.5, 0.4, 0.3],
                "load_after": [1.5, 1.0, 0.5],
            },
            "versions": {"Python": "3.11.9", "PostgreSQL": "18.6"},
            "settings": {"fsync": "on"},
            "hash": {"algorithm": "pbkdf2_sha256", "iterations": 1000000, "cpu_seconds": 0.398},
            "storage": {id: storage for id in subjects if SUBJECTS[id]["kind"] != "control"},
            "seeding": {id: seeding for id in subjects if SUBJECTS[id]["kind"] != "control"},
            "ladder": [{"step": "article", **rung}, {**rung, **last}, {**rung, **package}],
        },
    }


def without(run, *subjects):
    """The same run, some subjects never measured."""
    run = copy.deepcopy(run)
    run["benchmarks"] = [
        one for one in run["benchmarks"] if one["extra_info"]["subject"] not in subjects
    ]
    for part in ("subjects", "storage", "seeding"):
        run["run"][part] = {k: v for k, v in run["run"][part].items() if k not in subjects}
    return run


def one_variant():
    """As `--variant profile` writes it: the profile is its own reference."""
    run = without(a_run(), "proxy", "custom", "custom_again", "profile_without_index")
    run["run"] |= {"reference": "profile", "control": "profile_again"}
    for one in run["benchmarks"]:
        if one["extra_info"]["subject"] == "profile":
            del one["extra_info"]["ratio"]
    return run


def no_backend_cpu():
    run = a_run()
    for one in run["benchmarks"]:
        info = one["extra_info"]
        info["noisy"]["backend_cpu"] = None
        info["samples"]["backend_cpu"] = [None] * 5
        if "ratio" in info:
            info["ratio"]["backend_cpu"] = None
    return run


def no_ratios():
    run = a_run()
    del run["run"]["reference"], run["run"]["control"]
    for one in run["benchmarks"]:
        for name in ("ratio", "ratio_to_floor", "ratio_to_base"):
            one["extra_info"].pop(name, None)
    return run


def nothing_optional():
    run = a_run(subjects=tuple(VARIANTS))
    keep = {"schema", "operations", "subjects"}
    run["run"] = {name: value for name, value in run["run"].items() if name in keep}
    return run


def holes():
    """Cells are missing, and figures are zero or null."""
    run = a_run()
    del run["benchmarks"][0], run["benchmarks"][7]
    for one in run["benchmarks"][::3]:
        one["extra_info"]["exact"] = dict.fromkeys(one["extra_info"]["exact"], 0)
        one["extra_info"]["noisy"]["cpu"] = None
        if "ratio" in one["extra_info"]:
            one["extra_info"]["ratio"]["cpu"] = None
    return run


PARTIAL = {
    "one variant": one_variant(),
    "one size": a_run(sizes=(1000,)),
    "one operation": a_run(operations=("by_username",)),
    "no control": without(a_run(), "custom_again"),
    "no floor": without(a_run(), "floor"),
    "no alternative": without(a_run(), "profile_without_index"),
    "no backend CPU": no_backend_cpu(),
    "no reference, no ratios": no_ratios(),
    "nothing optional": nothing_optional(),
    "holes": holes(),
}


@pytest.fixture(scope="module")
def run():
    return a_run()


@pytest.fixture(scope="module")
def source(run):
    return html.render(read(run))


@pytest.fixture(scope="module")
def page(source):
    return BeautifulSoup(source, "html.parser")


def written(path, run):
    path.write_text(json.dumps(run))
    return str(path)


def said(element):
    return " ".join(element.get_text(" ").split())


def row_of(table, title):
    """A row's cells by the title that heads it."""
    return next(
        [said(cell) for cell in row.find_all("td")]
        for row in table.find("tbody").find_all("tr")
        if said(row.find("th")) == title
    )


# --- The tie rule --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q1", "q3", "expected"),
    [
        (0.95, 1.05, Verdict.TIE),
        (0.80, 1.30, Verdict.TIE),  # all of the noise is inside
        (1.05, 1.60, Verdict.TIE),  # it only begins inside
        (0.50, 0.95, Verdict.TIE),
        (1.10, 1.20, Verdict.TIE),  # it touches the edge
        (1.11, 1.20, Verdict.MORE),
        (0.50, 1 / 1.1, Verdict.TIE),
        (0.50, 0.90, Verdict.LESS),
    ],
)
def test_a_ratio_is_a_tie_where_its_quartiles_overlap_the_noise(q1, q3, expected):
    assert verdict(Spread(1.0, q1, q3), math.log(1.1) + 1e-12) == expected


def test_noise_reaches_to_both_sides_as_far_as_the_controls_farther_quartile():
    control = {"low": Spread(0.95, 0.8, 1.02), "high": Spread(1.1, 1.01, 1.25)}
    widths, typical = noise_of(control)
    assert widths == {"low": pytest.approx(math.log(1.25)), "high": pytest.approx(math.log(1.25))}
    assert typical == pytest.approx(math.log(1.25))


def test_no_noise_is_narrower_than_the_median_of_all():
    control = {n: Spread(1.0, 1.0, high) for n, high in enumerate((1.001, 1.1, 1.3))}
    widths, typical = noise_of(control)
    assert typical == pytest.approx(math.log(1.1))
    assert [round(math.exp(widths[n]), 3) for n in range(3)] == [1.1, 1.1, 1.3]


def test_each_cell_is_judged_by_the_control_of_its_own_operation_and_size():
    run = a_run()
    for one in run["benchmarks"]:
        if one["name"] == "register[10000-custom_again]":
            one["extra_info"]["ratio"]["cpu"] = spread(1.0, 0.5, 2.0)
    report = read(run)
    verdicts = {
        (cell.operation, cell.players): report.verdict(cell, cell.to_reference["cpu"])
        for cell in report.cells.values()
        if cell.subject == "proxy"
    }
    assert verdicts.pop(("register", 10_000)) == "tie"
    assert set(verdicts.values()) == {"more"}
    rule = " ".join(" ".join(words.tie_rule(report)).split())
    assert "the widest band is 100 %, of “register” at 10,000 players" in rule


def test_without_a_control_nothing_is_called_a_tie_or_a_difference():
    run = PARTIAL["no control"]
    report = read(run)
    cell = report.cells["register", 1000, "profile"]
    assert report.verdict(cell, cell.to_reference["cpu"]) is None
    text = markdown.render(report)
    assert "| tie" not in text.partition("## The ladder")[0]
    assert "This run has no control" in text
    assert "least CPU" not in text
    assert "shaded band" not in html.render(report)


@pytest.mark.parametrize(
    ("proxy", "profile", "winner"),
    [
        (1.5, 2.0, "custom"),
        (1.5, 1.0, ""),  # custom and profile tie
        (0.4, 0.7, "proxy"),
        (0.7, 0.4, "profile"),
        (0.68, 0.7, ""),  # both less, and not apart
        (0.7, 1.5, "proxy"),
    ],
)
def test_a_strategy_wins_where_each_other_one_is_beyond_noise(proxy, profile, winner):
    run = a_run()
    for one in run["benchmarks"]:
        ratio = {"proxy": proxy, "profile": profile}.get(one["extra_info"]["subject"])
        if ratio:
            one["extra_info"]["ratio"]["cpu"] = spread(ratio)
    assert read(run).winner("register", 10_000) == winner


def test_the_rule_is_told_in_words_with_this_runs_noise(page):
    text = said(page.find(id="how-to-read").parent)
    assert "overlaps the band" in text
    assert "half of the controls stay within 11 %" in text


# --- HTML ----------------------------------------------------------------------------------


def test_every_cells_sql_plan_and_place_stand_in_its_own_part_of_the_page(run, page):
    for one in run["benchmarks"]:
        info = one["extra_info"]
        if info["subject"] == "custom_again":
            continue
        cell = page.find(id=f"cell-{info['operation']}-{info['players']}-{info['subject']}")
        assert [code.text for code in cell.find_all("code", class_="sql")] == [
            statement["sql"] for statement in info["statements"]
        ]
        assert [pre.text for pre in cell.find_all("pre")] == [
            statement["plan"] for statement in info["statements"]
        ]
        places = [f"{statement['file']}:{statement['line']}" for statement in info["statements"]]
        assert [code.text for code in cell.select(".place code")] == places
        assert "Limit, Index Scan" in said(cell)
        size = cell.find_parent("details", class_="size")
        assert said(size.find("summary")) == f"{info['players']:,} players"
        assert size.find_parent("details").get("id") == f"sql-{info['operation']}"


def test_a_foreign_key_check_is_postgresqls_and_shows_its_first_plan():
    run = a_run()
    check = a_statement("SELECT 1 FROM ONLY x", "", 0, fk_check=True, calls=23_600)
    run["benchmarks"][0]["extra_info"]["statements"].append(check)
    page = BeautifulSoup(html.render(read(run)), "html.parser")
    last = page.find(id="cell-register-1000-proxy").find_all("li")[-1]
    assert "PostgreSQL itself" in said(last)
    assert "23,600 calls" in said(last)
    assert "3 buffers of the first" in said(last)


def test_each_statement_count_leads_to_its_cell_and_every_link_stays_inside(page):
    links = [a["href"] for a in page.find_all("a")]
    assert "#cell-register-10000-proxy" in links
    assert "#sql-by_username" in links
    for link in links:
        assert link.startswith("#")
        assert page.find(id=link[1:]), link


def test_the_page_asks_nothing_of_any_other_host_or_file(source, page):
    assert not re.findall(r"https?:|url\(|@import|//[a-z]", source.replace("// ", ""))
    loading = ["link", "iframe", "img", "object", "embed", "base", "form", "image", "use"]
    assert not page.find_all(loading)
    assert not page.find_all(attrs={"src": True})


def test_style_and_script_are_those_that_the_policy_names(page):
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy
    for name in ("style", "script"):
        [element] = page.find_all(name)
        digest = base64.b64encode(hashlib.sha256(element.string.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not page.find_all(attrs={"style": True})
    assert not [e for e in page.find_all(True) if any(name.startswith("on") for name in e.attrs)]


def test_hostile_text_is_shown_and_never_part_of_the_page(tmp_path):
    run = a_run()
    for one in run["benchmarks"]:
        for statement in one["extra_info"]["statements"]:
            statement |= {"sql": HOSTILE, "plan": HOSTILE, "file": HOSTILE}
            statement |= {"node_types": [HOSTILE], "indexes": [HOSTILE]}
    for words_of_run in (run["run"]["operations"], run["run"]["subjects"]):
        for one in words_of_run.values():
            one |= {"title": HOSTILE, "what": HOSTILE}
    run["run"] |= {"commit": HOSTILE, "date": HOSTILE, "settings": {HOSTILE: HOSTILE}}
    for step in run["run"]["ladder"]:
        step |= {"title": HOSTILE, "what": HOSTILE, "sql": [HOSTILE]}
    assert command.main([written(tmp_path / "run.json", run), "--output", str(tmp_path)]) == 0
    page = BeautifulSoup((tmp_path / "report.html").read_text(), "html.parser")
    assert len(page.find_all("script")) == 1
    assert not page.find_all("img")
    shown = HOSTILE.replace("\ud83d", "?")
    assert page.find("code", class_="sql").text == shown
    assert page.find("pre").text == shown
    tables = [
        line
        for line in (tmp_path / "report.md").read_text().splitlines()
        if line.startswith("| ") and "script" in line
    ]
    assert tables
    assert not [line for line in tables if re.search(r"(?<!\\)<", line)]


def test_reading_it_comes_before_any_table_and_headings_are_in_order(page):
    parts = [
        section.find(["h2"]).text
        for section in page.find("main").find_all("section", recursive=False)
    ]
    assert parts == [
        *("How to read this", "Verdict", "In words", "Growth", "Statements and buffers"),
        *("The ladder", "Alternatives inside a strategy", "Storage", "SQL and plans"),
        "Provenance",
    ]
    assert not page.find("table").find_parent("section").find(id="how-to-read")
    levels = [int(heading.name[1]) for heading in page.find_all(["h1", "h2", "h3", "h4"])]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_scopes_and_a_scroller_that_the_keyboard_reaches(page):
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for table in page.find_all("table"):
        assert table.find("caption").text.strip()
        assert all(th.get("scope") for th in table.find_all("th"))
        scroller = table.parent
        assert scroller["tabindex"] == "0"
        assert scroller["aria-labelledby"] == table.find("caption").find(id=True)["id"]
        widths = {
            sum(int(cell.get("colspan", 1)) for cell in row.find_all(["th", "td"]))
            for row in table.find("tbody").find_all("tr")
        }
        assert len(widths) == 1
    for chart in page.find_all("svg"):
        assert chart.get("aria-hidden") == "true" or chart["aria-label"].strip()


def test_the_size_is_chosen_without_javascript_and_the_largest_is_chosen_first(page):
    assert [radio["id"] for radio in page.find_all("input", type="radio")] == [
        "size-1000",
        "size-10000",
    ]
    assert page.find("input", checked=True)["id"] == "size-10000"
    style = page.find("style").string
    assert "#verdict:has(#size-1000:checked) #panel-1000{display:block}" in style
    assert page.find(id="panel-1000").find(id="exact-1000")


def test_one_size_needs_no_choice_and_has_no_curve():
    page = BeautifulSoup(html.render(read(PARTIAL["one size"])), "html.parser")
    assert not page.find("input", type="radio")
    assert not page.find(id="growth")


def test_the_page_has_one_chart_of_buffers_and_one_of_cpu_for_each_operation(page):
    cards = page.find(id="growth").parent.find_all("div", class_="card")
    assert [card.find("h3").text for card in cards] == ["register", "by username"]
    for card in cards:
        assert [said(title) for title in card.find_all("figcaption")] == [
            "Buffers",
            "CPU per call",
        ]
        for chart in card.select("figure svg"):
            labels = [text.text for text in chart.select("text.label")]
            assert sorted(labels) == ["custom user", "floor", "profile", "proxy"]
            assert len(chart.select("path.line")) == 4
        buffers = said(card.select("figure .note")[0])
        assert buffers.startswith("In proportion to N: proxy (1.00). Flat: profile (0.00)")
        assert "At 10,000 players: proxy 20,000" in buffers
        assert row_of(card.find("table"), "proxy")[:3] == ["2,000", "20,000", "1.00"]


def test_a_subject_has_the_same_colour_whatever_else_was_measured(page):
    def looks(page):
        drawn = page.select(".subjects li")
        return {said(one.find("strong")): one.select_one(".marker")["class"] for one in drawn}

    alone = BeautifulSoup(html.render(read(one_variant())), "html.parser")
    assert looks(alone).items() <= looks(page).items()
    assert looks(page)["profile"] != looks(page)["proxy"] != looks(page)["custom user"]
    assert looks(page)["profile, no index"] == [*looks(page)["profile"], "hollow"]
    run = a_run()
    run["run"]["subjects"]["floor"] |= {"kind": "alternative", "base": "profile_without_index"}
    run["run"]["subjects"]["profile_without_index"]["base"] = "proxy"
    of_two = looks(BeautifulSoup(html.render(read(run)), "html.parser"))
    assert of_two["floor"] == of_two["profile, no index"] == [*of_two["proxy"], "hollow"]


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(part * weight for part, weight in zip(parts, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_has_contrast_on_every_ground(scheme):
    style = (html.TEMPLATES / "report.css").read_text()
    block = re.findall(r":root \{.*?\}", style, re.DOTALL)[scheme == "dark"]
    colours = dict(re.findall(r"--(\w+): (#\w+);", block))
    colours = {
        n: c if len(c) != 4 else "#" + "".join(d * 2 for d in c[1:]) for n, c in colours.items()
    }
    grounds = [luminance(colours[name]) for name in ("paper", "panel")]
    for name in ("ink", "soft", "link", "proxy", "profile", "custom", "floor", "plain"):
        for ground in grounds:
            high, low = sorted((luminance(colours[name]), ground), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, name


# --- The three forms say the same -----------------------------------------------------------


def test_the_verdict_is_the_same_in_html_markdown_and_csv(run, page):
    report = read(run)
    text = markdown.render(report)
    rows = list(csv.DictReader(io.StringIO(spreadsheet.render(report))))
    for row in verdict_rows(run):
        cells = {
            one["subject"]: one
            for one in rows
            if (one["operation"], one["players"]) == (row.operation, "10000")
        }
        assert row.counts["statements"] == "2 / 1 / 1"
        assert row.counts["fk_checks"] == "1 / 0 / 0"
        assert row.counts["buffers"] == "20,000 / 41 / 41"
        assert row.ratios == {"proxy": "1.50 (1.35–1.57)", "profile": "tie (1.02, 0.92–1.07)"}
        values = [row.title, *row.counts.values(), *row.ratios.values()]
        assert f"| {' | '.join(values)} |" in text
        exact = row_of(page.find(id="exact-10000"), row.title)
        assert exact == [n for metric in row.counts.values() for n in metric.split(" / ")]
        timed = row_of(page.find(id="noisy-10000"), row.title)
        assert timed[:2] == ["1.50 1.35–1.57", "tie 1.02, 0.92–1.07"]
        assert timed[2:4] == ["1.00 0.90–1.05", "0.20 0.18–0.21"]  # they are no rivals
        assert timed[-3:-1] == ["±11 %", "5"]
        assert [cells[id]["statements"] for id in VARIANTS] == ["2", "1", "1"]
        assert [cells[id]["buffers_of_8_kib"] for id in VARIANTS] == ["20000", "41", "41"]
        assert cells["proxy"]["cpu_ratio_to_reference_median"] == "1.5"
        assert [cells[id]["cpu_verdict"] for id in VARIANTS] == ["more", "tie", ""]


def test_the_readmes_table_stands_alone_and_says_what_the_report_says(run):
    heading, _, *rows = markdown_table(run).split("\n")
    assert heading == (
        "| operation: proxy / profile / custom user | statements | FK checks | buffers"
        " | CPU: proxy ÷ custom user | CPU: profile ÷ custom user |"
    )
    assert rows == [
        f"| {row.title} | 2 / 1 / 1 | 1 / 0 / 0 | 20,000 / 41 / 41"
        f" | {row.ratios['proxy']} | {row.ratios['profile']} |"
        for row in verdict_rows(run)
    ]


def test_the_sentences_slopes_ladder_storage_and_provenance_are_the_same(run, page):
    text = re.sub(r"\\(.)", r"\1", markdown.render(read(run)))
    for about, sentence in words.verdict(read(run)):
        assert f"- **{about}.** {' '.join(sentence.split())}" in text
        assert f"{about}. {' '.join(sentence.split())}" in said(page.find(id="in-words").parent)
    for id in ("slopes", "ladder", "alternative-profile_without_index", "storage", "provenance"):
        table = page.find(id=id)
        assert said(table.find("caption")) in text
        for row in table.find("tbody").find_all("tr"):
            cells = [
                said(cell).replace(said(small), f"({said(small)})")
                if (small := cell.find("small"))
                else said(cell)
                for cell in row.find_all(["th", "td"])
            ]
            assert f"| {' | '.join(cells)} |" in text


def test_the_csv_has_a_row_a_cell_with_everything_that_was_measured(run):
    rows = list(csv.DictReader(io.StringIO(spreadsheet.render(read(run)))))
    assert len(rows) == len(run["benchmarks"])
    by_name = {f"{r['operation']}[{r['players']}-{r['subject']}]": r for r in rows}
    for one in run["benchmarks"]:
        info, row = one["extra_info"], by_name[one["name"]]
        for name, value in info["exact"].items():
            assert int(row[spreadsheet.UNITS.get(name, name)]) == value
        for name, figures in info["noisy"].items():
            for part, value in figures.items():
                assert float(row[f"{name}_seconds_{part}"]) == value
        for kind, to in (
            ("ratio", "reference"),
            ("ratio_to_floor", "floor"),
            ("ratio_to_base", "base"),
        ):
            for name, figures in info.get(kind, {}).items():
                for part, value in figures.items():
                    assert float(row[f"{name}_ratio_to_{to}_{part}"]) == value
        assert (row["rounds"], row["calls_per_block"]) == ("5", "4")


def test_what_the_report_says_in_sentences_is_computed_from_the_figures(run):
    found = dict(words.verdict(read(run)))
    assert "The most are sent by proxy in 2." in found["Statements"]
    assert (
        "No other strategy ever sends fewer than profile and custom user." in found["Statements"]
    )
    assert "“register” 1 / 0 / 0; “by username” 1 / 0 / 0" in found["Foreign-key checks"]
    assert "more in 2 (1.50 to 1.50 times" in found["CPU of proxy"]
    profile = found["CPU of profile"]
    assert "not told apart by this run in 2 (“register”, “by username”)" in profile
    assert "No single winner in 2" in found["The least CPU"]
    assert "Not alike in all strategies: “register”, “by username”" in found["Growth"]
    assert "proxy 5\u00a0MB, profile 5\u00a0MB and custom user 5\u00a0MB" in found["On disk"]
    assert "99\u00a0% of it" in found["Hashing"].replace(" %", "\u00a0%")
    assert "half of the controls stay within 11" in found["Noise"]


def test_an_operation_that_compares_no_strategies_is_shown_with_a_note_and_concluded_from_never():
    run = a_run(operations=("per_birth_year", "by_username"))
    found = dict(words.verdict(read(run)))
    assert "in 1 operation: more in 1 (“by username”" in found["CPU of proxy"]
    assert "per birth year" not in found["The least CPU"] + found["CPU of profile"]
    note = "“per birth year” measures how the count is asked, not the strategies"
    text = markdown.render(read(run))
    assert "| per birth year |" in text
    assert note in text
    assert note in said(BeautifulSoup(html.render(read(run)), "html.parser").find(id="verdict"))
    assert [one for one in markdown_reservations(run) if one.startswith(note)]
    assert "how the count is asked" not in markdown.render(read(a_run()))


def test_buffers_that_point_the_other_way_and_temp_blocks_are_pointed_out():
    run = a_run()
    for one in run["benchmarks"]:
        info = one["extra_info"]
        if info["subject"] == "proxy" and info["operation"] == "register":
            info["exact"] |= {"buffers": 5, "temp_blocks": 28_000}
    found = dict(words.verdict(read(run)))
    assert found["Buffers are not time"] == (
        "In “register” proxy looks at 5 where custom user looks at 41, "
        "and takes 1.50 times its CPU."
    )
    assert found["Temp blocks"] == "A sort or a hash left memory in “register” by proxy (28,000)."


def test_a_busy_machine_is_told(run):
    busy = copy.deepcopy(run)
    busy["run"]["machine"]["load_after"] = [5.1, 3.0, 2.0]
    assert "its load was 5.1 on 2 CPUs" in dict(words.verdict(read(busy)))["Noise"]


def test_an_alternative_stands_beside_its_base(page):
    row = row_of(page.find(id="alternative-profile_without_index"), "register")
    assert row == ["1", "0", "41 → 4,000", "0", "700", "2.50 2.25–2.62"]


def test_the_ladders_last_rung_is_its_control(page):
    table = page.find(id="ladder")
    assert row_of(table, "the article")[5:7] == ["1.90 1.71–2.00", "1.70 1.53–1.78"]
    assert row_of(table, "the profile variant")[5:7] == ["1.00 0.90–1.05"] * 2
    assert row_of(table, "django-allauth")[5:7] == ["tie 1.08, 1.03–1.13", "1.40 1.26–1.47"]
    run = a_run()
    run["run"]["ladder"][1]["ratio"] = {
        "cpu": spread(1, 1, 1),
        "cpu_without_hash": spread(1, 1, 1),
    }
    run["run"]["ladder"][2]["ratio"]["cpu"] = spread(1.05)
    once = BeautifulSoup(html.render(read(run)), "html.parser").find(id="ladder")
    assert row_of(once, "django-allauth")[5] == "1.05 0.94–1.10"


def test_the_ladder_names_what_each_rung_breaks(page):
    assert row_of(page.find(id="ladder"), "the article")[0] == "16"
    assert row_of(page.find(id="ladder"), "the article")[-1] == "4, pages"
    assert row_of(page.find(id="ladder"), "the profile variant")[-1] == "none"
    assert row_of(page.find(id="ladder"), "django-allauth")[-1] == "not asked"
    steps = said(page.find(id="ladder-steps").parent)
    assert "rule 4: all or nothing" in steps
    assert "INSERT INTO the_article" in steps


# --- Runs that lack something ---------------------------------------------------------------


@pytest.mark.parametrize("name", PARTIAL)
def test_a_run_that_lacks_something_still_makes_a_report(name, tmp_path, capsys):
    run = written(tmp_path / "run.json", PARTIAL[name])
    assert command.main([run, "--output", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("report.csv", "report.html", "report.md")
    ]
    for path in (tmp_path / "out").iterdir():
        text = path.read_text()
        assert not re.search(r"\bNone\b|\bnan\b|\binf\b", text)
    page = BeautifulSoup((tmp_path / "out" / "report.html").read_text(), "html.parser")
    assert page.find(id="exact-1000")
    assert capsys.readouterr().err == ""


def test_client_cpu_alone_is_never_called_cpu():
    text = markdown.render(read(no_backend_cpu()))
    assert "client CPU: proxy ÷ custom user" in text
    assert not re.search(
        r"(?<!client )CPU( of|: proxy| per call)", text.replace("Client", "client")
    )


# --- The command ----------------------------------------------------------------------------


def test_it_writes_the_three_files_and_says_so_in_80_columns(run, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path / "run.json", run)
    assert command.main([path, "--output", "out/deep"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "run.json became, in out/deep/:"
    assert [line.split()[0] for line in lines[1:]] == ["report.html", "report.md", "report.csv"]
    assert max(map(len, lines)) <= 80
    assert len(list((tmp_path / "out" / "deep").iterdir())) == 3


def test_the_newest_run_is_taken_and_the_same_run_makes_the_same_bytes(run, tmp_path):
    script = (
        "import sys; from pathlib import Path; from benchmarks import store;"
        "store.RESULTS = Path(sys.argv[1]); from benchmarks.report.__main__ import main;"
        "sys.exit(main(['--output', sys.argv[2]]))"
    )
    (tmp_path / "2026-01-01.json").write_text("broken")
    written(tmp_path / "2026-02-02.json", run)
    outputs = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "LANG": "C", "TZ": f"UTC{seed}"},
            check=True,
            capture_output=True,
        )
        outputs.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) == 3


def broken(name, tmp_path):
    run = a_run()
    match name:
        case "is not there":
            return str(tmp_path / "nowhere.json")
        case "is cut off":
            (tmp_path / "run.json").write_text(json.dumps(run)[:-9])
            return str(tmp_path / "run.json")
        case "is another file":
            run = {"benchmarks": []}
        case "has another schema":
            run["run"]["schema"] = 99
        case "has no cell":
            run["benchmarks"] = []
        case "has a cell of a subject that it does not know":
            del run["run"]["subjects"]["proxy"]
        case "has a cell without its counts":
            del run["benchmarks"][0]["extra_info"]["exact"]
        case "has text for a number":
            run["benchmarks"][0]["extra_info"]["exact"]["rows"] = "many"
    return written(tmp_path / "run.json", run)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("is not there", "there is no report"),
        ("is cut off", "cut off"),
        ("is another file", "no report of"),
        ("has another schema", "schema 99"),
        ("has no cell", "no cell"),
        ("has a cell of a subject that it does not know", "proxy"),
        ("has a cell without its counts", "exact"),
        ("has text for a number", "many"),
    ],
)
def test_a_run_that_is_none_is_one_line_and_status_2(name, reason, tmp_path, capsys):
    out = tmp_path / "out"
    assert command.main([broken(name, tmp_path), "--output", str(out)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert reason in said.err
    assert not out.exists()


def test_no_run_at_all_is_one_line_and_status_2(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    assert command.main([]) == 2
    assert capsys.readouterr().err.startswith("error: there is no run yet")


@pytest.mark.parametrize("arguments", [["--colour"], ["--output"], ["a.json", "b.json"]])
def test_an_unknown_option_is_one_line_and_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_line_and_status_2(run, tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    path = written(tmp_path / "run.json", run)
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        assert command.main([path, "--output", str(folder)]) == 2
        said = capsys.readouterr().err
        assert "cannot be written" in said
        assert said.count("\n") == 1
    assert (tmp_path / "file").read_text() == "not a folder"


def test_where_one_file_cannot_be_written_the_old_report_stays_whole(tmp_path, monkeypatch):
    command.write(tmp_path, {"report.html": "old", "report.md": "old"})
    write = Path.write_bytes

    def full_disk(self, data):
        if self.name == "report.md":
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space"):
        command.write(tmp_path, {"report.html": "new", "report.md": "new"})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "report.html": "old",
        "report.md": "old",
    }
