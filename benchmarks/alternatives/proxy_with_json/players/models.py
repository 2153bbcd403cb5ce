from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower
from django.db.models.lookups import GreaterThan

from website.ages import age
from website.constraints import CaseInsensitiveUnique

from .operations import CascadeInDatabase


class Player(User):
    """New behaviour, no new table. And so no new column: the values live in a row beside it."""

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

    @property
    def data(self):
        """The values by name; none where there is no row, as for a user older than the table."""
        return self.details.data if hasattr(self, "details") else {}

    @property
    def discord_id(self):
        return self.data.get("discord_id", "")

    @property
    def zoom_id(self):
        return self.data.get("zoom_id", "")

    @property
    def birthdate(self):
        if "birthdate" in self.data:
            return date.fromisoformat(self.data["birthdate"])

    @property
    def age(self):
        return age(self.birthdate)


class PlayerDetails(models.Model):
    """All values of one player in one document: no type, no default, no NOT NULL for any of them.

    A birth date is text here too, and ISO dates sort as text. A value that is empty has no key.
    """

    player = models.OneToOneField(
        Player, on_delete=models.CASCADE, primary_key=True, related_name="details"
    )
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "player details"
        constraints = [
            models.UniqueConstraint(
                Lower(KeyTextTransform("discord_id", "data")),
                condition=models.Q(GreaterThan(KeyTextTransform("discord_id", "data"), "")),
                name="player_discord_id_any_case",
                violation_error_message="A player with that Discord ID already exists.",
            ),
        ]
        # One for each key that is searched: a GIN index over the whole document knows no ranges.
        indexes = [
            models.Index(KeyTextTransform("birthdate", "data"), name="player_details_birthdate")
        ]

    def __str__(self):
        return f"Details of {self.player}"


# dumpdata leaves a primary key out of the fields. Among them, --natural-foreign names the user,
# and loaddata finds them whatever their number is by then.
PlayerDetails._meta.pk.serialize = True


class Merged(models.Func):
    """A document with the keys of another over its own; None removes a key.

    The database merges, in the UPDATE, so a key that somebody else wrote meanwhile stays.
    The Python way, to read the document, change it and save it whole, would undo that.
    """

    template = "jsonb_strip_nulls(%(expressions)s)"
    arg_joiner = " || "
    output_field = models.JSONField()

    def __init__(self, field, changes):
        super().__init__(field, models.Value(changes, models.JSONField()))

    def as_sqlite(self, compiler, connection):
        template = "json_patch(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", ")


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
RULES = [
    *((User, rule) for rule in USER_CONSTRAINTS),
    *((PlayerDetails, rule) for rule in [*PlayerDetails._meta.constraints, CascadeInDatabase()]),
]
