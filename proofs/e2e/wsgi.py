"""A variant's WSGI application whose mail goes into the site's log, where the tests read it."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from proofs.wsgi import application

__all__ = ["application"]


def say(_: EmailBackend, messages: Sequence[EmailMessage]) -> int:
    for message in messages:
        print(message.body, flush=True)
    return len(messages)


EmailBackend.send_messages = say  # type: ignore[method-assign, assignment]
