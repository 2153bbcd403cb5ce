"""Every number in prose: named here, written by the generator, compared by CI.

In any page, `<!-- figure: statements.register.proxy -->9<!-- end -->` is rewritten with what the
name stands for; docs/figures.json lists all names. On a code host only the 9 is seen.
"""

import difflib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks.compare_table import FIGURES
from benchmarks.report import sentences, tables, text
from benchmarks.report.model import Report
from benchmarks.run_file import EXACT_OF_STEP, Cell
from docs_generator.reference import Records, fence, moving, proofs
from harness.cli import Refusal
from harness.contract import rule_of, rules
from harness.variants import REFERENCE, ROOT, VARIANTS

FILE = ROOT / "docs" / "figures.json"
MARKED = re.compile(r"<!-- figure: *(?P<name>\S+?) *-->(?P<value>.*?)<!-- end -->", re.S)
# What is no prose: code, addresses, comments.
NO_PROSE = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)]*\)|<!--.*?-->|<[^>\n]*>", re.S | re.M)
TYPED = re.compile(
    r"\b\d[\d,.]*(?:[-–]\d[\d,.]*)?\s*(?:×|%|[mµ]s\b|[kMG]B\b"
    r"|(?:buffer|column|commit|hashe?|join|statement|test|time)s?\b)"
)


class UnknownFigure(Refusal):
    """A page asks for a figure that is not there; the text is one line."""


def figures(report: Report, records: Records) -> dict[str, str]:
    """All of them, by name, as text."""
    return {
        **promised(),
        **tested(records),
        **measured(report),
        **ladder(report),
        **alternatives(report),
        **moving.figures(),
        **proofs.figures(),
    }


def promised() -> dict[str, str]:
    """What variant.toml says: statements.register.proxy, joins.…, commits.…, hashes.…"""
    return {
        f"{figure}.{operation}.{id}": str(row[figure])
        for figure in FIGURES
        for id, variant in VARIANTS.items()
        for operation, row in variant.budget.items()
    }


def tested(records: Records) -> dict[str, str]:
    """tests.rules, tests.shared"""
    numbers = [rule_of(node) for node in records[REFERENCE.id, "postgresql"].tests]
    shared = sum(number >= 0 for number in numbers)
    return {"tests.rules": str(len(rules())), "tests.shared": str(shared)}


def measured(report: Report) -> dict[str, str]:
    """Of the published run, at its largest size unless another is named.

    benchmarks.cpu.page_first.proxy is a ratio to the custom user's with its quartiles, or "tie";
    benchmarks.times.… the median alone; benchmarks.buffers.…, .statements.… and so on counts;
    benchmarks.plan.page_first.profile is a block of its own;
    benchmarks.sizes, .date, .where, .players, .hash; storage.bytes_per_player.proxy.
    """
    found = {
        "benchmarks.date": text.day(report.about.date).partition(",")[0],
        "benchmarks.where": sentences.introduction(report).partition(", on ")[2].rstrip("."),
        "benchmarks.players": text.count(report.largest),
        "benchmarks.sizes": text.listed(map(text.count, report.sizes)),
        "benchmarks.operations": str(len(report.operations)),
        "benchmarks.statements.differ": str(len(sentences.differing(report))),
    }
    if hash := report.about.hash:
        found["benchmarks.hash"] = text.seconds(hash.cpu_seconds)
        found["benchmarks.hash.iterations"] = text.count(hash.iterations)
    if report.noise:
        found["benchmarks.noise"] = text.percent(report.noise.typical)
    for operation in report.operations:
        for subject in report.others:
            ratio = tables.to_reference(report, operation, subject)
            found[f"benchmarks.cpu.{operation}.{subject}"] = str(ratio)
        for subject, cell in report.at(operation).items():
            if report.kind(subject) in {"variant", "floor"}:
                of = of_cell(report, cell)
                found |= {f"benchmarks.{name}.{operation}.{subject}": of[name] for name in of}
    for subject, by_size in report.about.storage.items():
        if one := by_size.get(report.largest):
            share = text.count(one.bytes / report.largest)
            found[f"storage.bytes_per_player.{subject}"] = share
    return found


