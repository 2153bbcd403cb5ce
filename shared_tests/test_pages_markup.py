"""The HTML of every page, in every state: titles, labels, links, forms, what is announced."""

from copy import deepcopy
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction

from shared_tests.pages import BEHIND_THE_MAIL, every_page, reset_link
from shared_tests.visitor import Visitor, form_data, parsed

# Where only tests are chosen that read what a fixture has drawn, there is a database all the same.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every page as it was drawn once, for the tests that read them and ask for nothing more."""
    with django_db_blocker.unblock(), transaction.atomic():
        ada = Visitor()
        assert ada.register().status_code == 302
        pages = list(every_page(ada))
        transaction.set_rollback(True)
    mail.outbox.clear()
    return pages


def test_the_navigation_offers_what_one_may_do(ada, admin):
    def offered(visitor):
        page = parsed(visitor.get("/"))
        return {
            **{link["href"]: link.get_text() for link in page.select("header nav a")},
            **{form["action"]: "Log out" for form in page.select("header nav form")},
        }

    everybody = {"/": "Home", "/players/": "Players"}
    own = everybody | {"/profile/": "Profile", "/logout/": "Log out"}
    assert offered(Visitor()) == everybody | {"/login/": "Log in", "/register/": "Register"}
    assert offered(ada) == own
    assert offered(admin) == own | {"/admin/": "Admin"}


# Each page's title, and where it leads on to, in which words.
PAGES = {
    "/register/": ("Register", {"/login/": "I already have an account"}),
    "/login/": (
        "Log in",
        {"/password-reset/": "I forgot my password", "/register/": "I have no account yet"},
    ),
    "/password-reset/": ("Set a new password", {"/login/": "Back to log-in"}),
    "/password-reset/done/": ("Check your email", {"/password-reset/": "try another address"}),
    BEHIND_THE_MAIL: ("Choose a new password", {}),
    "/reset/MQ/dead-link/": (
        "This link does not work",
        {"/password-reset/": "ask for a new one"},
    ),
    "/reset/done/": ("Password saved", {"/login/": "log in"}),
    "/profile/": (
        "Profile",
        {
            "/profile/edit/": "Edit your details",
            "/password-change/": "Change your password",
            "/profile/delete/": "Delete your account",
        },
    ),
    "/profile/edit/": ("Edit your details", {"/profile/": "Cancel"}),
    "/profile/delete/": ("Delete your account", {"/profile/": "Keep my account"}),
    "/password-change/": ("Change your password", {"/profile/": "Cancel"}),
    "/password-change/done/": ("Password changed", {"/profile/": "your profile"}),
    "/no-such-page/": ("Page not found", {"/": "the home page"}),
    400: ("Bad request", {"/": "the home page"}),
    403: ("Form expired", {}),
    429: ("Log-in is locked", {"/login/": "log in", "/password-reset/": "set a new one"}),
    500: ("Something went wrong", {"/": "Home page"}),
}
WELCOME = {
    False: {"/register/": "Register", "/login/": "log in"},
    True: {"/players/": "who plays", "/profile/": "your details"},
}
FOUND = {
    "/players/": {"?page=2": "Next"},
    "/players/?page=2": {"?page=1": "Previous"},
    "/players/?discord_id=ada%231815": {"/players/": "Clear"},
    "/players/?discord_id=nobody": {"/players/": "Clear"},
    "/players/?born_from=soon": {"/players/": "Clear"},
}
# The headings that are not the title.
HEADINGS = {
    "Home": "Dungeons & Dragons players",
    "Profile": "Your profile",
    "Bad request": "We did not understand that",
    "Form expired": "This form has expired",
}
BUTTONS = {
    "/register/": "Register",
    "/login/": "Log in",
    "/password-reset/": "Send the link",
    BEHIND_THE_MAIL: "Save the new password",
    "/password-change/": "Change password",
    "/profile/edit/": "Save",
    "/profile/delete/": "Delete my account",
    "/players/": "Search",
}


METAS = {"viewport": "width=device-width, initial-scale=1", "color-scheme": "light dark"}


