"""The report in HTML: one page that opens anywhere, and shows whatever stands in a run."""

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from benchmarks.report import __main__ as report_command
from benchmarks.report import html
from harness.cli import command
from repo_tests.runs import a_check, a_run, info, infos, page_of, read, row_of, text_of, written

HOSTILE = "'; </script><script>alert(1)</script> <img src=x onerror=alert(2)> &amp; {{ x }} \u2028"


@pytest.fixture(scope="module")
def page():
    return page_of(a_run())


def test_every_cells_sql_plan_and_place_stand_in_its_own_part_of_the_page():
    run = a_run()
    info(run)["statements"].append(a_check(calls=23_600))
    page = page_of(run)
    for one in infos(run):
        cell = page.find(id=f"cell-{one['operation']}-{one['players']}-{one['subject']}")
        if one["subject"] == "custom_again":
            assert not cell
            continue
        shown = [code.text for code in cell.find_all("code", class_="sql")]
        assert shown == [statement["sql"] for statement in one["statements"]]
        plans = [pre.text for pre in cell.find_all("pre")]
        assert plans == [statement["plan"] for statement in one["statements"]]
        assert "players/queries.py:20" in text_of(cell)
        assert "Limit, Index Scan" in text_of(cell)
        size = cell.find_parent("details", class_="size")
        assert text_of(size.find("summary")) == f"{one['players']:,} players"
        assert size.find_parent("details").get("id") == f"sql-{one['operation']}"
    check = text_of(page.find(id="cell-register-10000-profile").find_all("li")[-1])
    assert "PostgreSQL itself" in check
    assert "23,600 calls · 3 buffers of the first" in check


def test_each_statement_count_leads_to_its_cell_and_every_link_stays_inside(page):
    links = [a["href"] for a in page.find_all("a")]
    assert {"#cell-register-10000-proxy", "#sql-page_keyset"} <= {*links}
    for link in links:
        assert link.startswith("#")
        assert page.find(id=link[1:]), link


def test_the_page_asks_nothing_of_any_other_host_or_file(page):
    source = html.render(read(a_run()))
    assert not re.findall(r"https?:|url\(|@import|//[a-z]", source.replace("// ", ""))
    loading = ["link", "iframe", "img", "object", "embed", "base", "form", "image", "use"]
    assert not page.find_all(loading)
    assert not page.find_all(attrs={"src": True})
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
    for one in infos(run):
        for statement in one["statements"]:
            statement |= {"sql": HOSTILE, "plan": HOSTILE, "file": HOSTILE}
            statement |= {"node_types": [HOSTILE], "indexes": [HOSTILE]}
    for named in (*run["run"]["operations"].values(), *run["run"]["subjects"].values()):
        named |= {"title": HOSTILE, "what": HOSTILE}
    run["run"] |= {"commit": HOSTILE, "date": HOSTILE, "settings": {HOSTILE: HOSTILE}}
    for step in run["run"]["ladder"]:
        step |= {"title": HOSTILE, "what": HOSTILE, "sql": [HOSTILE]}
    path = written(tmp_path / "run.json", run)
    assert command(report_command.main)([str(path), "--output", str(tmp_path)]) == 0
    page = BeautifulSoup((tmp_path / "report.html").read_text(), "html.parser")
    assert len(page.find_all("script")) == 1
    assert not page.find_all("img")
    assert page.find("code", class_="sql").text == page.find("pre").text == HOSTILE
    lines = (tmp_path / "report.md").read_text().split("\n")
    hostile = [line for line in lines if line.startswith("| ") and "script" in line]
    assert hostile
    assert not [line for line in hostile if re.search(r"(?<!\\)<", line)]


def test_headings_are_in_order_and_reading_it_comes_before_any_table(page):
    levels = [int(heading.name[1]) for heading in page.find_all(["h1", "h2", "h3", "h4"])]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    first = page.find("main").find("section")
    assert first.find("h2").text == "How to read this"
    assert not first.find("table")


def test_every_table_has_a_caption_scopes_and_a_scroller_that_the_keyboard_reaches(page):
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for table in page.find_all("table"):
        assert table.find("caption").text.strip()
        assert all(th.get("scope") for th in table.find_all("th"))
        assert table.parent["tabindex"] == "0"
        assert table.parent["aria-labelledby"] == table.find("caption").find(id=True)["id"]
        widths = {
            sum(int(cell.get("colspan", 1)) for cell in row(["th", "td"]))
            for row in (*table.tbody("tr"), table.thead.tr)
        }
        assert len(widths) == 1
    for chart in page.find_all("svg"):
        assert chart.get("aria-hidden") == "true" or chart["aria-label"].strip()


def test_the_size_is_chosen_without_javascript_and_the_largest_is_chosen_first(page):
    radios = [radio["id"] for radio in page.find_all("input", type="radio")]
    assert radios == ["size-1000", "size-10000"]
    assert page.find("input", checked=True)["id"] == "size-10000"
    style = page.find("style").string
    assert "#verdict:has(#size-1000:checked) #panel-1000{display:block}" in style
    assert page.find(id="panel-1000").find(id="exact-1000")
    alone = page_of(a_run(sizes=[1000]))
    assert not alone.find("input", type="radio")
    assert not alone.find(id="growth")


def test_the_page_has_one_chart_of_buffers_and_one_of_cpu_for_each_operation(page):
    """What they show is held by docs/reference/charts/, which has the same drawings."""
    cards = page.find(id="growth").parent.find_all("div", class_="card")
    assert [card.find("h3").text for card in cards] == ["register", "page keyset"]
    for card in cards:
        titles = [text_of(title) for title in card.find_all("figcaption")]
        assert titles == ["Buffers", "CPU per call"]
        assert len(card.select("figure svg")) == 2
        assert row_of(card.find("table"), "proxy")[:3] == ["2,000", "20,000", "1.00"]
