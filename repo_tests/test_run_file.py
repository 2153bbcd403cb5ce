"""A run's file is read whole or refused in one line."""

import functools
import itertools
import json
import math
import operator

import msgspec
import pytest

from benchmarks import run_file
from benchmarks.compare_reports.__main__ import main as compare_reports
from benchmarks.report.__main__ import main as report
from benchmarks.run_file import ReportError, load
from benchmarks.spread import main as spread_of
from harness.cli import command
from repo_tests.runs import a_run, info, written


def refused(capsys, main, *arguments):
    """What a command says of bad input: one line."""
    try:
        status = command(main)([str(argument) for argument in arguments])
    except SystemExit as exit:  # argparse
        status = exit.code
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    [line] = printed.err.splitlines()
    assert line.startswith("error: ")
    return line


def test_the_published_run_is_read_and_would_be_written_as_it_is():
    file = json.loads(run_file.published().read_text())
    again = json.loads(msgspec.json.encode(load(run_file.published())))
    assert json.dumps(again["run"]) == json.dumps(file["run"])
    assert [json.dumps(one["extra_info"]) for one in again["benchmarks"]] == [
        json.dumps(one["extra_info"]) for one in file["benchmarks"]
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "cut off or no JSON"),
        (json.dumps(a_run())[:-9], "cut off or no JSON"),
        (b'{"run": {"schema": "\xff"}, "benchmarks": []}', "cut off or no JSON"),
        ("[" * 100_000, "is no report of"),
        ('{"run": {"schema": 99}, "benchmarks": []}', "has schema 99"),
        ('{"run": {"schema": "1\\n\\u001b[2J"}, "benchmarks": []}', r"'1\n\x1b[2J'"),
    ],
)
def test_what_is_no_report_is_refused_in_one_line(tmp_path, capsys, text, reason):
    bad, good = tmp_path / "bad.json", written(tmp_path / "good.json", a_run())
    bad.write_bytes(text if isinstance(text, bytes) else text.encode())
    for main, files in ((report, [bad]), (compare_reports, [good, bad]), (spread_of, [good, bad])):
        assert reason in refused(capsys, main, *files)


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path, capsys):
    for main in (report, compare_reports, spread_of):
        assert "there is no report" in refused(capsys, main, tmp_path / "nowhere.json")
    assert "cannot be read: Is a directory" in refused(capsys, report, tmp_path)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda r: r.update(benchmarks=[]), "no cell: nothing was measured"),
        (lambda r: r["run"].pop("date"), "missing required field `date` - at `$.run`"),
        (lambda r: r["run"]["versions"].pop("Django"), "lack Django - at `$.run`"),
        (lambda r: r["run"]["subjects"].pop("proxy"), "does not say what 'register' or 'proxy"),
        (lambda r: r["run"].update(reference="x"), "the reference, 'x', was not measured"),
        (lambda r: r["benchmarks"].append(r["benchmarks"][0]), "is there twice"),
        (lambda r: info(r)["exact"].pop("rows"), "lack rows - at `$.benchmarks[1].extra_info`"),
        (lambda r: info(r)["exact"].update(rows=10**30), "`$.benchmarks[1].extra_info.exact"),
        (lambda r: info(r)["ratio"]["cpu"].update(q3=math.inf), "cut off or no JSON"),
        (lambda r: info(r)["ratio"]["cpu"].update(q3=0.99), "are not in order"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(tmp_path, capsys, spoil, reason):
    run = a_run(sizes=[10_000])
    spoil(run)
    assert reason in refused(capsys, report, written(tmp_path / "run.json", run))


WRONG = (None, True, -1, 1e300, "\ud800", [None], {"\x1b": {}})


def places(value, path=()):
    """The path to every value in a run."""
    yield path
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[name], (*path, name))


def test_whatever_is_wrong_in_a_file_ends_in_pages_or_one_line(tmp_path, capsys):
    """Every value is wrong twice, in two of these ways."""
    good = a_run(sizes=[1000], operations=["export"], subjects=["custom", "custom_again"])
    path, other = (written(tmp_path / name, good) for name in ("bad.json", "good.json"))
    whole, refusals = {"file": good}, set()
    for wrong, place in zip(itertools.cycle(WRONG), [*places(good)] * 2):
        *way, last = ["file", *place]
        around = functools.reduce(operator.getitem, way, whole)
        right = around[last]
        around[last] = wrong
        written(path, whole["file"])
        around[last] = right
        try:
            load(path)
        except ReportError as error:
            refusals.add(str(error))
            continue
        assert command(compare_reports)([str(path), str(other)]) == 0
        assert command(report)([str(path), "--output", str(tmp_path)]) == 0
    assert not capsys.readouterr().err
    assert len(refusals) > 50
    assert all(refusal.isprintable() for refusal in refusals)


def test_the_last_full_run_is_found_though_a_quick_one_came_after_it(tmp_path, monkeypatch):
    monkeypatch.setattr(run_file, "RESULTS", tmp_path)
    for name, mode in (("1", "full"), ("2", "full"), ("3", "quick")):
        run = a_run(sizes=[1000])
        run["run"]["mode"] = mode
        written(tmp_path / f"{name}.json", run)
    assert run_file.newest("full").name == "2.json"
    assert run_file.newest().name == "3.json"
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(ReportError, match="no full run yet"):
        run_file.newest("full")
