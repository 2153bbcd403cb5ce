"""Every page of the site, in every state in which a person may come upon it."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection, transaction

from shared_tests.people import ADA, another
from shared_tests.visitor import Response, Visitor, parsed

OPEN_PAGES = ["/", "/register/", "/login/", "/password-reset/", "/password-reset/done/"]
OWN_PAGES = ["/players/", "/profile/", "/profile/edit/", "/profile/delete/", "/password-change/"]
BEHIND_THE_MAIL = "/reset/…/"  # the address has a token in it


class Page(NamedTuple):
    """A page that a visitor sees at an address; `name` is the address without what varies."""

    name: str
    visitor: Visitor
    path: str
    response: Response
    html: BeautifulSoup

    @property
    def status(self) -> int:
        return self.response.status_code

    def __str__(self) -> str:
        return f"{self.path} ({self.status})"


def every_page(ada: Visitor) -> Iterator[Page]:
    """What a stranger sees, what Ada sees, and what is shown when something went wrong."""
    User = get_user_model()
    User.objects.bulk_create(User(username=another(n)["username"]) for n in range(60))
    stranger = Visitor()
    for path in [*OPEN_PAGES, "/register/?next=/players/", "/login/?next=/players/"]:
        yield seen(stranger, path, stranger.get(path))
    for path in ["/register/", "/login/", "/password-reset/"]:
        yield seen(stranger, path, stranger.post(path))
    yield seen(stranger, "/reset/done/", stranger.get("/reset/done/"))
    yield from error_pages()

    link = reset_link()
    path = stranger.get(link)["Location"]
    yield seen(stranger, path, stranger.get(path))
    yield seen(stranger, path, stranger.post(path))
    dead = "/reset/MQ/dead-link/"
    yield seen(stranger, dead, stranger.get(dead), name=dead)

    for path in ["/", *OWN_PAGES, "/password-change/done/"]:
        yield seen(ada, path, ada.get(path))
    for query in ["page=2", "discord_id=ada%231815", "discord_id=nobody", "born_from=soon"]:
        yield seen(ada, f"/players/?{query}", ada.get(f"/players/?{query}"))
    for path in ["/profile/edit/", "/profile/delete/", "/password-change/"]:
        yield seen(ada, path, ada.post(path))


def error_pages() -> Iterator[Page]:
    guesser = Visitor()
    for _ in range(5):
        locked = guesser.log_in("guessed", "wrong")
    yield seen(guesser, "/login/", locked)
    yield seen(guesser, "/no-such-page/", guesser.get("/no-such-page/"))
    too_much = guesser.post("/login/", {f"f{n}": "" for n in range(1500)})
    yield seen(guesser, "/login/", too_much)
    forger = Visitor(enforce_csrf_checks=True)
    yield seen(forger, "/login/", forger.post("/login/"))
    unlucky = Visitor(raise_request_exception=False)
    with transaction.atomic(), connection.execute_wrapper(fail):
        yield seen(unlucky, "/register/", unlucky.register(another(99)))


def seen(visitor: Visitor, path: str, response: Response, name: str = "") -> Page:
    known = urlsplit(path).path
    if known.startswith("/reset/") and known != "/reset/done/":
        known = BEHIND_THE_MAIL
    return Page(name or known, visitor, path, response, parsed(response))


def fail(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
    """A database that reads and does not write: for connection.execute_wrapper()."""
    if sql.startswith(("INSERT", "UPDATE", "DELETE")):
        raise RuntimeError("the disk is full")
    return execute(sql, params, many, context)


def reset_link(email: str = ADA["email"]) -> str:
    """Ask for a new password, and take the path of the link out of the mail."""
    Visitor().post("/password-reset/", {"email": email})
    return urlsplit(link_in(mail.outbox[-1].body)).path


def link_in(text: str) -> str:
    """The one address in a text."""
    [link] = re.findall(r"https?://\S+", text)
    return str(link)
