"""The report says what the run says, in all three forms, and opens anywhere.

Its sentences and tables are held to the letter by docs/reference/timings.md, which shows those of
the published run: here stands what that run does not show, and that the other forms say the same.
"""

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


# --- What is a tie -------------------------------------------------------------------------


def test_each_cell_is_judged_by_the_control_of_its_own_operation_and_size():
    run = a_run()
    info(run, subject="custom_again")["ratio"] = ratios(1.0, 0.5, 2.0)
    page = page_of(run)
    assert row_of(page.find(id="noisy-10000"), "register")[0] == "tie 1.50, 1.35–1.57"
    assert row_of(page.find(id="noisy-1000"), "register")[0] == "1.50 1.35–1.57"
    assert row_of(page.find(id="noisy-10000"), "page keyset")[0] == "1.50 1.35–1.57"
    # The ladder's own control is its last rung.
    assert row_of(page.find(id="ladder"), "django-allauth")[5] == "tie 1.08, 1.03–1.13"
    once = {"cpu": spread(1, 1, 1), "cpu_without_hash": spread(1, 1, 1)}
    run["run"]["ladder"][1]["ratio"] = once
    assert row_of(page_of(run).find(id="ladder"), "django-allauth")[5] == "1.08 1.03–1.13"


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
    assert told in dict(sentences.verdict(read(run)))["The least CPU"]


def test_a_busy_machine_is_pointed_out():
    run = a_run()
    run["run"]["machine"]["load_after"] = [5.1, 3.0, 2.0]
    assert "its load was 5.1 on 2 CPUs" in document.render(read(run))


@pytest.mark.parametrize("run", [one_variant_at_one_size(), only_the_clients_cpu()])
def test_a_run_that_lacks_something_still_makes_a_report(run):
    report = read(run)
    for text in (html.render(report), document.render(report), spreadsheet.render(report)):
        assert not re.search(r"\bNone\b|\bnan\b|\binf\b", text)


def test_without_a_control_nothing_is_a_tie_and_client_cpu_alone_is_never_called_cpu():
    report = read(only_the_clients_cpu())
    text = document.render(report)
    assert "| tie" not in text.partition("## The ladder")[0]
    assert "This run has no control" in text
    assert "least CPU" not in text
    assert "shaded band" not in html.render(report)
    assert "client CPU: proxy ÷ custom user" in text
    alone = r"(?<!client )CPU( of|: proxy| per call)"
    assert not re.search(alone, text.replace("Client", "client"))


# --- The forms say the same -----------------------------------------------------------------


def test_the_verdict_is_the_same_in_html_and_markdown():
    run = a_run()
    report, page = read(run), page_of(run)
    cpu = "1.50 (1.35–1.57) | tie (1.02, 0.92–1.07)"
    line = f"| register | 2 / 1 / 1 | 1 / 0 / 0 | 2 / 1 / 1 | 20,000 / 41 / 41 | {cpu} |"
    assert line in document.render(report)
    exact = row_of(page.find(id="exact-10000"), "register")
    assert exact == [*"211", *"100", *"211", "20,000", "41", "41"]
    timed = row_of(page.find(id="noisy-10000"), "register")
    assert timed[:2] == ["1.50 1.35–1.57", "tie 1.02, 0.92–1.07"]
    assert timed[2:4] == ["1.00 0.90–1.05", "0.20 0.18–0.21"]  # they are no rivals


def test_the_readme_shows_the_published_run():
    published = Report.read(run_file.published())
    assert readme_block(published) in (ROOT / "README.md").read_text()


def test_the_sentences_slopes_ladder_storage_and_provenance_are_the_same():
    run = a_run()
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


def test_the_csv_has_a_row_a_cell_with_everything_that_was_measured():
    run = a_run()
    rows = csv.DictReader(io.StringIO(spreadsheet.render(read(run))))
    by_key = {(row["operation"], row["players"], row["subject"]): row for row in rows}
    assert len(by_key) == len(run["benchmarks"])
    verdicts = [by_key["register", "10000", id]["cpu_verdict"] for id in VARIANTS]
    assert verdicts == ["more", "tie", ""]
    row = by_key["register", "10000", "profile_without_index"]
    one = info(run, subject="profile_without_index")
    for name, value in one["exact"].items():
        assert int(row[spreadsheet.UNITS.get(name, name)]) == value
    for key, heading in (("noisy", "seconds"), ("ratio", "ratio_to_reference")):
        for name in run_file.NOISY:
            assert float(row[f"{name}_{heading}_q3"]) == one[key][name]["q3"]
    for other in ("floor", "base"):
        assert float(row[f"cpu_ratio_to_{other}_q1"]) == one[f"ratio_to_{other}"]["cpu"]["q1"]
    assert (row["rounds"], row["calls_per_block"], row["kind"]) == ("5", "4", "alternative")


# --- The command ----------------------------------------------------------------------------


def test_a_run_becomes_three_files_which_are_the_same_bytes_again(tmp_path):
    path, outputs = written(tmp_path / "run.json", a_run()), []
    for seed in ("1", "2"):
        folder = tmp_path / seed / "deep"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.report", str(path), "--output", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "LANG": "C", "TZ": f"UTC{seed}"},
            check=True,
            capture_output=True,
        )
        outputs.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert sorted(outputs[0]) == ["report.csv", "report.html", "report.md"]
    assert outputs[0] == outputs[1]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    path = written(tmp_path / "run.json", a_run())
    assert "file" in refused(capsys, report_command.main, path, "--output", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "not a folder"
