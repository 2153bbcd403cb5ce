"""A person with a browser: posts the site's forms, reads its pages, knows no model."""

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client

from shared_tests.people import ADA, PASSWORD

Response = HttpResponse


class Visitor:
    """One browser: its cookies, and what a person does with the pages."""

    def __init__(self, **client_options: Any) -> None:
        self.client = Client(**client_options)

    def get(self, path: str, data: Any = None, **options: Any) -> Response:
        return self.client.get(path, data, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> Response:
        return self.client.post(path, data or {}, **options)

    # What a person does here

    def register(self, person: dict[str, str] = ADA, **changes: str) -> Response:
        return self.post("/register/", {**person, **changes})

    def log_in(self, username: str = "ada", password: str = PASSWORD, **more: str) -> Response:
        return self.post("/login/", {"username": username, "password": password, **more})

    def log_out(self) -> Response:
        return self.post("/logout/")

    def edit(self, **changes: str) -> Response:
        """Open the edit page, change these fields, press the button."""
        return self.submit("/profile/edit/", **changes)

    def delete(self, password: str = PASSWORD) -> Response:
        return self.post("/profile/delete/", {"password": password})

    def submit(self, path: str, button: str | None = None, **changes: str) -> Response:
        """Fill in the page's form as it stands with changes, and submit it."""
        data = filled_in(self.get(path), **changes)
        if button:
            data[button] = "1"
        return self.post(path, data)

    # What a person sees

    def name(self) -> str | None:
        """Whom the home page greets; None when logged out."""
        greeting = parsed(self.get("/")).select_one("[data-username]")
        return str(greeting["data-username"]) if greeting else None

    def profile(self) -> dict[str, str]:
        """The own profile page's values by name."""
        response = self.get("/profile/")
        assert response.status_code == 200, response.status_code
        return fields_in(parsed(response).main)

    def directory(self, **filters: str) -> dict[str, dict[str, str]]:
        """The rows of a directory page by username, in their order."""
        response = self.get("/players/", filters)
        assert response.status_code == 200, response.status_code
        return {
            str(row["data-player"]): fields_in(row)
            for row in parsed(response).select("[data-player]")
        }


def parsed(response: Response) -> BeautifulSoup:
    """The page, without what nobody here asks for and takes a fifth of the time."""
    unasked = {"store_line_numbers": False, "multi_valued_attributes": None}
    return BeautifulSoup(response.content, "html.parser", **unasked)


def filled_in(page: Response, **changes: str) -> dict[str, Any]:
    """What the page's form sends as it stands with changes.

    In a page that prefixes its names ("person-0-zoom_id"), a change finds its field by the end
    of the name.
    """
    assert page.status_code == 200, page.status_code
    forms = parsed(page).select("main form, #content form")
    form = max(forms, key=lambda form: len(form.select("input, select, textarea")))
    data = form_data(form)
    for name, value in changes.items():
        fields = [field for field in data if field == name or field.endswith(f"-{name}")]
        if form.select_one(f'input[type=checkbox][name="{name}"]'):
            fields = [name]
        assert len(fields) == 1, f"{name} is {len(fields)} fields of {sorted(data)}"
        data[fields[0]] = value
    return data


def fields_in(element: Tag) -> dict[str, str]:
    """The values an element shows, by the name in their data-field."""
    return {str(field["data-field"]): field.get_text() for field in element.select("[data-field]")}


def form_data(form: Tag) -> dict[str, Any]:
    """What a browser would send if the form were submitted as it stands."""
    data: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(field["name"]), field.get("type")
        if "__prefix__" in name:  # the admin's template for one more row
            continue
        if kind in {"submit", "button", "image", "file"} or field.has_attr("disabled"):
            continue
        if kind in {"checkbox", "radio"}:
            if field.has_attr("checked"):
                data[name] = field.get("value", "on")
        elif field.name == "select":
            chosen = [option["value"] for option in field.select("option[selected]")]
            if field.has_attr("multiple"):
                data[name] = chosen
            else:
                data[name] = chosen[0] if chosen else ""
        elif field.name == "textarea":
            data[name] = field.get_text()
        elif kind == "date":
            # A browser takes any other spelling for no date at all, and sends none.
            value = str(field.get("value", ""))
            data[name] = value if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else ""
        else:
            data[name] = field.get("value", "")
    return data


def errors(response: Response) -> dict[str, str]:
    """The errors a form page shows: by the field they stand beside, "" for the whole form."""
    assert response.status_code == 200, response.status_code
    page = parsed(response)
    shown = {
        str(element["id"]).removeprefix("id_").removesuffix("_error"): element.get_text(
            " ", strip=True
        )
        for element in page.select("ul.errorlist[id$=_error]")
    }
    for line in page.select("main [role=alert] li"):
        if not line.select("a"):
            shown[""] = line.get_text(" ", strip=True)
    assert not {"", "None"} & set(shown.values()), shown  # each says what is wrong
    return shown
