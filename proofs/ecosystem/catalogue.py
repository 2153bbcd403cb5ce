"""The packages of catalogue.toml, and where the lines are that a variant needs on top."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Extra:
    """What makes an operation work for some variants: modules of extras/, and settings that
    replace others."""

    variants: list[str]
    title: str
    modules: list[str]
    settings: Settings = field(default_factory=dict)


@dataclass(frozen=True)
class Package:
    """A distribution, and what is tried with it.

    Lists in `settings` follow the variant's own, other values replace them.
    """

    id: str
    distribution: str
    operation: str
    settings: Settings = field(default_factory=dict)
    extras: list[Extra] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """The tests, which are the steps of the operation."""
        return HERE / f"test_{self.id}.py"

    def extra_for(self, variant: str) -> Extra | None:
        """What a variant needs on top; None where the documentation is enough."""
        return next((one for one in self.extras if variant in one.variants), None)


def source(module: str) -> str:
    """The lines of a module of extras/."""
    return (HERE / "extras" / f"{module}.py").read_text().rstrip()


def _package(id: str, about: dict[str, Any]) -> Package:
    return Package(id, **about | {"extras": [Extra(**one) for one in about.get("extras", [])]})


PACKAGES = {
    id: _package(id, about)
    for id, about in tomllib.loads((HERE / "catalogue.toml").read_text()).items()
}
