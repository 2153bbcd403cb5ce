"""A run's figures as a table of at most 80 columns."""

from typing import Any

from rich.table import Table

from harness.variants import REFERENCE, VARIANTS

NOTE = (
    "Times depend on the machine and on what else it does, and the sites ran one after the other: "
    "a ratio here is a hint, and `nox -s benchmarks` measures. Nothing is held to them; failed "
    "requests, errors and wrong accounts are."
)
KINDS = ("register", "log in", "log out", "edit", "profile", "directory", "search", "home", "form")


def table(run: dict[str, Any]) -> Table:
    """A row for each kind of request: the reference's figures, and the others' ratios to it."""
    sites = run["sites"]
    base = REFERENCE.id if REFERENCE.id in sites else next(iter(sites))
    others = [id for id in sites if id != base]
    shown = Table(box=None, padding=(0, 2, 0, 0))
    shown.add_column("", no_wrap=True)
    for heading in ("\nnumber", f"{VARIANTS[base].title}\nmedian", "\n95%"):
        shown.add_column(heading, justify="right")
    for id in others:
        shown.add_column(f"{VARIANTS[id].title}\nmedian", justify="right")
        shown.add_column("\n95%", justify="right")
    for kind in KINDS:
        requests = {id: site["requests"].get(kind) for id, site in sites.items()}
        own = requests[base]
        if not all(requests.values()):
            continue
        ratios = [
            f"×{requests[id][name] / own[name]:.2f}" for id in others for name in ("median", "p95")
        ]
        shown.add_row(
            kind, f"{own['number']:,}", f"{own['median']} ms", f"{own['p95']} ms", *ratios
        )
    cpu = sites[base]["cpu_per_request"]
    ratios = [f"×{sites[id]['cpu_per_request'] / cpu:.2f}" for id in others]
    spaced = [cell for ratio in ratios for cell in (ratio, "")]
    shown.add_row("CPU, each", f"{sites[base]['number']:,}", f"{cpu:.0f} ms", "", *spaced)
    return shown
