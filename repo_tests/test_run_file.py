"""A run's file is read whole or refused in one line; what is noise in it has one rule."""

import functools
import json
import math
import operator

import msgspec
import pytest

from benchmarks import run_file, stats
from benchmarks.compare_reports.__main__ import main as compare_reports
from benchmarks.report.__main__ import main as report
from benchmarks.run_file import ReportError, load
from benchmarks.spread import main as spread_of
from benchmarks.stats import Ratio, Verdict, noise_of, verdict
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
        ("[]", "is no report of"),
        ("[" * 100_000, "is no report of"),
        ('{"benchmarks": []}', "is no report of"),
        ('{"run": 3, "benchmarks": []}', "is no report of"),
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
        (lambda r: r["run"].update(settings=[]), "got `array` - at `$.run.settings`"),
        (lambda r: r["run"].update(seed=True), "Expected `int`, got `bool` - at `$.run.seed`"),
        (lambda r: r["run"]["subjects"].pop("proxy"), "does not say what 'register' or 'proxy"),
        (lambda r: r["benchmarks"].append(r["benchmarks"][0]), "is there twice"),
        (lambda r: r["benchmarks"].insert(0, 7), "at `$.benchmarks[0]`"),
        (lambda r: info(r)["exact"].pop("rows"), "lack rows - at `$.benchmarks[1].extra_info`"),
        (lambda r: info(r)["exact"].update(rows="9"), "Expected `int`, got `str`"),
        (lambda r: info(r)["exact"].update(rows=1.5), "Expected `int`, got `float`"),
        (lambda r: info(r)["exact"].update(rows=10**30), "`$.benchmarks[1].extra_info.exact"),
        (lambda r: info(r)["statements"][0].pop("sql"), "extra_info.statements[0]`"),
        (lambda r: info(r)["ratio"]["cpu"].update(q1=0), "at `$.benchmarks[1].extra_info.ratio"),
        (lambda r: info(r)["ratio"]["cpu"].update(q3=math.inf), "cut off or no JSON"),
        (lambda r: info(r)["ratio"]["cpu"].update(q3=0.99), "are not in order"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(tmp_path, capsys, spoil, reason):
    run = a_run(sizes=[10_000])
    spoil(run)
    assert reason in refused(capsys, report, written(tmp_path / "run.json", run))


def places(value, path=()):
    """The path to every value in a run."""
    yield path
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[name], (*path, name))


def test_whatever_is_wrong_in_a_file_ends_in_pages_or_one_line(tmp_path, capsys):
    good = a_run(sizes=[1000], operations=["export"], subjects=["custom", "custom_again"])
    path, other = (written(tmp_path / name, good) for name in ("bad.json", "good.json"))
    whole = {"file": good}
    for *way, last in [("file", *place) for place in places(good)]:
        around = functools.reduce(operator.getitem, way, whole)
        right = around[last]
        for wrong in (None, True, -1, 1e300, "\ud800", [None], {"\x1b": {}}):
            around[last] = wrong
            written(path, whole["file"])
            around[last] = right
            if command(compare_reports)([str(path), str(other)]):
                [line] = capsys.readouterr().err.splitlines()
                assert line.startswith("error: ")
                assert line.isprintable()
            else:
                assert command(report)([str(path), "--output", str(tmp_path)]) == 0
                assert not capsys.readouterr().err


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


# --- Statistics ----------------------------------------------------------------------------


def test_ratios_are_paired_round_by_round():
    assert stats.ratio([2, 20, 6], [1, 10, 2]) == Ratio(2, 2, 2.5)
    assert stats.ratio([1, None], [1, 1]) is None
    assert stats.spread([3.123456]) == stats.Spread(3.1235, 3.1235, 3.1235)


def test_the_slope_is_the_exponent_of_the_growth():
    assert stats.slope([(10, 7), (100, 700), (1000, 70000)]) == pytest.approx(2)
    assert stats.slope([(10, 7)]) is None


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
    assert verdict(Ratio((q1 + q3) / 2, q1, q3), math.log(1.1) + 1e-12) == expected


def test_two_ratios_are_told_apart_where_neither_runs_noise_reaches_the_other():
    reaches = [
        stats.reach(ratio, math.log(1.1)) for ratio in (Ratio(1, 0.9, 1.1), Ratio(2, 1.3, 3))
    ]
    assert not stats.told_apart(*reaches)
    further = stats.reach(Ratio(2, 1.4, 3), math.log(1.1))
    assert stats.told_apart(reaches[0], further)
    assert stats.told_apart(further, reaches[0])


def test_noise_reaches_to_both_sides_as_far_as_the_controls_farther_quartile():
    noise = noise_of({"low": Ratio(0.95, 0.8, 1.02), "high": Ratio(1.1, 1.01, 1.25)})
    assert [noise.width(one) for one in ("low", "high", "other")] == [
        pytest.approx(math.log(1.25))
    ] * 3


def test_no_noise_is_narrower_than_the_median_of_all():
    noise = noise_of({n: Ratio(1.0, 1.0, high) for n, high in enumerate((1.001, 1.1, 1.3))})
    assert noise.typical == pytest.approx(math.log(1.1))
    assert [round(math.exp(noise.width(n)), 3) for n in range(3)] == [1.1, 1.1, 1.3]
