"""The page of nox sessions, from noxfile.py."""

import ast

from benchmarks.table import ROOT
from docs_generator.reference import page, table

INTRODUCTION = """\
Everything a person does here is a session. `python3 noxfile.py --list` lists them,
`python3 noxfile.py -s NAME` runs one, and what follows `--` goes to it. Where nox or uv is
installed, `nox -s NAME` and `uvx nox -s NAME` do the same."""


def sessions() -> dict[str, tuple[list[str], str]]:
    """Each session's parameters and its sentence, by name, in the file's order."""
    found = {}
    for node in ast.parse((ROOT / "noxfile.py").read_text()).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        decorators = [ast.unparse(one) for one in node.decorator_list]
        if any(one.startswith("nox.session") for one in decorators):
            parameters = [one.arg for one in node.args.args[1:]]
            found[node.name] = (parameters, (ast.get_docstring(node) or "").partition("\n")[0])
    return found


def render() -> str:
    rows = [
        [f"`{name}`" + (f" ({', '.join(parameters)})" if parameters else ""), said]
        for name, (parameters, said) in sessions().items()
    ]
    note = (
        'What stands in brackets is chosen as in `-s "tests(custom, sqlite)"`; without it, all '
        "are run."
    )
    return page(
        "Sessions", INTRODUCTION, table(["session", "what it does"], rows, rest=":--"), note
    )
