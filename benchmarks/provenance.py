"""What the figures of a run hold for: the code, the machine, the versions."""

import hashlib
import importlib.metadata
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from harness.variants import ROOT

# What decides the figures; how they are shown does not.
CODE = (
    *("*_variant/config/**/*.py", "*_variant/players/**/*.py", "*_variant/website/**/*.py"),
    *("*_variant/*/templates/**/*.html", "*_variant/templates/**/*.html"),
    *("*_variant/variant.toml", "benchmarks/*.py", "benchmarks/*.sql"),
    *("benchmarks/alternatives/*.diff", "benchmarks/ladder/*.py", "benchmarks/ladder/*.toml"),
    *("benchmarks/operations/*.py", "requirements/benchmarks.txt"),
)


def git(*arguments: str) -> str:
    """What git prints; "" where it is not installed, or this is no clone."""
    command = ["git", *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def digest(*patterns: str) -> str:
    """A hash of the files' text, in the order of their names."""
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    total = hashlib.sha256()
    for path in paths:
        total.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def code() -> dict[str, Any]:
    """The commit, whether it was changed, and hashes of the contract and of what is measured."""
    return {
        "commit": git("rev-parse", "HEAD"),
        "changed": bool(git("status", "--porcelain")),
        "contract": digest("shared_tests/*.py"),
        "code": digest(*CODE),
    }


def machine() -> dict[str, Any]:
    """The machine, but not its name."""
    import psutil

    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "processor": processor(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
    }


def processor() -> str:
    """The CPU's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def load() -> list[float]:
    """The load averages of 1, 5 and 15 minutes; none where the system has none."""
    return [round(one, 2) for one in os.getloadavg()] if hasattr(os, "getloadavg") else []


def versions() -> dict[str, str]:
    """Of Python and its packages."""
    return {
        "Python": platform.python_version(),
        "Django": importlib.metadata.version("django"),
        "psycopg2": importlib.metadata.version("psycopg2-binary"),
    }


def one_hash() -> dict[str, Any]:
    """What one real password hash of Django's takes of this machine's CPU, in seconds."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    from benchmarks.stats import rounded

    rounds, samples = PBKDF2PasswordHasher.iterations, []
    for _ in range(3):
        start = time.process_time()
        hashlib.pbkdf2_hmac("sha256", b"natural-twenty-20", b"benchmarkBENCHMARK0123", rounds)
        samples.append(time.process_time() - start)
    seconds = rounded(statistics.median(samples))
    return {"algorithm": "pbkdf2_sha256", "iterations": rounds, "cpu_seconds": seconds}
