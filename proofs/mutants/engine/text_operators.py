"""What is changed in a template and in the stylesheet, of which mutation tools know nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

CODE = r'"[^"]*"|\{%.*?%\}|\{\{.*?\}\}'
# An element's tag, whose attributes may hold Django's tags; one attribute; one tag of Django's.
ELEMENT = re.compile(rf"<(/?)([a-z][a-z0-9]*)((?:{CODE}|[^<>\"{{])*)>")
ATTRIBUTE = re.compile(r'\s+[a-z-]+(?:="(?:\{%.*?%\}|\{\{.*?\}\}|[^"])*")?')
TAG = re.compile(r"\{%\s*(\w+)\s*(.*?)\s*%\}")
VARIABLE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
COMMENT = re.compile(r"\{#.*?#\}")
# What an element is for, where a reader's browser gives it a meaning; a paragraph has none.
MEANT = {
    "a",
    "button",
    "caption",
    "dd",
    "dl",
    "dt",
    "footer",
    "form",
    "h1",
    "header",
    "li",
    "main",
}
MEANT |= {"nav", "search", "strong", "table", "tbody", "td", "th", "thead", "title", "tr", "ul"}
LEFT_OUT = {"csrf_token", "include", "load", "extends", "url", "static", "querystring"}
RULE = re.compile(r"^ *[^\s@/}\0][^{}\0]*\{[^{}]*\}\n", re.MULTILINE)


def changed(path: Path, text: str) -> Iterator[str]:
    """The text with one change each."""
    yield from rules_left_out(text) if path.suffix == ".css" else in_a_template(text)


def rules_left_out(text: str) -> Iterator[str]:
    """A stylesheet without one of its rules."""
    bare = re.sub(r"/\*.*?\*/", lambda one: re.sub(r"\S", "\0", one[0]), text, flags=re.DOTALL)
    for match in RULE.finditer(bare):
        yield text[: match.start()] + text[match.end() :]


def in_a_template(text: str) -> Iterator[str]:
    hidden = COMMENT.sub(lambda match: "\0" * len(match[0]), text)
    for start, end, new in [*of_django(hidden), *of_html(hidden), *texts(hidden)]:
        yield text[:start] + new + text[end:]


def of_django(text: str) -> Iterator[tuple[int, int, str]]:
    """Tags left out, decided or emptied; variables left out, and each of their filters."""
    for match in TAG.finditer(text):
        name, words = match.groups()
        if name in LEFT_OUT:
            yield *match.span(), ""
        elif name in ("if", "elif"):
            yield *match.span(2), "True"
            yield *match.span(2), "False"
        elif name == "for":
            yield *match.span(2), f'{words.partition(" in ")[0]} in ""'
        elif name == "block":
            yield *match.span(2), "elsewhere"
        elif name == "with":
            yield *match.span(2), f'{words.partition("=")[0]}=""'
        elif name == "autoescape":
            yield *match.span(2), {"off": "on", "on": "off"}[words]
    for match in VARIABLE.finditer(text):
        yield *match.span(), ""
        for one in re.finditer(r'\|\w+(?::"[^"]*")?', match[1]):
            yield match.start(1) + one.start(), match.start(1) + one.end(), ""


def of_html(text: str) -> Iterator[tuple[int, int, str]]:
    """Attributes left out; elements that mean something become a div."""
    for match in ELEMENT.finditer(text):
        closes, name, attributes = match.groups()
        if closes:
            continue
        # What Django's own tags say between the attributes is none of them.
        bare = re.sub(r'("[^"]*")|\{%.*?%\}', lambda one: one[1] or "\0" * len(one[0]), attributes)
        for one in ATTRIBUTE.finditer(bare):
            yield match.start(3) + one.start(), match.start(3) + one.end(), ""
        if name in MEANT:
            opening, closing = match.span(2), end_of(text, match)
            inside = text[opening[1] : closing[0]]
            yield opening[0], closing[1], f"div{inside}div"
        elif name in ("link", "meta", "input"):
            yield *match.span(), ""


def end_of(text: str, opening: "re.Match[str]") -> tuple[int, int]:
    """Where the name stands in the tag that closes an element."""
    depth = 0
    for match in ELEMENT.finditer(text, opening.start()):
        if match[2] == opening[2]:
            depth += -1 if match[1] else 1
            if not depth:
                return match.span(2)
    raise ValueError(f"<{opening[2]}> is not closed")


def texts(text: str) -> Iterator[tuple[int, int, str]]:
    """A text becomes another one."""
    code = re.compile(
        rf"{ELEMENT.pattern}|<!doctype html>|\{{%.*?%\}}|\{{\{{.*?\}}\}}|\0+", re.DOTALL
    )
    place = 0
    for match in [*code.finditer(text), None]:
        start, end = (match.span()) if match else (len(text), len(text))
        words = text[place:start]
        if re.search(r"\w", re.sub(r"&\w+;", "", words)):
            stripped = words.strip()
            begin = place + words.index(stripped)
            yield begin, begin + len(stripped), "XX"
        place = end
