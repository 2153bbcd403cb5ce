"""What the package modules know of the attempt that they are part of."""

from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from django.conf import settings

from proofs.ecosystem.catalogue import EXTRAS

Thing = TypeVar("Thing")


class Unexpected(Exception):
    """An operation went through, and its outcome is not what it should be."""


def expect(what: str, seen: Any, expected: Any) -> None:
    """Raise Unexpected, which says what was seen, where it is not what was expected.

    A dictionary may have more in it than is expected of it.
    """
    if isinstance(seen, dict) and isinstance(expected, dict):
        names = [name for name in expected if seen.get(name) != expected[name]]
        seen = {name: seen[name] for name in names if name in seen}
        expected = {name: expected[name] for name in names}
    if seen != expected:
        raise Unexpected(f"{what}: {seen!r} instead of {expected!r}")


def package() -> ModuleType:
    """The module of the package that is tried."""
    return import_module(f"proofs.ecosystem.packages.{settings.PACKAGE}")


def extras() -> list[ModuleType]:
    """The modules with the extra lines of this attempt; none in the first one."""
    names = settings.EXTRA.modules if settings.EXTRA else ()
    return [import_module(f"{EXTRAS}.{name}") for name in names]


def replaceable(thing: Thing) -> Thing:
    """What the extra lines have by this name, else the thing itself."""
    name = thing.__name__  # type: ignore[attr-defined]
    for module in extras():
        if hasattr(module, name):
            return getattr(module, name)  # type: ignore[no-any-return]
    return thing
