"""The report says what the run says, in all three forms, and opens anywhere."""

import csv
import io
import os
import re
import subprocess
import sys

import pytest

from benchmarks import run_file
from benchmarks.publish import readme_block
from benchmarks.report import __main__ as report_command
from benchmarks.report import document, html, sentences, spreadsheet
from benchmarks.report.model import Report
from harness.variants import ROOT
from repo_tests.runs import (
    VARIANTS,
    a_run,
    info,
    infos,
    page_of,
    ratios,
    read,
    row_of,
    spread,
    text_of,
    written,
)
from repo_tests.test_run_file import refused


def in_words(run):
    return dict(sentences.verdict(read(run)))


def without(run, *subjects):
    """The same run, some subjects never measured."""
    run["benchmarks"] = [
        one for one in run["benchmarks"] if one["extra_info"]["subject"] not in subjects
    ]
    return run


def one_variant_at_one_size():
    """As `--variant profile --sizes 1000` writes it: the profile is its own reference."""
    run = without(a_run((1000,)), "proxy", "custom", "custom_again", "profile_without_index")
    run["run"] |= {"reference": "profile", "control": "profile_again"}
    for one in infos(run):
        if one["subject"] == "profile":
            del one["ratio"]
    return run


def only_the_clients_cpu():
    """PostgreSQL is on another machine; and there is no control."""
    run = without(a_run(), "custom_again")
    for one in infos(run):
        one["noisy"]["backend_cpu"] = None
        one["samples"]["backend_cpu"] = [None] * 5
        if "ratio" in one:
            one["ratio"]["backend_cpu"] = None
    return run


def nothing_optional():
    """Nor is there a floor, a cell of the first operation, a buffer, or a CPU time."""
    run = a_run(subjects=tuple(VARIANTS))
    del run["benchmarks"][0]
    for name in ("hash", "seconds", "storage", "seeding", "ladder"):
        del run["run"][name]
    for one in infos(run):
        for name in ("ratio", "ratio_to_floor"):
            one.pop(name, None)
        one["exact"]["buffers"] = 0
        one["noisy"]["cpu"] = None
    run["run"] |= {"machine": {}, "commit": "", "reference": "", "control": ""}
    return run


PARTIAL = {
    "one variant": one_variant_at_one_size(),
    "no control": only_the_clients_cpu(),
    "nothing optional": nothing_optional(),
}


@pytest.fixture(scope="module")
def run():
    return a_run()


@pytest.fixture(scope="module")
def page(run):
    return page_of(run)


# --- What is a tie -------------------------------------------------------------------------


def test_each_cell_is_judged_by_the_control_of_its_own_operation_and_size():
    run = a_run()
    info(run, subject="custom_again")["ratio"] = ratios(1.0, 0.5, 2.0)
    page = page_of(run)
    assert row_of(page.find(id="noisy-10000"), "register")[0] == "tie 1.50, 1.35–1.57"
    assert row_of(page.find(id="noisy-1000"), "register")[0] == "1.50 1.35–1.57"
    assert row_of(page.find(id="noisy-10000"), "page keyset")[0] == "1.50 1.35–1.57"
    text = text_of(page.find(id="how-to-read").parent)
    assert "overlaps the band" in text
    assert "half of the controls stay within 11 %" in text
    assert "the widest band is 100 %, of “register” at 10,000 players" in text


def test_without_a_control_nothing_is_called_a_tie_or_a_difference():
    text = document.render(read(PARTIAL["no control"]))
    assert "| tie" not in text.partition("## The ladder")[0]
    assert "This run has no control" in text
    assert "least CPU" not in text
    assert "shaded band" not in html.render(read(PARTIAL["no control"]))


@pytest.mark.parametrize(
    ("proxy", "profile", "winner"),
    [
        (1.5, 2.0, "custom user"),
        (1.5, 1.0, ""),  # custom and profile tie
        (0.4, 0.7, "proxy"),
        (0.7, 0.4, "profile"),
        (0.68, 0.7, ""),  # both less, and not apart
        (0.7, 1.5, "proxy"),
    ],
)
def test_a_strategy_wins_where_each_other_one_is_beyond_noise(proxy, profile, winner):
    run = a_run(operations=["register"])
    info(run, subject="proxy")["ratio"] = ratios(proxy)
    info(run, subject="profile")["ratio"] = ratios(profile)
    told = f"{winner} in 1 (“register”)" if winner else "No single winner in 1 (“register”)."
    assert told in in_words(run)["The least CPU"]


# --- The forms say the same -----------------------------------------------------------------


