"""The built pages' links: every file and every place in a page that they lead to is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harness.variants import ROOT

SITE = ROOT / "site"
NOT_FOUND = "404.html"  # what a server shows in place of a page that is not there
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


@dataclass
class Page(HTMLParser):
    """What a page links to, loads, and can be linked to."""

    text: str
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.places.update(named[key] or "" for key in ("id", "name") if key in named)
        if tag == "a" and (href := named.get("href")):
            self.links.append(href)
        if source := named.get(LOADS.get(tag, "")):
            self.loads.append(source)


def checked() -> list[str]:
    """The paths of the built pages that a browser is to look at."""
    paths = (path.relative_to(SITE).as_posix() for path in sorted(SITE.rglob("*.html")))
    return [path for path in paths if path != NOT_FOUND]


def pages(site: Path) -> dict[str, Page]:
    """By path from the site's folder, each page."""
    found = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    return {name: Page(path.read_text()) for name, path in found.items()}


def faults(site: Path, found: Mapping[str, Page]) -> list[str]:
    """A line for each link that leads nowhere, and for each file from elsewhere."""
    return [
        f"{name}: {fault}"
        for name, page in found.items()
        for link in dict.fromkeys([*page.links, *page.loads])
        if (fault := fault_of(link, name, site, found, link in page.loads))
    ]


def fault_of(link: str, name: str, site: Path, found: Mapping[str, Page], loads: bool) -> str:
    """What is wrong with one link of a page; "" if nothing is."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return f"loads {link} from elsewhere" if loads and parts.scheme != "data" else ""
    path = (site / name).parent / unquote(parts.path) if parts.path else site / name
    if not path.is_file():
        return f"{link} leads to no file"
    place, page = unquote(parts.fragment), path.resolve().relative_to(site.resolve()).as_posix()
    if place and page in found and place not in found[page].places:
        return f"{link} leads to no place in {page}"
    return ""
