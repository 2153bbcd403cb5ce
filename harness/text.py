"""Words and files that many write."""

import secrets
from pathlib import Path
from typing import Any

from harness.cli import Refusal


def number(count: float, one: str, more: str = "") -> str:
    """ "1 file", "2 files", "1,000 files"."""
    return f"{count:,.0f} {one if count == 1 else more or f'{one}s'}"


def write(path: Path, text: str) -> None:
    """Replace a file whole or not at all; makes its folder. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(3)}")
    try:
        new.write_text(text)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def with_block(text: str, block: str) -> str:
    """A text with a block replaced, found by its first and last line. Refusal without these."""
    start, *_, end = block.splitlines()
    head, found, rest = text.partition(start)
    _, found_too, tail = rest.partition(end)
    if not (found and found_too):
        raise Refusal(f"README.md has no lines {start} and {end}")
    return head + block + tail


def rendered(template: Path, about: dict[str, Any]) -> str:
    """A page of Markdown, from a template of Django's."""
    from django.template import Context, Engine

    context = Context(about, autoescape=False, use_l10n=False)
    return str(Engine().from_string(template.read_text()).render(context)).rstrip() + "\n"