def test_the_verdict_is_the_same_in_html_markdown_csv_and_readme(run, page):
    report = read(run)
    rows = list(csv.DictReader(io.StringIO(spreadsheet.render(report))))
    for operation, title in (("register", "register"), ("page_keyset", "page keyset")):
        cpu = "1.50 (1.35–1.57) | tie (1.02, 0.92–1.07)"
        line = f"| {title} | 2 / 1 / 1 | 1 / 0 / 0 | 2 / 1 / 1 | 20,000 / 41 / 41 | {cpu} |"
        assert line in document.render(report)
        readme = f"| {title} | 2 / 1 / 1 | 1 / 0 / 0 | 20,000 / 41 / 41 | {cpu} |"
        assert readme in readme_block(report)
        exact = row_of(page.find(id="exact-10000"), title)
        assert exact == [*"211", *"100", *"211", "20,000", "41", "41"]
        timed = row_of(page.find(id="noisy-10000"), title)
        assert timed[:2] == ["1.50 1.35–1.57", "tie 1.02, 0.92–1.07"]
        assert timed[2:4] == ["1.00 0.90–1.05", "0.20 0.18–0.21"]  # they are no rivals
        assert timed[-3:-1] == ["±11 %", "5"]
        of = operation, "10000"
        cells = {one["subject"]: one for one in rows if (one["operation"], one["players"]) == of}
        assert [cells[id]["buffers_of_8_kib"] for id in VARIANTS] == ["20000", "41", "41"]
        assert cells["proxy"]["cpu_ratio_to_reference_median"] == "1.5"
        assert [cells[id]["cpu_verdict"] for id in VARIANTS] == ["more", "tie", ""]


def test_the_readme_shows_the_published_run():
    published = Report.read(run_file.published())
    assert readme_block(published) in (ROOT / "README.md").read_text()


def test_the_sentences_slopes_ladder_storage_and_provenance_are_the_same(run):
    text = re.sub(r"\\(.)", r"\1", document.render(read(run)))
    page = page_of(run)
    for about, sentence in sentences.verdict(read(run)):
        assert f"- **{about}.** {' '.join(sentence.split())}" in text
        assert f"{about}. {' '.join(sentence.split())}" in text_of(page.find(id="in-words").parent)
    for id in ("slopes", "ladder", "alternative-profile_without_index", "storage", "provenance"):
        table = page.find(id=id)
        assert text_of(table.find("caption")) in text
        for small in table.find_all("small"):
            small.string = f"({small.text})"
        for row in table.find("tbody").find_all("tr"):
            assert f"| {' | '.join(text_of(cell) for cell in row(['th', 'td']))} |" in text


def test_the_csv_has_a_row_a_cell_with_everything_that_was_measured(run):
    rows = csv.DictReader(io.StringIO(spreadsheet.render(read(run))))
    by_key = {(row["operation"], row["players"], row["subject"]): row for row in rows}
    assert len(by_key) == len(run["benchmarks"])
    row = by_key["register", "10000", "profile_without_index"]
    one = info(run, subject="profile_without_index")
    assert [int(row[spreadsheet.UNITS.get(name, name)]) for name in one["exact"]] == [
        *one["exact"].values()
    ]
    for key, heading in (("noisy", "seconds"), ("ratio", "ratio_to_reference")):
        for name in run_file.NOISY:
            assert float(row[f"{name}_{heading}_q3"]) == one[key][name]["q3"]
    assert float(row["cpu_ratio_to_floor_q1"]) == one["ratio_to_floor"]["cpu"]["q1"]
    assert float(row["cpu_ratio_to_base_q1"]) == one["ratio_to_base"]["cpu"]["q1"]
    assert (row["rounds"], row["calls_per_block"], row["kind"]) == ("5", "4", "alternative")


def test_what_the_report_says_in_sentences_is_computed_from_the_figures(run):
    found = in_words(run)
    assert "The most are sent by proxy in 2." in found["Statements"]
    assert "ever sends fewer than profile and custom user." in found["Statements"]
    assert "“register” 1 / 0 / 0; “page keyset” 1 / 0 / 0" in found["Foreign-key checks"]
    assert "more in 2 (1.50 to 1.50 times" in found["CPU of proxy"]
    assert "not told apart by this run in 2 (“register”, “page" in found["CPU of profile"]
    assert "No single winner in 2" in found["The least CPU"]
    assert "Not alike in all strategies: “register”, “page keyset”" in found["Growth"]
    assert "proxy 5\u00a0MB, profile 5\u00a0MB and custom user 5\u00a0MB" in found["On disk"]
    assert "99 % of it" in found["Hashing"]
    assert "half of the controls stay within 11" in found["Noise"]


