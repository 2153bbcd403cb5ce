"""What the pages include: each file is there, and each named section has a beginning, an end and
lines between them. MkDocs checks only that the file and the beginning are there."""

import re
from collections.abc import Iterator
from pathlib import Path

# A line that includes a file, "path" or "path:section"; one that begins with ";" shows itself.
INCLUDED = re.compile(r'^[ \t]*-{1,}8<-{1,}[ \t]+"([^"]+)"[ \t]*$', re.MULTILINE)
MARK = r"-{1,}8<-{1,}[ \t]+\[(start|end):[ \t]*%s[ \t]*\]"
ANY_MARK = re.compile(MARK % r"[^\]]+")


def faults(page: Path, root: Path) -> Iterator[str]:
    """A line for each include of a page that would show nothing or too much."""
    for target in INCLUDED.findall(page.read_text()):
        path, _, section = target.partition(":")
        name = f"{page.relative_to(root)}: {target}"
        if not (root / path).is_file():
            yield f"{name} is no file"
        elif section and (fault := fault_of((root / path).read_text(), section)):
            yield f"{name} {fault}"


def fault_of(text: str, section: str) -> str:
    """What is wrong with a section of a file; "" if nothing is."""
    lines = text.splitlines()
    mark = re.compile(MARK % re.escape(section))
    places = [(n, found[1]) for n, line in enumerate(lines) if (found := mark.search(line))]
    kinds = [kind for _, kind in places]
    if kinds != ["start", "end"]:
        return f"has the marks {' and '.join(kinds) or 'none'}, not one start and one end"
    inside = lines[places[0][0] + 1 : places[1][0]]
    if not any(line.strip() for line in inside if not ANY_MARK.search(line)):
        return "is empty"
    return ""
