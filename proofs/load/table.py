"""A run's figures as a table of at most 80 columns."""

from typing import Any

from rich.table import Table

from proofs import TITLES, VARIANTS

NOTE = (
    "Times depend on the machine and on what else it does, and the sites ran one after the other: "
    "a ratio here is a hint, and `nox -s benchmarks` measures. Nothing is held to them; failed "
    "requests, errors and wrong accounts are."
)
HEADINGS = {folder: TITLES[name] for name, folder in VARIANTS.items()}
REFERENCE = "custom_user_variant"
KINDS = ("register", "log in", "log out", "edit", "profile", "directory", "search", "home", "form")


def table(run: dict[str, Any]) -> Table:
    """A row for each kind of request: the custom user's figures, and the others' ratios to it."""
    sites = run["sites"]
    base = REFERENCE if REFERENCE in sites else next(iter(sites))
    others = [variant for variant in HEADINGS if variant in sites and variant != base]
    shown = Table(box=None, padding=(0, 2, 0, 0))
    shown.add_column("")
    for heading in ("\nnumber", f"{HEADINGS[base]}\nmedian", "\n95%"):
        shown.add_column(heading, justify="right")
    for variant in others:
        shown.add_column(f"{HEADINGS[variant]}\nmedian", justify="right")
        shown.add_column("\n95%", justify="right")
    for kind in KINDS:
        requests = {variant: site["requests"].get(kind) for variant, site in sites.items()}
        own = requests[base]
        if not all(requests.values()):
            continue
        ratios = [
            f"×{requests[variant][name] / own[name]:.2f}"
            for variant in others
            for name in ("median", "p95")
        ]
        shown.add_row(
            kind, f"{own['number']:,}", f"{own['median']} ms", f"{own['p95']} ms", *ratios
        )
    cpu = sites[base]["cpu_per_request"]
    ratios = [f"×{sites[variant]['cpu_per_request'] / cpu:.2f}" for variant in others]
    spaced = [cell for ratio in ratios for cell in (ratio, "")]
    shown.add_row("CPU, each", f"{sites[base]['number']:,}", f"{cpu:.0f} ms", "", *spaced)
    return shown
