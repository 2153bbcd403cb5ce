"""Keep a run as pytest-benchmark keeps one, and read it again.

The samples of the interleaved blocks are replayed into pytest-benchmark through its `timer`, so
that its statistics, its file and its `compare` are the ones everybody knows.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.subjects import ROOT

RESULTS = ROOT / ".results" / "benchmarks"
PUBLISHED = ROOT / "benchmarks" / "results"
SCHEMA = 1


class ReportError(Exception):
    """A file is no report of ours, or not one that this version reads; the text is one line."""


def store(about: dict[str, Any], benchmarks: list[dict[str, Any]]) -> Path:
    """Write a run's file, whole or not at all; returns its path. Raises OSError, ReportError.

    `benchmarks`: each with group, name, seconds (per call, by block) and extra_info.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("PYTEST", "PYTHON"))}
    with tempfile.TemporaryDirectory(dir=RESULTS, prefix=".new-") as folder:
        samples, report = Path(folder, "samples.json"), Path(folder, "report.json")
        samples.write_text(json.dumps({"run": about, "benchmarks": benchmarks}))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "benchmarks/replay.py", "--benchmark-quiet"),
                *("-c", os.devnull, f"--rootdir={ROOT}", "--import-mode=importlib"),
                *("-p", "no:cacheprovider", "-p", "no:django", "-p", "benchmarks.replay"),
                f"--benchmark-json={report}",
            ],
            cwd=ROOT,
            env={**environment, "BENCHMARK_SAMPLES": str(samples)},
            capture_output=True,
            text=True,
        )
        if done.returncode or not report.exists():
            last = (done.stdout + done.stderr).strip().splitlines()[-1:]
            raise ReportError(f"pytest-benchmark did not take the run: {''.join(last)}")
        stamp = about["date"].removesuffix("+00:00").replace(":", "-")
        path = RESULTS / f"{stamp}.json"
        text = json.dumps(json.loads(report.read_text()), separators=(",", ":"))
        report.write_text(text + "\n")
        report.replace(path)
    return path


def load(path: Path) -> dict[str, Any]:
    """A run's file. Raises ReportError where it is none, broken, or of another schema."""
    try:
        report: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        raise ReportError(f"there is no report {path}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is cut off or no JSON"
        raise ReportError(f"{path} cannot be read: {reason}") from None
    about = report.get("run") if isinstance(report, dict) else None
    if not (isinstance(about, dict) and isinstance(report.get("benchmarks"), list)):
        raise ReportError(f"{path} is no report of `nox -s benchmarks`")
    if about.get("schema") != SCHEMA:
        raise ReportError(
            f"{path} has schema {about.get('schema')}, and this version reads {SCHEMA}: "
            "measure again, or check out the commit that wrote it"
        )
    return report


def newest(mode: str = "") -> Path:
    """The last run's file, or the last of that mode's. Raises ReportError where there is none."""
    runs = sorted(RESULTS.glob("*.json"), reverse=True)
    for path in runs:
        if not mode or load(path)["run"]["mode"] == mode:
            return path
    option = f" -- --{mode}" if mode == "full" else ""
    raise ReportError(
        f"there is no {f'{mode} ' if mode else ''}run yet: `nox -s benchmarks{option}` makes one"
    )
