"""Exact figures of one call: what was sent, what the server did for it, and by which plans.

Statements are counted at the connection and held against pg_stat_statements; plans are those of
the statements that ran, writes and foreign-key checks included, as auto_explain reports them.
"""

import contextlib
import functools
import inspect
import json
import re
import site
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from benchmarks.databases import queries, query
from benchmarks.run_file import EXACT
from harness.variants import ROOT

Place = tuple[str, int]  # a file, and a line in it
SITE_PACKAGES = [Path(folder) for folder in site.getsitepackages()]
SQL = queries(Path(__file__).with_suffix(".sql"))
CONTROL = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|FETCH|CLOSE|SET|START)\b", re.I)
# How PostgreSQL writes the checks and cascades of foreign keys.
FOREIGN_KEY = re.compile(r" ONLY .*OPERATOR\(pg_catalog\.", re.S)
TUPLE = r"\((?:[^()]|\([^()]*\))*\)"
TUPLES = re.compile(rf"({TUPLE})(?:, {TUPLE}){{3,}}")
BLOCKS = re.compile(r'"Shared (?:Hit|Read) Blocks": (\d+)')  # the root's come first
PLACEHOLDERS = re.compile(r"%s(?:, %s){20,}")


class CountsDiffer(Exception):
    """Two ways of counting disagree, so that neither can be trusted."""


class Notices:
    """What auto_explain says on a connection; of foreign-key checks, one plan per distinct text.

    psycopg2 takes any object that can append; its own list keeps the last fifty only.
    """

    def __init__(self) -> None:
        self.plans: list[dict[str, Any]] = []
        self._checks: dict[str, dict[str, Any]] = {}

    def append(self, notice: str) -> None:
        head, found, text = notice.partition("plan:\n")
        if not (found and "duration: " in head):
            return
        query = text[: text.index('"Plan": ')]
        if query in self._checks:  # a bulk import makes tens of thousands
            self._checks[query]["calls"] += 1
            self._checks[query]["buffers"] += sum(map(int, BLOCKS.findall(text)[:2]))
            return
        said = json.loads(text)
        sql, check = said["Query Text"], FOREIGN_KEY.search(query) is not None
        plan = said["Plan"]
        one = {"sql": sql, "plan": plan, "fk": check, "calls": 1, "buffers": _buffers(plan)}
        self.plans.append(one)
        if check:
            self._checks[query] = self.plans[-1]


class QueryStats:
    """Counts what happens on one connection; `url` is any database of the same server.

    The connection belongs to a superuser. `project` is the folder of a variant, if it is one's.
    """

    def __init__(self, url: str, project: Path | None = None) -> None:
        self._own = f"{project.name}/" if project else "/"  # how a line of the project's begins
        self._roots = [*SITE_PACKAGES, *([project.parent] if project else []), ROOT]
        self._admin = psycopg2.connect(url)
        self._admin.autocommit = True
        self._noted: list[tuple[str, str, int]] = []
        self._counts = False
        self._built: Place | None = None

    def note(self, sql: str) -> None:
        """Take down a statement, and the line of the project that caused it."""
        if self._counts:
            self._noted.append((sql, *self._place()))

    @contextlib.contextmanager
    def counting(self, connection: Connection) -> Iterator[dict[str, Any]]:
        """Count what a block sends; after it, what it yields has "exact" and "statements".

        The connection is idle and outside a transaction, before and after. Raises CountsDiffer.
        """
        found: dict[str, Any] = {}
        self._start(connection)
        self._counts = True
        try:
            yield found
        finally:
            self._counts = False
        found |= self._figures(connection)

    def _start(self, connection: Connection) -> None:
        self._noted.clear()
        self._built = None
        with connection.cursor() as cursor:
            cursor.execute(SQL["start"])
        connection.notices = Notices()  # type: ignore[assignment]
        query(self._admin, SQL["reset"], database=connection.info.dbname)

    def _figures(self, connection: Connection) -> dict[str, Any]:
        exact, sent = self._server_side(connection.info.dbname)
        with connection.cursor() as cursor:
            cursor.execute(SQL["end"])
        plans = connection.notices.plans  # type: ignore[attr-defined]
        connection.notices = []
        data = [noted for noted in self._noted if not CONTROL.match(noted[0])]
        if len(data) != sent:
            raise CountsDiffer(
                f"{len(data)} statements were counted at the connection, {sent} at the server"
            )
        return {
            "exact": {"statements": len(data), **exact},
            "statements": _statements(data, plans),
        }

    def _server_side(self, database: str) -> tuple[dict[str, int], int]:
        """The figures but statements, and how many of these there were."""
        figures = dict.fromkeys(EXACT[1:], 0)
        sent, cursors = 0, set[str]()
        entries = query(self._admin, SQL["counted"], database=database)
        for sql, toplevel, calls, returned, buffers, temporary, wal in entries:
            if check := FOREIGN_KEY.search(sql) is not None:
                figures["fk_checks"] += calls
            if not toplevel:  # its work is in that of the statement around it
                continue
            figures["buffers"] += buffers
            figures["temp_blocks"] += temporary
            figures["wal_bytes"] += int(wal)
            cursor_of = sql.split()[1] if sql.startswith("DECLARE") else ""
            # A deferred check runs at COMMIT, in no statement. A cursor is there again, with
            # what it ran when it was closed or committed.
            if check or cursor_of in cursors:
                continue
            figures["round_trips"] += calls
            sent += 0 if CONTROL.match(sql) else calls
            if cursor_of:  # its rows are those that are fetched
                cursors.add(cursor_of)
            else:
                figures["rows"] += returned
        return figures, sent

    def _place(self) -> Place:
        """Who caused the statement that is being sent: innermost first, a line of the project's
        own; or the function of queries.py that built the queryset; or the package that asked by
        itself; or the operation.
        """
        package: Place | None = None
        for frame, line in traceback.walk_stack(inspect.currentframe()):
            place = self._relative(frame.f_code.co_filename), line
            if place[0].startswith(self._own):
                return place
            if place[0].startswith("benchmarks/operations/"):
                return package or self._built or place
            if place[0] and not package and not place[0].startswith(("django/db/", "benchmarks/")):
                package = place
        return package or ("", 0)

    def _relative(self, filename: str) -> str:
        """A file's path from site-packages, the project's parent or ours; "" for any other."""
        for root in self._roots:
            if Path(filename).is_relative_to(root):
                return Path(filename).relative_to(root).as_posix()
        return ""

    def remember_queries(self, queries: ModuleType) -> None:
        """Take down which function of queries.py built what is evaluated elsewhere."""

        def remembering(function: FunctionType) -> Callable[..., Any]:
            code = function.__code__
            place = self._relative(code.co_filename), code.co_firstlineno

            @functools.wraps(function)
            def wrapper(*arguments: Any, **named: Any) -> Any:
                built = function(*arguments, **named)
                self._built = place  # set last, so the outermost of nested ones wins
                return built

            return wrapper

        for name, function in list(vars(queries).items()):
            if isinstance(function, FunctionType) and function.__module__ == queries.__name__:
                setattr(queries, name, remembering(function))


