"""A variant's WSGI application whose mail goes into the site's log, where the tests read it."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from harness.wsgi import application

__all__ = ["application"]


def print_bodies(_: EmailBackend, messages: Sequence[EmailMessage]) -> int:
    for message in messages:
        print(message.body, flush=True)
    return len(messages)


EmailBackend.send_messages = print_bodies  # type: ignore[method-assign, assignment]
