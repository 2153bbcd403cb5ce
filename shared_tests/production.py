"""What a site is under its production settings, found by one process for all that ask.

Each test that started a process of its own would load Django anew. `manage.py shell -c "from
shared_tests.production import main; main()"` prints it as JSON, and leaves an error on stderr.
"""

import io
import json
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from shared_tests.pages import fail
from shared_tests.people import ADA

PROXIED = {"x-forwarded-proto": "https"}


def said(*command: str, **options: Any) -> str:
    """What a command prints, or how it fails."""
    output = io.StringIO()
    try:
        call_command(*command, **options, stdout=output, stderr=output)
    except Exception as error:
        return str(error)
    return output.getvalue()


def site(client: Client) -> dict[str, Any]:
    """What the variables decide."""
    mailer: Any = mail.mailers.default if hasattr(mail, "mailers") else mail.get_connection()
    return {
        "DEBUG": settings.DEBUG,
        "toolbar": "debug_toolbar" in settings.INSTALLED_APPS,
        "ALLOWED_HOSTS": settings.ALLOWED_HOSTS,
        "another host": client.get("/login/", headers={"host": "a.b"}).status_code,
        "SESSION_COOKIE_SECURE": settings.SESSION_COOKIE_SECURE,
        "CSRF_COOKIE_SECURE": settings.CSRF_COOKIE_SECURE,
        "SECURE_HSTS_SECONDS": settings.SECURE_HSTS_SECONDS,
        "http": client.get("/login/").status_code,
        "http behind https": client.get("/login/", headers=PROXIED).status_code,
        "mailer": [type(mailer).__module__, mailer.host],
        "DEFAULT_FROM_EMAIL": settings.DEFAULT_FROM_EMAIL,
        "time zone": timezone.get_current_timezone_name(),
        "collectstatic": said("collectstatic", dry_run=True, interactive=False, verbosity=0),
    }


def status_of_a_failure(client: Client) -> int:
    """The status of a registration that fails; what is left of it is on stderr."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
    call_command("migrate", verbosity=0)
    with connection.execute_wrapper(fail):
        return client.post("/register/", ADA, secure=True).status_code


def main() -> None:
    client = Client(SERVER_NAME="players.example.com", raise_request_exception=False)
    hasher = get_hasher()
    found = {
        "site": site(client),
        "check": said("check", deploy=True, fail_level="WARNING"),
        "hasher": [hasher.algorithm, getattr(hasher, "iterations", None)],
        "failure": status_of_a_failure(client),
    }
    print(json.dumps(found))
