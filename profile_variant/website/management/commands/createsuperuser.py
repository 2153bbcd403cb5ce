from django.contrib.auth.management.commands import createsuperuser
from django.core.management import CommandError
from django.db import IntegrityError


class Command(createsuperuser.Command):
    """Django's own asks for the exact username only, and would end in a traceback."""

    def handle(self, *args, **options):
        try:
            super().handle(*args, **options)
        except IntegrityError as error:
            raise CommandError("That username or email address is already taken.") from error
