"""Every address of the site's URL configuration, and what it answers to whom.

Nobody lists the addresses: they are what the resolver knows, with arguments that lead to something
that is there. Files under /static/ are not among them: in production a web server sends those.
"""

import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize

from shared_tests.pages import error_pages, fail, reset_link
from shared_tests.people import ADA
from shared_tests.staff import create_superuser
from shared_tests.visitor import Response, Visitor, form_data, parsed

# An end of a script and of an attribute, an element, a template's tag, an entity: each would do
# something if it were not shown as the text that it is.
ELEMENT = "planted"
MARKUP = f"</script>\"'><{ELEMENT}>{{{{7|add:7}}}}&lt;"
MAIL = MARKUP.replace('"', "")  # what an address may have between its quotation marks
SECRET = "natural-one-1"  # what is typed for every password
FORGED = "POST without a token:"
NOWHERE = f"/{quote(MARKUP, safe='')}/"  # the only address that no pattern knows


def marked(person: str, field: str) -> str:
    """What a person has in a field: the markup, and a sign of which it is."""
    if field == "email":
        return f'"{MAIL}{person}"@example.com'
    return f"{MARKUP}{person[0]}{field[0]}"


# What the admin shows beside the accounts: a group's name, a guesser's and their browser's.
BESIDE = GROUP, GUESSER, BROWSER = [marked("x", name) for name in ("group", "user", "browser")]


@dataclass(repr=False)
class Answer:
    """What a visitor got for a request."""

    who: str
    how: str
    path: str
    response: Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @cached_property
    def html(self) -> BeautifulSoup:
        """The page; an empty one where the answer is something else."""
        is_page = self.response.get("Content-Type", "").startswith("text/html")
        is_page &= self.response.content != b""
        return parsed(self.response) if is_page else BeautifulSoup("", "html.parser")

    def __repr__(self) -> str:
        return f"{self.how} {self.path} by {self.who}: {self.status}"


# The addresses


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, Any]]:
    """Each pattern as a format string with the names of its arguments, and its view."""
    for pattern in resolver.url_patterns:
        *_, (route, _) = normalize(pattern.pattern.regex.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, before + route)
        else:
            yield before + route, pattern.callback


def key_of_something(view: Any) -> list[Any]:
    """The key of what a page is about: Ada, unless it is the admin's page of another model."""
    admin = getattr(view, "model_admin", None)
    if not admin or issubclass(admin.model, get_user_model()):
        return [get_user_model().objects.get(email=marked("ada", "email")).pk]
    return [admin.model.objects.latest("pk").pk]


# What an argument may be, by its name, for a view.
ARGUMENTS: dict[str, Callable[[Any], list[Any]]] = {
    "id": key_of_something,
    "object_id": key_of_something,
    "content_type_id": lambda view: list(
        apps.get_model("contenttypes.ContentType")
        .objects.filter(model=get_user_model()._meta.model_name)
        .values_list("pk", flat=True)
    ),
    "app_label": lambda view: sorted({model._meta.app_label for model in site._registry}),
    "url": lambda view: [MARKUP],  # any that the admin does not know
    "uidb64": lambda view: [reset_link(marked("ada", "email")).split("/")[2]],
    # The link's, which a browser is sent on from, to where the form is.
    "token": lambda view: [reset_link(marked("ada", "email")).split("/")[3], "set-password"],
}


def addresses() -> tuple[list[str], list[str]]:
    """The addresses, and the patterns with an argument that is not in ARGUMENTS."""
    found, unknown = [NOWHERE], []
    for pattern, view in patterns(get_resolver()):
        names = re.findall(r"%\((\w+)\)s", pattern)
        if not set(names) <= set(ARGUMENTS):
            unknown.append(pattern)
            continue
        ways: list[dict[str, str]] = [{}]
        for name in names:
            values = [quote(str(value), safe="") for value in ARGUMENTS[name](view)]
            ways = [way | {name: value} for way in ways for value in values]
        found += [pattern % way for way in ways]
    return list(dict.fromkeys(found)), unknown


