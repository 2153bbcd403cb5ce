from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.functions import Lower
from django.db.models.signals import post_save
from django.dispatch import receiver

from website.ages import age
from website.constraints import CaseInsensitiveUnique
from website.validators import validate_birthdate, validate_visible

from .operations import CascadeInDatabase


class Person(models.Model):
    """New columns in a table of their own, one row beside each user's.

    The user's key is this table's primary key: one index less, and no id to confuse with it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )
    discord_id = models.CharField(
        "Discord ID", max_length=40, blank=True, validators=[validate_visible]
    )
    zoom_id = models.CharField("Zoom ID", max_length=40, blank=True, validators=[validate_visible])
    birthdate = models.DateField(
        "birth date", null=True, blank=True, db_index=True, validators=[validate_birthdate]
    )

    class Meta:
        constraints = [
            CaseInsensitiveUnique(
                Lower("discord_id"),
                condition=models.Q(discord_id__gt=""),
                name="player_discord_id_any_case",
                violation_error_message="A player with that Discord ID already exists.",
            ),
        ]

    def __str__(self):
        return f"Details of {self.user}"

    @property
    def age(self):
        return age(self.birthdate)


# dumpdata leaves a primary key out of the fields. Among them, --natural-foreign names the user,
# and loaddata finds them whatever their number is by then.
Person._meta.pk.serialize = True


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def create_person(sender, instance, created, raw, using, **kwargs):
    """Every way to make a user that sends a signal makes a Person, on the same database.

    Create only: saving an existing Person here would write this instance's stale copy
    over newer values, at every log-in. A fixture (raw) brings its own rows.
    """
    if created and not raw:
        details = getattr(instance, "person_details", {})
        Person.objects.using(using).create(user=instance, **details)


# auth_user is Django's table, and no Meta of ours reaches it:
# migration 0002 adds these to the database, the forms ask them first.
USER_CONSTRAINTS = [
    CaseInsensitiveUnique(
        Lower("username"),
        name="player_username_any_case",
        violation_error_message="A user with that username already exists.",
    ),
    CaseInsensitiveUnique(
        Lower("email"),
        condition=models.Q(email__gt=""),
        name="player_email_any_case",
        violation_error_message="A user with that email address already exists.",
    ),
]
# What website/rules.py looks for in the database.
RULES = [(User, rule) for rule in USER_CONSTRAINTS]
RULES += [(Person, rule) for rule in Person._meta.constraints]
RULES += [(Person, CascadeInDatabase())]
