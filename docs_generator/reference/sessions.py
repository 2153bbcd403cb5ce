"""The page of nox sessions, from noxfile.py."""

import os
import runpy
from inspect import signature
from unittest.mock import patch

from nox import registry

from docs_generator.reference import page
from harness.variants import ROOT


def render() -> str:
    """Each session's name, parameters and sentence, in the file's order; not of what is no
    default: sessions call that themselves."""
    with patch.dict(os.environ):  # it sets some for the sessions
        runpy.run_path(str(ROOT / "noxfile.py"))
    sessions = [
        (name, list(signature(one.func).parameters)[1:], str(one.__doc__).partition("\n")[0])
        for name, one in registry.get().items()
        if one.default
    ]
    return page("sessions", sessions=sessions)
