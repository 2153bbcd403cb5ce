"""Fill a variant's database with the demo players, through its own registration page.

`python -m harness.demo`, with the variant on PYTHONPATH and DATABASE_URL set: migrates, then
registers 60 players, one account to try and one admin. The same people in every variant.
"""

import os
from datetime import date

import django
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command

PASSWORD = "natural-twenty-20"  # noqa: S105 (a demo's, printed for everyone to read)
ACCOUNT, ADMIN = "demo", "admin"
NAMES = """
    aldric brenna corvin dalia eldrin fenna gareth halia isolde joren
    kaelin lyra maelis nerys orin petra quillon rhea soren thalia
"""
CLASSES = ["bard", "rogue", "wizard"]


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own hash in one round: 62 real ones take a minute. A log-in renews it."""

    iterations = 1


def people() -> list[dict[str, str]]:
    """What each of them types into the registration form."""
    names = [f"{name}.{role}" for name in NAMES.split() for role in CLASSES] + [ACCOUNT]
    return [
        {
            "username": name,
            "email": f"{name}@example.com",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "discord_id": f"{name}#{1000 + number}",
            "zoom_id": f"{name}.zoom",
            "birthdate": date(1970 + number % 40, number % 12 + 1, number % 28 + 1).isoformat(),
        }
        for number, name in enumerate(names)
    ]


def main() -> None:
    settings.DEBUG = False  # no toolbar on these requests
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickHasher"]
    django.setup()
    from django.test import Client

    call_command("migrate", verbosity=0)
    for person in people():
        response = Client().post("/register/", person)
        if response.status_code != 302:
            raise SystemExit(f"error: {person['username']} could not register")
    os.environ["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    email = f"{ADMIN}@example.com"
    call_command("createsuperuser", interactive=False, username=ADMIN, email=email, verbosity=0)


if __name__ == "__main__":
    from harness import demo  # by its name, for the hasher to be found under it

    demo.main()