def test_every_page_is_semantic_labelled_and_asks_no_other_host(pages):
    for page in pages:
        html = page.html
        assert html.html["lang"] == "en", page
        assert html.select_one("meta[charset=utf-8]"), page
        for name, content in METAS.items():
            assert html.select_one(f"meta[name={name}]")["content"] == content, page
        assert len(html.select("h1")) == 1, page
        assert html.main, page
        if page.status != 500:  # which depends on nothing
            assert len(html.select("link[rel=stylesheet][href]")) == 2, page
            first = html.body.a
            assert (first["href"], first.get_text()) == (f"#{html.main['id']}", "Skip to content")
        assert html.select_one("link[rel=icon][href]"), page
        assert html.select("header nav") or page.status in {400, 500}, page
        assert not html.select("nav:not([aria-label])"), page
        assert not html.select("[style], style, script:not([src])"), page
        for element in html.select("link[href], script[src], img[src], iframe[src]"):
            address = element.get("href") or element.get("src")
            if not address.startswith("data:"):
                found = Path(settings.BASE_DIR).glob(f"*{address}")
                assert address.startswith("/static/"), page
                assert any(found), address
        for field in html.select(
            "input:not([type=hidden], [type=submit], [hidden]), select, textarea"
        ):
            assert html.select_one(f'label[for="{field.get("id")}"]'), (page, field)


# What may stand directly in these elements: a screen reader counts the items of a list and says
# in which column one is, only where nothing else is between.
INSIDE = {
    "body": {"a", "header", "main", "footer", "script"},
    "dl": {"dt", "dd"},
    "table": {"caption", "thead", "tbody"},
    "tbody": {"tr"},
    "thead": {"tr"},
    "tr": {"th", "td"},
    "ul": {"li"},
}


def test_lists_tables_and_landmarks_hold_what_belongs_into_them(pages):
    for page in pages:
        for outer, allowed in INSIDE.items():
            for element in page.html.select(outer):
                inside = {child.name for child in element.find_all(recursive=False)}
                assert inside <= allowed, (page, outer)
        for outer in INSIDE:
            for inner in INSIDE[outer] - {"a", "script"}:
                parents = {child.parent.name for child in page.html.select(inner)}
                homes = {one for one in INSIDE if inner in INSIDE[one]}
                assert parents <= homes | ({"header"} & {inner}), (page, inner)
        for element in page.html.select("[aria-label]"):
            assert element.name == "nav", (page, element)  # on a div, nobody hears it


def test_every_page_says_which_it_is_and_leads_on_to_what_one_may_want_next(pages):
    for page in pages:
        if page.name == "/":
            title, links = "Home", WELCOME[bool(page.html.select("header nav form"))]
        elif page.name == "/players/":
            title, links = "Players", FOUND[page.path]
        else:
            title, links = PAGES.get(page.status) or PAGES[page.name]
        found = {
            link["href"].partition("?next=")[0]: link.get_text()
            for link in page.html.select('main a[href]:not([href^="#"])')
        }
        assert found == links, page
        assert page.html.h1.get_text() == HEADINGS.get(title, title), page
        shown = page.html.title.get_text(strip=True)
        refused = page.status == 200 and bool(page.html.select("main [role=alert]"))
        assert shown == f"{'Error: ' * refused}{title} – D&D players", page
        offered = {link["href"] for link in page.html.select("header nav a")}
        marked = {link["href"] for link in page.html.select("header nav a[aria-current=page]")}
        assert marked == offered & {page.name}, page


def test_every_link_leads_to_a_page(ada):
    followed = {}
    for page in every_page(ada):
        for link in page.html.select("a[href]"):
            address = urljoin(page.path, str(link["href"])).partition("#")[0]
            followed[page.visitor is ada, address] = page.visitor, page
    for (_, address), (visitor, page) in followed.items():
        assert visitor.get(address).status_code in {200, 302} or page.path == address, page


def test_whatever_a_page_refers_to_is_on_it_once(pages):
    """The description that a field names, the field of a label, the target of a link."""
    for page in pages:
        ids = [element["id"] for element in page.html.select("[id]")]
        assert len(ids) == len(set(ids)), page
        named = [
            name
            for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for")
            for element in page.html.select(f"[{attribute}]")
            for name in element[attribute].split()
        ]
        named += [link["href"][1:] for link in page.html.select('a[href^="#"]')]
        assert set(named) <= set(ids), page
        for name in named:
            assert page.html.find(id=name).get_text(strip=True) or "described" not in name, page


def test_every_form_carries_its_token_and_leads_where_it_should(ada):
    """Sent as it stands, by a browser that must show the token, it is read."""
    for page in every_page(ada):
        for form in page.html.select("form"):
            sent = form.get("method", "get"), urljoin(page.path, form.get("action", ""))
            button = [one.get_text() for one in form.select("button")]
            if form.find_parent("header"):
                assert (sent, button) == (("post", "/logout/"), ["Log out"]), page
            else:
                assert sent == ("get" if page.name == "/players/" else "post", page.path), page
                assert button == [BUTTONS[page.name]], page
            sender = Visitor(enforce_csrf_checks=True)
            sender.client.cookies = deepcopy(page.visitor.client.cookies)
            with transaction.atomic():
                answer = getattr(sender, sent[0])(sent[1], form_data(form))
                transaction.set_rollback(True)
            assert answer.status_code in {200, 302}, page


