"""The page of nox sessions, from noxfile.py."""

import os
import runpy
from inspect import signature
from unittest.mock import patch

from nox import registry

from docs_generator.reference import page, table
from harness.variants import ROOT

INTRODUCTION = """\
Everything a person does here is a session. `python3 noxfile.py --list` lists them,
`python3 noxfile.py -s NAME` runs one, and what follows `--` goes to it. Where nox or uv is
installed, `nox -s NAME` and `uvx nox -s NAME` do the same."""


def sessions() -> dict[str, tuple[list[str], str]]:
    """Each session's parameters and its sentence, by name, in the file's order.

    Not of what is no default: sessions call that themselves.
    """
    with patch.dict(os.environ):  # it sets some for the sessions
        runpy.run_path(str(ROOT / "noxfile.py"))
    return {
        name: (list(signature(one.func).parameters)[1:], str(one.__doc__).partition("\n")[0])
        for name, one in registry.get().items()
        if one.default
    }


def render() -> str:
    rows = [
        [f"`{name}`" + (f" ({', '.join(parameters)})" if parameters else ""), what]
        for name, (parameters, what) in sessions().items()
    ]
    note = (
        'What stands in brackets is chosen as in `-s "tests(custom, sqlite)"`; without it, all '
        "are run."
    )
    return page(
        "Sessions", INTRODUCTION, table(["session", "what it does"], rows, rest=":--"), note
    )
