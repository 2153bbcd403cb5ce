from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from website.ages import age
from website.constraints import CaseInsensitiveUnique

from .operations import CascadeInDatabase


class Player(User):
    """New behaviour, no new table. And so no new column: the values live in rows beside it."""

    class Meta:
        proxy = True

    def validate_constraints(self, exclude=None):
        """What a proxy's Meta cannot state is behaviour, and behaviour it may have.

        The fields are User's: a proxy has none of its own to validate.
        """
        errors = {}
        for constraint in USER_CONSTRAINTS:
            try:
                constraint.validate(User, self, exclude)
            except ValidationError as error:
                error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    @cached_property
    def details(self):
        """The values by name: one statement, or none where the rows were prefetched."""
        return {attribute.name: attribute.value for attribute in self.attributes.all()}

    def refresh_from_db(self, *args, **kwargs):
        self.__dict__.pop("details", None)
        super().refresh_from_db(*args, **kwargs)

    @property
    def discord_id(self):
        return self.details.get("discord_id", "")

    @property
    def zoom_id(self):
        return self.details.get("zoom_id", "")

    @property
    def birthdate(self):
        if "birthdate" in self.details:
            return date.fromisoformat(self.details["birthdate"])

    @property
    def age(self):
        return age(self.birthdate)


class PlayerAttributeManager(models.Manager):
    def get_by_natural_key(self, username, name):
        return self.get(player__username=username, name=name)


class PlayerAttribute(models.Model):
    """One value of one player, as text: no type, no default, no NOT NULL for the database to hold.

    An ISO date sorts as text, so a range of birth dates still finds its index, on PostgreSQL.
    """

    player = models.ForeignKey(
        Player,
        on_delete=models.CASCADE,
        related_name="attributes",
        db_index=False,  # the unique constraint's index begins with it
    )
    name = models.CharField(max_length=20)
    value = models.CharField(max_length=40)

    objects = PlayerAttributeManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["player", "name"], name="player_attribute_once"),
            CaseInsensitiveUnique(
                Lower("value"),
                condition=models.Q(name="discord_id"),
                name="player_discord_id_any_case",
                violation_error_message="A player with that Discord ID already exists.",
            ),
        ]
        indexes = [models.Index(fields=["name", "value"], name="player_attribute_value")]

    def __str__(self):
        return f"{self.name} of {self.player}"

    def natural_key(self):
        """For dumps: the number of a row means another player's value in another database."""
        return (*self.player.natural_key(), self.name)

    natural_key.dependencies = ["auth.user"]


# auth_user is Django's table. Meta.constraints of a proxy would be ignored without a word:
# migration 0002 adds these to the database, validate_constraints() asks them first.
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
RULES += [(PlayerAttribute, rule) for rule in PlayerAttribute._meta.constraints]
RULES += [(PlayerAttribute, CascadeInDatabase())]
