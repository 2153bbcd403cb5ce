"""The browser itself enforces what the pages may load, and who may frame them."""

import pytest

from harness.demo import ADMIN
from proofs.e2e.conftest import Window
from proofs.e2e.visitor import Visitor

PLANTED = {
    "an inline script": (
        "script-src-elem forbids inline",
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'document.title = `run`'}))",
    ),
    "an inline style": (
        "style-src-attr forbids inline",
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')",
    ),
    "a picture from elsewhere": (
        "img-src forbids https://elsewhere.example/",
        "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/'}))",
    ),
    "a frame from elsewhere": (
        "frame-src forbids https://elsewhere.example",
        "document.body.insertAdjacentHTML('beforeend',"
        " '<iframe src=\"https://elsewhere.example/\"></iframe>')",
    ),
    "a form to elsewhere": (
        "form-action forbids https://elsewhere.example/",
        "(form => { form.action = 'https://elsewhere.example/'; form.submit() })"
        "(document.querySelector('main form'))",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_content_that_was_injected_is_blocked(stranger: Visitor, what: str) -> None:
    violation, plant = PLANTED[what]
    stranger.open("/login/")
    with stranger.page.expect_console_message(
        lambda message: message.text.startswith(f"policy: {violation}")
    ):
        stranger.page.evaluate(plant)
    assert stranger.page.title() != "run"
    stranger.open("/")  # all messages about the page before have arrived by then
    sent = [complaint for complaint in stranger.complaints if complaint.startswith("no answer: ")]
    assert all(complaint.endswith(": csp") for complaint in sent)
    stranger.complaints.clear()


def test_no_page_can_be_framed_by_another_origin(window: Window) -> None:
    visitor = window(ADMIN)
    # A frame from this machine would be refused to a page that is not, whatever the site says.
    visitor.context.grant_permissions(["local-network-access"])
    paths = ["/", "/profile/edit/", "/admin/", "/static/website/icon.svg"]
    frames = "".join(f'<iframe src="{visitor.site}{path}"></iframe>' for path in paths)
    html = f"<!doctype html><title>Elsewhere</title>{frames}"
    # The second is the same site to the browser, which sends the session's cookie along.
    for elsewhere in "https://elsewhere.example/", "https://localhost:9443/":
        visitor.page.route(
            elsewhere, lambda route: route.fulfill(content_type="text/html", body=html)
        )
        visitor.page.goto(elsewhere)
        *pages, picture = visitor.page.frames[1:]
        for frame in pages:
            frame.wait_for_url("chrome-error://**", wait_until="commit")
        assert picture.url.endswith(paths[-1])  # frames do work here
    visitor.page.evaluate("0")  # what the browser says of the others has arrived after it
    visitor.complaints.clear()
