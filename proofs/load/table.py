"""A run's figures as a table, for the terminal and for README.md."""

from typing import Any

from rich.table import Table

NOTE = (
    "Times depend on the machine and on what else it does, and the sites ran one after the other: "
    "these ratios say only that no strategy falls behind. Nothing here is held to them; failed "
    "requests, errors and wrong accounts are."
)
HEADINGS = {
    "proxy_variant": "proxy",
    "profile_variant": "profile",
    "custom_user_variant": "custom user",
}
REFERENCE = "custom_user_variant"
KINDS = ("register", "log in", "log out", "edit", "profile", "directory", "search", "home", "form")


def rows(run: dict[str, Any]) -> list[list[str]]:
    """A header and a row for each kind of request: figures of the reference, and ratios to it."""
    sites = run["sites"]
    base = REFERENCE if REFERENCE in sites else next(iter(sites))
    others = [variant for variant in HEADINGS if variant in sites and variant != base]
    header = ["request", "number", f"{HEADINGS[base]}: median", "95%"]
    for variant in others:
        header += [f"{HEADINGS[variant]}: median", "95%"]
    table = [header]
    for kind in KINDS:
        if any(kind not in site["requests"] for site in sites.values()):
            continue
        own = sites[base]["requests"][kind]
        row = [kind, str(own["number"]), f"{own['median']} ms", f"{own['p95']} ms"]
        for variant in others:
            other = sites[variant]["requests"][kind]
            row += [f"×{other[name] / own[name]:.2f}" for name in ("median", "p95")]
        table.append(row)
    cpu = sites[base]["cpu_per_request"]
    row = ["CPU per request", str(sites[base]["number"]), f"{cpu:.1f} ms", ""]
    for variant in others:
        row += [f"×{sites[variant]['cpu_per_request'] / cpu:.2f}", ""]
    return [*table, row]


def for_terminal(run: dict[str, Any]) -> Table:
    header, *body = rows(run)
    table = Table(box=None, padding=(0, 1), caption_justify="left")
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in body:
        table.add_row(*row)
    return table
