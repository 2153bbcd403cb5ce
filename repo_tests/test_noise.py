"""What is noise in a run, by one rule, and how far the same figure lies apart in several."""

import math
import random

import pytest

from benchmarks import run_file, spread, stats
from benchmarks.compare_reports.page import CHANCE
from benchmarks.stats import Ratio, Verdict, noise_of, verdict
from harness.cli import command
from repo_tests.runs import files, info, infos, ratios, small, written
from repo_tests.test_run_file import refused


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
        (1.10, 1.20, Verdict.TIE),  # it touches the edge
        (1.11, 1.20, Verdict.MORE),
        (0.50, 1 / 1.1, Verdict.TIE),
        (0.50, 0.90, Verdict.LESS),
    ],
)
def test_a_ratio_is_a_tie_where_its_quartiles_overlap_the_noise(q1, q3, expected):
    assert verdict(Ratio((q1 + q3) / 2, q1, q3), math.log(1.1) + 1e-12) == expected


def test_noise_reaches_as_far_as_the_controls_farther_quartile_and_no_less_than_most():
    noise = noise_of({n: Ratio(1.0, low, 1.1) for n, low in enumerate((0.999, 0.9, 0.5))})
    assert [round(math.exp(noise.width(n)), 3) for n in (0, 1, 2, "other")] == [
        *(1.111, 1.111, 2.0),  # the median of all is the least, and what an unknown one has
        1.111,
    ]


def simulated(luck, truth, factor, noise):
    """The reaches of a run of 30 operations; each has noise of its own, and some slow blocks.

    `noise`: of a block, and what makes two processes of the same code differ, as logarithms.
    """
    controls, found = {}, {}
    for number in range(30):
        rounds, own = (3, 4, 5, 8, 12, 20, 30, 40)[number % 8], noise[0] * (0.5 + number % 3 / 2)

        def block(mean, own=own):
            slow = luck.random() < 0.1
            return mean * math.exp(abs(luck.gauss(0, 4 * own)) if slow else luck.gauss(0, own))

        def blocks(mean, rounds=rounds, block=block):
            mean *= math.exp(luck.gauss(0, noise[1]))
            return [block(mean) for _ in range(rounds)]

        reference = blocks(1)
        controls[number] = stats.ratio(blocks(1), reference)
        found[number] = [stats.ratio(blocks(one * factor), reference) for one in truth[number]]
    widths = stats.noise_of(controls)
    return [stats.reach(one, widths.width(n)) for n, both in found.items() for one in both]


def share_that_differs(seeds, factor, noise):
    found = []
    for seed in seeds:
        luck = random.Random(seed)  # noqa: S311 (no secret)
        truth = [[luck.uniform(0.3, 3), luck.uniform(0.3, 3)] for _ in range(30)]
        before, after = simulated(luck, truth, 1, noise), simulated(luck, truth, factor, noise)
        found += [stats.told_apart(*both) for both in zip(before, after, strict=True)]
    return sum(found) / len(found)


@pytest.mark.parametrize("noise", [(0.03, 0), (0.1, 0.08), (0.3, 0.1)])
def test_of_ratios_that_did_not_change_hardly_any_differ(noise):
    assert share_that_differs(range(25), 1, noise) <= CHANCE


@pytest.mark.parametrize("factor", [1.3, 1 / 1.3])
def test_a_change_of_30_percent_is_found_on_a_machine_that_is_not_too_noisy(factor):
    assert share_that_differs(range(10), factor, (0.03, 0.01)) >= 0.9


# --- The spread of several runs ------------------------------------------------------------


def three(*medians):
    """Runs whose ratios of the profile are those, and their wall times ten times as far apart."""
    for day, median in enumerate(medians, 1):
        run = small(day)
        for one in infos(run):
            if one["subject"] == "profile":
                one["ratio"] = ratios(median)
            one["noisy"]["wall"] = ratios(1 + 10 * (median - 1))["wall"]
        yield run


def test_a_spread_is_the_largest_less_the_smallest_over_the_median(tmp_path, capsys):
    runs = list(three(1.5, 1.4, 1.6))
    runs[1]["run"]["code"] = "other"
    del info(runs[1], subject="floor")["ratio"]
    assert command(spread.main)(files(tmp_path, *runs)) == 0
    printed = capsys.readouterr().out
    # A third of the ratios are the profile's, of 1.4 to 1.6; the others do not move.
    assert "paired CPU ratios                 11     0.0 %     0.0 %    13.3 %\n" in printed
    assert "wall times, one by one            16    33.3 %    33.3 %    33.3 %\n" in printed
    assert "- 13.3 %: register[1000-profile]\n" in printed
    assert "different code" in printed
    assert max(map(len, printed.splitlines())) <= 80
    for one in (one for run in runs for one in infos(run)):
        one["noisy"]["backend_cpu"] = None  # then the clients' are taken
        if one["subject"] != "profile":
            one.pop("ratio", None)
    assert command(spread.main)(files(tmp_path, *runs)) == 0
    assert (
        "paired CPU ratios                  4    13.3 %    13.3 %    13.3 %\n"
        in capsys.readouterr().out
    )


def test_runs_that_make_no_spread_are_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(run_file, "RESULTS", tmp_path / "none")
    a, b = three(1.5, 1.4)
    assert "no run yet" in refused(capsys, spread.main)
    assert "two runs at least" in refused(capsys, spread.main, *files(tmp_path, a))
    assert "there twice" in refused(capsys, spread.main, *files(tmp_path, a, b, a))
    b["run"]["reference"] = "profile"
    assert "different references" in refused(capsys, spread.main, *files(tmp_path, a, b))
    b["run"]["reference"] = "custom"
    for one in infos(b):
        one.pop("ratio", None)
    assert "no CPU ratio" in refused(capsys, spread.main, *files(tmp_path, a, b))


def test_by_default_the_newest_three_of_the_same_mode_and_sizes_are_taken(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(run_file, "RESULTS", tmp_path)
    for day in range(1, 7):
        written(tmp_path / f"{day}.json", small(day, [1000] if day == 4 else [1000, 10_000]))
    (tmp_path / "5.json").write_text("{}")
    assert command(spread.main)([]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.endswith(".json")]
    assert lines == [f"- 2026-01-0{day}T10:00, full: {day}.json" for day in (6, 3, 2)]
