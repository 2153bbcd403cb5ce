from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from website.ages import age
from website.constraints import CaseInsensitiveUnique
from website.validators import validate_birthdate, validate_visible


class User(AbstractUser):
    """New columns on the user's own row: nothing to join, nothing to keep in step.

    Named User, not Player: Django names the columns that point here after the class.
    """

    discord_id = models.CharField(
        "Discord ID", max_length=40, blank=True, validators=[validate_visible]
    )
    zoom_id = models.CharField("Zoom ID", max_length=40, blank=True, validators=[validate_visible])
    birthdate = models.DateField(
        "birth date", null=True, blank=True, db_index=True, validators=[validate_birthdate]
    )

    class Meta(AbstractUser.Meta):
        constraints = [
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
            CaseInsensitiveUnique(
                Lower("discord_id"),
                condition=models.Q(discord_id__gt=""),
                name="player_discord_id_any_case",
                violation_error_message="A player with that Discord ID already exists.",
            ),
        ]

    @property
    def age(self):
        return age(self.birthdate)


# What website/rules.py looks for in the database.
RULES = [(User, rule) for rule in User._meta.constraints]
