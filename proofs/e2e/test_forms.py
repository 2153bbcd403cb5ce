"""What a browser adds to a form: calendar, autofill, password manager, double click."""

from typing import Any

from playwright.sync_api import expect

from harness.databases import connected
from harness.demo import ACCOUNT
from harness.sites import Site
from proofs.e2e.conftest import Window
from proofs.e2e.visitor import LABELS, Visitor

# Whose password, and which ones, as the browser understands the form around them.
PASSWORDS = {
    "/register/": ("", ["new-password", "new-password"]),
    "/login/": ("", ["current-password"]),
    "/password-change/": (ACCOUNT, ["current-password", "new-password", "new-password"]),
    "/profile/delete/": (ACCOUNT, ["current-password"]),
}
UNDERSTOOD = """password => {
    const fields = Array.from(password.form.elements);
    return [
        fields.find(one => one.autocomplete === "username")?.value,
        fields.filter(one => one.type === "password").map(one => one.autocomplete),
    ];
}"""
# Chromium fills in no birthdays, and so finds the standard's own word for them wrong.
BIRTHDAYS = "FormInputHasWrongButWellIntendedAutocompleteValueError"


def test_a_birth_date_is_shown_and_chosen_in_the_calendar(
    window: Window, person: dict[str, str]
) -> None:
    visitor = window()
    visitor.register(person | {"birthdate": "1990-12-31"})
    expect(visitor.greeting).to_have_text(person["username"])
    visitor.open("/profile/edit/")
    birthdate = visitor.field("Birth date")
    assert birthdate.evaluate("field => field.valueAsDate?.toJSON()") == "1990-12-31T00:00:00.000Z"
    birthdate.click()
    birthdate.evaluate("field => field.showPicker()")
    visitor.page.keyboard.press("ArrowRight")
    expect(birthdate).to_have_value("1991-01-01")
    visitor.page.keyboard.press("Enter")
    visitor.press("Save")
    expect(visitor.shown("birthdate")).to_have_text("1991-01-01")


def test_a_password_manager_understands_every_form(window: Window) -> None:
    found, visitors = {}, {"": window(), ACCOUNT: window(ACCOUNT)}
    for path, (username, _) in PASSWORDS.items():
        visitor = visitors[username]
        visitor.open(path)
        passwords = visitor.page.locator("main input[type=password]")
        found[path] = tuple(passwords.first.evaluate(UNDERSTOOD))
        assert issues(visitor) == [], path
    assert found == PASSWORDS


def issues(visitor: Visitor) -> list[str]:
    """What the browser's developer tools find wrong with the page's forms."""
    found: list[Any] = []
    tools = visitor.context.new_cdp_session(visitor.page)
    tools.on("Audits.issueAdded", lambda event: found.append(event["issue"]["details"]))
    tools.send("Audits.enable")
    tools.send("Audits.checkFormsIssues")
    errors = [details.get("genericIssueDetails", {}).get("errorType", "") for details in found]
    return [error for error in errors if error.startswith("Form") and error != BIRTHDAYS]


def test_a_browser_that_knows_the_address_fills_in_what_the_form_calls_so(
    stranger: Visitor,
) -> None:
    stranger.open("/register/")
    email = stranger.field("Email address")
    email.focus()
    filled: dict[str, str] = {}
    tools = stranger.context.new_cdp_session(stranger.page)
    tools.on("Autofill.addressFormFilled", lambda event: filled.update(reasons(event)))
    for method in ("DOM.enable", "Autofill.enable"):
        tools.send(method)
    focused = tools.send("Runtime.evaluate", {"expression": "document.activeElement"})
    node = tools.send("DOM.describeNode", {"objectId": focused["result"]["objectId"]})["node"]
    known = {"fields": [{"name": "EMAIL_ADDRESS", "value": "known@example.com"}]}
    tools.send("Autofill.trigger", {"fieldId": node["backendNodeId"], "address": known})
    expect(email).to_have_value("known@example.com")
    assert filled["email"] == "autocompleteAttribute"  # not a guess
    for details in ("Discord ID", "Zoom ID", "Birth date"):
        expect(stranger.field(details)).to_have_value("")


def reasons(event: Any) -> dict[str, str]:
    """Why the browser filled in what it did, by the kind of field."""
    return {field["htmlType"]: field["fillingStrategy"] for field in event["filledFields"]}


def test_a_double_click_registers_once_and_shows_no_error(
    stranger: Visitor, person: dict[str, str], site: Site
) -> None:
    sent = []
    stranger.page.on("request", lambda request: sent.append(request.method))
    stranger.open("/register/")
    stranger.fill({label: person[name] for name, label in LABELS.items()})
    stranger.page.get_by_role("button", name="Register").hover()  # and keep the mouse there
    with connected(site.database_url) as ask:
        ask("BEGIN")
        ask("LOCK TABLE django_session IN EXCLUSIVE MODE")  # as slow as a real password's hash
        for _ in range(2):
            stranger.page.mouse.down()
            stranger.page.mouse.up()
            stranger.page.wait_for_timeout(250)
        ask("COMMIT")
    expect(stranger.greeting).to_have_text(person["username"])
    assert sent.count("POST") == 1


def test_who_goes_back_at_once_sends_the_form_again(stranger: Visitor) -> None:
    heading = stranger.page.get_by_role("heading", level=1)
    stranger.open("/password-reset/")
    for address in ("mistyped@example.com", "meant@example.com"):
        stranger.fill({"Email": address})
        stranger.press("Send the link")
        expect(heading).to_have_text("Check your email")
        stranger.page.go_back(wait_until="commit")
        expect(heading).to_have_text("Set a new password")