# The visitors


def visitors() -> dict[str, Visitor]:
    """A stranger, a player and a member of staff; whatever they could write is markup."""
    create_superuser()
    people = {"stranger": Visitor(), "ada": Visitor(), "root": Visitor()}
    assert people["ada"].register(ADA, email=marked("ada", "email")).status_code == 302
    assert people["root"].log_in("root").status_code == 302
    for username in "ada", "root":
        details = {name: marked(username, name) for name in ["email", "discord_id", "zoom_id"]}
        assert people[username].edit(**details).status_code == 302
        # A form refuses such a username; a script that imports people does not ask one.
        names = {name: marked(username, name) for name in ("username", "first_name", "last_name")}
        get_user_model().objects.filter(username=username).update(**names)
    assert people["root"].post("/admin/auth/group/add/", {"name": GROUP}).status_code == 302
    Visitor(HTTP_USER_AGENT=BROWSER).log_in(GUESSER, "wrong")
    for model in site._registry:
        if not model.objects.exists():
            texts = [field for field in model._meta.fields if type(field) is models.CharField]
            model.objects.create(**{field.name: MARKUP[: field.max_length] for field in texts})
    for visitor in people.values():
        visitor.client.raise_request_exception = False
    return people


# The walk


def walk() -> tuple[list[Answer], list[str]]:
    """What every visitor got at every address, and the patterns that no address is known of."""
    people = visitors()
    paths, unknown = addresses()
    answers = [
        answer
        for path in paths
        for who, visitor in people.items()
        for answer in asked(who, visitor, path)
    ]
    answers += [Answer("somebody", "an error at", e.path, e.response) for e in error_pages()]
    return answers, unknown


def asked(who: str, visitor: Visitor, path: str) -> Iterator[Answer]:
    """Each method, and each form of the page filled in with markup; only GET leaves a trace."""
    page = Answer(who, "GET", path, visitor.get(path))
    yield page
    if not path.startswith("/admin/"):
        to = f"{path}?next={quote('/' + MARKUP)}"
        yield Answer(who, "GET", to, visitor.get(to))
    # Who is sent away by GET is sent away by all; a view that takes PUT for GET, as the admin's
    # do, takes the rest for it too.
    more = [] if page.status == 302 else ["head", "put", "options", "patch", "delete"]
    for method in more:
        answer = Answer(who, method.upper(), path, untraced(visitor, method, path))
        yield answer
        if method == "put" and answer.status == page.status != 405:
            break
    forms = page.html.select("main form, #content form") if page.status == 200 else []
    for form in forms:
        yield sent(who, visitor, path, form)
    if not forms:
        yield Answer(who, "POST", path, untraced(visitor, "post", path))
    visitor.client.handler.enforce_csrf_checks = True
    with connection.execute_wrapper(fail):
        response = untraced(visitor, "post", path)
    yield Answer(who, FORGED, path, response)
    visitor.client.handler.enforce_csrf_checks = False


def sent(who: str, visitor: Visitor, path: str, form: Tag) -> Answer:
    """The answer to a form with markup in all that one may type."""
    data = form_data(form)
    for field in form.select("input[name], textarea[name]"):
        kind = field.get("type", "text")
        if kind in {"text", "search", "email", "password"}:
            data[str(field["name"])] = SECRET if kind == "password" else MARKUP
    method = str(form.get("method", "get"))
    to = str(form.get("action") or path)
    answer = untraced(visitor, method, to, data)
    return Answer(who, f"markup by {method.upper()} to", to, answer)


def untraced(visitor: Visitor, method: str, path: str, data: Any = None) -> Response:
    """The answer to a request, after which the database and the browser are as before."""
    cookies = copy(visitor.client.cookies)
    with transaction.atomic():
        response: Response = getattr(visitor.client, method)(path, data)
        transaction.set_rollback(True)
    visitor.client.cookies = cookies
    return response