def _statements(data: list[tuple[str, str, int]], plans: list[dict[str, Any]]) -> list[Any]:
    """Each distinct statement with its place and its plan; then the foreign-key checks."""
    own = [plan for plan in plans if not plan["fk"]]
    if len(own) != len(data):
        raise CountsDiffer(f"{len(data)} statements were sent, and {len(own)} plans came")
    found: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    checks = [((plan["sql"], "", 0), plan) for plan in plans if plan["fk"]]
    for (sql, file, line), explained in [*zip(data, own, strict=True), *checks]:
        found.setdefault((shortened(sql), file, line), []).append(explained)
    return [
        {
            "sql": sql,
            "calls": sum(one["calls"] for one in alike),
            "file": file,
            "line": line,
            "fk_check": alike[0]["fk"],
            "node_types": [node["Node Type"] for node in _nodes(alike[0]["plan"])],
            "indexes": [
                node["Index Name"] for node in _nodes(alike[0]["plan"]) if "Index Name" in node
            ],
            "estimated_rows": sum(one["plan"]["Plan Rows"] for one in alike),
            "actual_rows": sum(one["plan"].get("Actual Rows", 0) for one in alike),
            "buffers": sum(one["buffers"] for one in alike),
            "plan": plan_text(alike[0]["plan"]),
        }
        for (sql, file, line), alike in found.items()
    ]


def shortened(sql: str) -> str:
    """A statement without what only repeats: the tuples of a bulk INSERT, a long IN list."""

    def tuples(match: re.Match[str]) -> str:
        return f"{match[1]}, …"

    return PLACEHOLDERS.sub("%s, …", TUPLES.sub(tuples, sql.strip()))


def _buffers(plan: dict[str, Any]) -> int:
    """A node's and those under it; a write in a WITH clause is not in the node it hangs on."""
    own = int(plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0))
    under = plan.get("Plans", [])
    return own + sum(
        _buffers(child)
        for child in under
        if child["Node Type"] == "ModifyTable" and "Subplan Name" in child
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def plan_text(plan: dict[str, Any], depth: int = 0) -> str:
    """A plan as an indented tree: each node with actual and estimated rows, loops and buffers."""
    name = plan["Node Type"]
    if plan.get("Join Type") not in {None, "Inner"}:
        name += f" ({plan['Join Type'].lower()})"
    if "Operation" in plan:
        name = plan["Operation"]
    if "Index Name" in plan:
        name += f" using {plan['Index Name']}"
    if "Relation Name" in plan:
        name += f" on {plan['Relation Name']}"
    rows = f"rows={plan.get('Actual Rows', 0):g} expected={plan['Plan Rows']}"
    loops = f" loops={plan['Actual Loops']}" if plan.get("Actual Loops", 1) > 1 else ""
    spilled = plan.get("Temp Read Blocks", 0) + plan.get("Temp Written Blocks", 0)
    temporary = f" temp={spilled}" if spilled else ""
    arrow = "  " * depth + ("-> " if depth else "")
    lines = [f"{arrow}{name}  ({rows}{loops} buffers={_buffers(plan)}{temporary})"]
    for label in ("Index Cond", "Recheck Cond", "Hash Cond", "Filter", "Sort Key", "Sort Method"):
        if label in plan:
            text = ", ".join(plan[label]) if isinstance(plan[label], list) else str(plan[label])
            lines.append(f"{'  ' * depth}     {label}: {text[:160]}")
    return "\n".join([*lines, *(plan_text(child, depth + 1) for child in plan.get("Plans", []))])
