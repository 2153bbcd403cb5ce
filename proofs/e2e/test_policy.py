"""The browser itself enforces the Content Security Policy of the pages."""

import pytest

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