def of_cell(report: Report, cell: Cell) -> dict[str, str]:
    """A cell's figures by name: those that are counted, "plan", "times", "seconds", "exponent"."""
    found = {name: text.count(number) for name, number in cell.exact.items()}
    plans = [one.plan for one in cell.statements if one.plan and not one.fk_check]
    if len(plans) == 1:
        found["plan"] = block(plans[0])
    if ratio := cell.to_reference.get("cpu"):
        found["times"] = text.times(ratio.median)
    if spread := cell.seconds.get("cpu"):
        found["seconds"] = text.seconds(spread.median)
    slope = report.exponent(cell.operation, cell.subject, "buffers")
    if slope is not None:
        found["exponent"] = text.exponent(slope)
    return found


def ladder(report: Report) -> dict[str, str]:
    """ladder.statements.article and so on; ladder.sql.article is a block of its own."""
    found: dict[str, str] = {}
    for step in report.about.ladder:
        broken = step.broken_rules
        sql = (f"{number:2}  {shortened(one)}" for number, one in enumerate(step.sql, 1))
        of = {
            **{name: str(getattr(step, name)) for name in EXACT_OF_STEP},
            "sql": block("\n".join(sql)),
            "rules": text.broken_rules(broken),
            "seconds": text.seconds(step.seconds),
        }
        if broken is not None:
            of["failed"] = str(sum(map(len, broken.values())))
        found |= {f"ladder.{name}.{step.id}": of[name] for name in of}
    return found


def block(text: str) -> str:
    """A figure of several lines, whose marks stand on lines of their own."""
    return f"\n{fence('text', text)}\n"


def shortened(sql: str) -> str:
    """A statement without the names and values of its columns."""
    for what in (r"(?<=^SELECT ).*?(?= FROM )", r"(?<= ) *\(.*", r"(?<= SET ).*?(?= WHERE )"):
        sql = re.sub(what, "…", sql, count=1)
    return sql.replace('"', "").replace("auth_user.", "").replace("players_person.", "")


def alternatives(report: Report) -> dict[str, str]:
    """Each alternative and its base at the alternative's largest size.

    alternatives.players; alternatives.buffers.born_between.custom_no_index and, beside it,
    .custom; alternatives.cpu.… is a ratio to the base.
    """
    found = {}
    for subject in report.of_kind("alternative"):
        base = report.subjects[subject].base
        players = report.largest_of(subject)
        found["alternatives.players"] = text.count(players)
        for operation in report.operations:
            cell, other = (report.cell(operation, id, players) for id in (subject, base))
            if not (cell and other):
                continue
            for one in (cell, other):
                for metric in ("statements", "buffers", "wal_bytes"):
                    name = f"alternatives.{metric}.{operation}.{one.subject}"
                    found[name] = text.count(one.exact[metric])
            found[f"alternatives.cpu.{operation}.{subject}"] = str(tables.to_base(report, cell))
    return found


def as_json(found: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(found.items())), indent=0, ensure_ascii=False) + "\n"


def known() -> dict[str, str]:
    """Those that docs/figures.json holds."""
    found: dict[str, str] = json.loads(FILE.read_text())
    return found


def rewritten(text: str, found: Mapping[str, str], page: str) -> str:
    """A page with its figures as they are. Raises UnknownFigure."""

    def value(match: re.Match[str]) -> str:
        name = match["name"]
        if "<!--" in match["value"]:
            raise UnknownFigure(f"{page}: the figure {name} has no <!-- end --> behind it")
        if name not in found:
            near = difflib.get_close_matches(name, found, n=3, cutoff=0.5)
            advice = f"did you mean {' or '.join(near)}?" if near else "see docs/figures.json"
            raise UnknownFigure(f"{page} asks for the figure {name}, which is not there; {advice}")
        return f"<!-- figure: {name} -->{found[name]}<!-- end -->"

    return MARKED.sub(value, text)


def typed(text: str) -> list[str]:
    """The typed figures in a page's prose, where a name should be."""
    return TYPED.findall(NO_PROSE.sub(" ", MARKED.sub(" ", text)))


def prose(generated: set[Path]) -> list[Path]:
    """The pages that people write."""
    return [path for path in sorted((ROOT / "docs").rglob("*.md")) if path not in generated]