NEW = {
    "new_password1": ("New password", "password", "new-password", "required"),
    "new_password2": ("New password confirmation", "password", "new-password", "required"),
}
DETAILS = {
    "discord_id": ("Discord ID", "text", None, ""),
    "zoom_id": ("Zoom ID", "text", None, ""),
    "birthdate": ("Birth date", "date", "bday", ""),
}
PASSWORD_FIELD = ("Password", "password", "current-password", "required")
# What the person, the browser and the password manager are told of each field.
FIELDS = {
    "/register/": {
        "username": ("Username", "text", "username", "required"),
        "email": ("Email address", "email", "email", "required"),
        "password1": ("Password", "password", "new-password", "required"),
        "password2": ("Password confirmation", "password", "new-password", "required"),
        **DETAILS,
    },
    "/login/": {
        "username": ("Username", "text", "username", "required"),
        "password": PASSWORD_FIELD,
    },
    "/password-reset/": {"email": ("Email", "email", "email", "required")},
    BEHIND_THE_MAIL: NEW,
    "/password-change/": {
        "old_password": ("Old password", "password", "current-password", "required"),
        **NEW,
    },
    "/profile/edit/": {"email": ("Email address", "email", "email", "required"), **DETAILS},
    "/profile/delete/": {"password": PASSWORD_FIELD},
    "/players/": {
        "discord_id": ("Discord ID", "text", None, ""),
        "born_from": ("Born from", "date", None, ""),
        "born_to": ("Born until", "date", None, ""),
    },
}
HELP = {
    "username": "150 characters",
    "password1": "at least 8 characters",
    "password2": "Enter the same password",
    "new_password1": "at least 8 characters",
    "new_password2": "Enter the same password",
}


def test_every_field_says_what_belongs_in_it_before_and_after_an_error(pages):
    for page in pages:
        fields = page.html.select("main input[name]:not([type=hidden])")
        expected = FIELDS.get(page.name, {}) if page.status == 200 else {}
        assert [field["name"] for field in fields] == list(expected), page
        for field in fields:
            name = field["name"]
            label = page.html.select_one(f'label[for="{field["id"]}"]').get_text().rstrip(":")
            required = "required" * field.has_attr("required")
            told = label, field["type"], field.get("autocomplete"), required
            assert told == expected[name], page
            described = field.get("aria-describedby", "").split()
            text = " ".join(page.html.find(id=one).get_text() for one in described)
            if page.name != "/login/":
                assert HELP.get(name, "") in text, (page, name)
            assert field["type"] != "password" or not field.get("value"), page


@pytest.mark.parametrize("path", ["/password-change/", "/profile/delete/", BEHIND_THE_MAIL])
def test_a_password_manager_is_told_whose_password_it_is(ada, path):
    visitor = ada
    if path == BEHIND_THE_MAIL:
        visitor = Visitor()
        path = visitor.get(reset_link())["Location"]
    fields = parsed(visitor.get(path)).select("main form input[autocomplete=username]")
    assert [field["value"] for field in fields] == ["ada"]


def test_the_pages_say_what_cannot_be_undone_and_who_will_see_what(ada):
    """What the contract promises to say where it is decided."""
    register = parsed(Visitor().get("/register/")).main.get_text()
    assert "can search by Discord ID and birth date" in register
    assert "Your email address is not shown" in register
    assert "cannot be undone" in parsed(ada.get("/profile/delete/")).main.get_text()


def test_an_error_stands_beside_its_field_and_is_announced(visitor):
    page = parsed(visitor.register(email="not an address"))
    field = page.select_one("input[name=email]")
    assert field["aria-invalid"] == "true"
    described = field["aria-describedby"].split()
    assert any("valid email" in page.find(id=name).get_text() for name in described)
    summary = page.select_one("main [role=alert][tabindex]")
    assert summary.has_attr("autofocus")
    link = summary.select_one(f'a[href="#{field["id"]}"]')
    assert link.get_text() == "Email address: Enter a valid email address."
    assert page.title.get_text(strip=True).startswith("Error")


def test_no_field_lets_a_browser_cut_what_is_pasted(pages):
    """At maxlength it cuts without a word, and counts an emoji as two; an error says what is."""
    for page in pages:
        assert page.html.select("main [maxlength]") == [], page