def test_an_operation_that_compares_no_strategies_is_shown_with_a_note_and_concluded_from_never():
    run = a_run(operations=("per_birth_year", "page_keyset"))
    found = in_words(run)
    assert "in 1 operation: more in 1 (“page keyset”" in found["CPU of proxy"]
    assert "per birth year" not in found["The least CPU"] + found["CPU of profile"]
    note = "“per birth year” measures how the count is asked, not the strategies"
    assert "| per birth year |" in document.render(read(run))
    assert note in document.render(read(run))
    assert note in text_of(page_of(run).find(id="verdict"))
    assert note in readme_block(read(run))
    assert note not in document.render(read(a_run()))


def test_buffers_that_point_the_other_way_temp_blocks_and_a_busy_machine_are_pointed_out():
    run = a_run()
    info(run, subject="proxy")["exact"] |= {"buffers": 5, "temp_blocks": 28_000}
    run["run"]["machine"]["load_after"] = [5.1, 3.0, 2.0]
    found = in_words(run)
    assert found["Buffers are not time"] == (
        "In “register” proxy looks at 5 where custom user looks at 41, "
        "and takes 1.50 times its CPU."
    )
    assert found["Temp blocks"] == "A sort or a hash left memory in “register” by proxy (28,000)."
    assert "its load was 5.1 on 2 CPUs" in found["Noise"]


def test_an_alternative_stands_beside_its_base(page):
    row = row_of(page.find(id="alternative-profile_without_index"), "register")
    assert row == ["1", "0", "41 → 4,000", "0", "1,000", "2.50 2.25–2.62"]


def test_the_ladders_last_rung_is_its_control_and_each_rung_names_what_it_breaks(page):
    table = page.find(id="ladder")
    assert row_of(table, "the article")[5:] == ["1.90 1.71–2.00", "1.70 1.53–1.78", "4, pages"]
    assert row_of(table, "the profile variant")[5:] == [*["1.00 0.90–1.05"] * 2, "none"]
    assert row_of(table, "django-allauth")[5:] == [
        *("tie 1.08, 1.03–1.13", "1.40 1.26–1.47", "not asked")
    ]
    steps = text_of(page.find(id="ladder-steps").parent)
    assert "rule 4: all or nothing" in steps
    assert "INSERT INTO the_article" in steps
    run = a_run()
    once = {"cpu": spread(1, 1, 1), "cpu_without_hash": spread(1, 1, 1)}
    run["run"]["ladder"][1]["ratio"] = once
    assert row_of(page_of(run).find(id="ladder"), "django-allauth")[5] == "1.08 1.03–1.13"


@pytest.mark.parametrize("name", PARTIAL)
def test_a_run_that_lacks_something_still_makes_a_report(name):
    report = read(PARTIAL[name])
    for text in (html.render(report), document.render(report), spreadsheet.render(report)):
        assert not re.search(r"\bNone\b|\bnan\b|\binf\b", text)


def test_client_cpu_alone_is_never_called_cpu():
    text = document.render(read(only_the_clients_cpu()))
    assert "client CPU: proxy ÷ custom user" in text
    alone = r"(?<!client )CPU( of|: proxy| per call)"
    assert not re.search(alone, text.replace("Client", "client"))


# --- The command ----------------------------------------------------------------------------


def test_the_newest_run_becomes_three_files_which_are_the_same_bytes_again(run, tmp_path):
    script = (
        "import sys; from pathlib import Path; from benchmarks import run_file;"
        "run_file.RESULTS = Path(sys.argv.pop(1)); from benchmarks.report.__main__ import main;"
        "from harness.cli import run; run(main)"
    )
    (tmp_path / "2026-01-01.json").write_text("broken")
    written(tmp_path / "2026-02-02.json", run)
    outputs = []
    for seed in ("1", "2"):
        folder = tmp_path / seed / "deep"
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), "--output", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "LANG": "C", "TZ": f"UTC{seed}"},
            check=True,
            capture_output=True,
            text=True,
        )
        outputs.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert sorted(outputs[0]) == ["report.csv", "report.html", "report.md"]
    assert outputs[0] == outputs[1]


def test_no_run_an_unknown_option_or_a_folder_that_cannot_be_written_is_one_line(
    run, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(run_file, "RESULTS", tmp_path / "none")
    assert "there is no run yet" in refused(capsys, report_command.main)
    for arguments in (["--colour"], ["--output"], ["a.json", "b.json"]):
        refused(capsys, report_command.main, *arguments)
    (tmp_path / "file").write_text("not a folder")
    path = written(tmp_path / "run.json", run)
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        assert "file" in refused(capsys, report_command.main, path, "--output", folder)
    assert (tmp_path / "file").read_text() == "not a folder"
