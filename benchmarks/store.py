"""Keep a run as pytest-benchmark keeps one, whole or not at all.

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

import msgspec

from benchmarks import run_file
from benchmarks.run_file import ReportError
from benchmarks.subjects import ROOT


def store(about: dict[str, Any], benchmarks: list[dict[str, Any]]) -> Path:
    """Write a run's file, whole or not at all; returns its path. Raises OSError, ReportError.

    `benchmarks`: each with group, name, seconds (per call, by block) and extra_info.
    """
    results = run_file.RESULTS
    results.mkdir(parents=True, exist_ok=True)
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("PYTEST", "PYTHON"))}
    with tempfile.TemporaryDirectory(dir=results, prefix=".new-") as folder:
        samples, report = Path(folder, "samples.json"), Path(folder, "report.json")
        samples.write_bytes(msgspec.json.encode({"run": about, "benchmarks": benchmarks}))
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
        path = results / f"{stamp}.json"
        text = json.dumps(json.loads(report.read_text()), separators=(",", ":"))
        report.write_text(text + "\n")
        report.replace(path)
    return path
