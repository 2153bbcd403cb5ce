"""Copies of a variant, changed by a unified diff: other ways to build a strategy, how-tos."""

import os
import shutil
import subprocess
from pathlib import Path

from harness.cli import Refusal
from harness.variants import Variant

NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.sqlite3*", ".venv", "staticfiles")


def copied(variant: Variant, folder: Path, diff: Path | None = None) -> Variant:
    """A copy of a variant's project inside `folder`, which exists, with a diff applied.

    The diff's paths begin at the project, as `git diff --relative` writes them, and may follow
    other text. Raises Refusal where it does not apply, or without git.
    """
    copy = folder / variant.folder
    shutil.copytree(variant.path, copy, ignore=NOT_COPIED)
    if diff is not None:
        apply(diff, copy)
    return Variant.read(copy)


def apply(diff: Path, project: Path) -> None:
    """Apply a unified diff to a project's folder. Raises Refusal."""
    git = ["git", "apply", "--unsafe-paths", "--whitespace=nowarn", str(diff.resolve())]
    # Inside a repository, git would take the paths to begin at its top.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(project.parent)}
    try:
        done = subprocess.run(git, cwd=project, env=environment, capture_output=True, text=True)
    except FileNotFoundError:
        raise Refusal(f"git is needed to apply {diff.name}: install it") from None
    if done.returncode:
        raise Refusal(f"{diff.name} does not fit {project.name}: {done.stderr.strip()}")
