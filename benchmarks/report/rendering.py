"""How a template of the report is filled."""

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString

TEMPLATES = Path(__file__).with_name("templates")


@cache
def engine(folder: Path = TEMPLATES) -> Engine:
    return Engine(dirs=[str(folder)], builtins=["benchmarks.report.filters"])


def filled(template: str, folder: Path = TEMPLATES, **context: Any) -> SafeString:
    """A template's text, without blank lines around it.

    What stands in the context is escaped, unless it is a SafeString.
    """
    # Without use_l10n=False a number would ask Django's settings, and there are none.
    shown = Context(context, use_l10n=False)
    return SafeString(engine(folder).get_template(template).render(shown).strip())
