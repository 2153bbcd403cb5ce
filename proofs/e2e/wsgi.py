"""A variant's WSGI application for the browser's tests.

Its mail goes into the site's log, where they read it. Passwords are hashed in one round: no page
shows how long that takes.
"""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from harness.wsgi import application

__all__ = ["application"]
settings.PASSWORD_HASHERS = ["harness.demo.QuickHasher"]


def print_bodies(_: EmailBackend, messages: Sequence[EmailMessage]) -> int:
    for message in messages:
        print(message.body, flush=True)
    return len(messages)


EmailBackend.send_messages = print_bodies  # type: ignore[method-assign, assignment]
