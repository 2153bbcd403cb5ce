"""Every read of players. The document's row is joined, as a profile's would be."""

from django.db.models import Count, IntegerField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Left, Lower
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, IsNull, LessThanOrEqual

from website.constraints import same_text

from .models import Player, PlayerDetails


def with_details():
    """A LEFT JOIN: a user older than the table has no row and is found all the same."""
    return Player.objects.select_related("details")


def by_id(pk):
    return with_details().filter(pk=pk).first()


def by_username(username):
    return with_details().filter(same_text("username", username)).first()


def directory(discord_id="", born_from=None, born_to=None):
    """details__data__birthdate__gte would compare JSON with JSON, and the indexes are of text."""
    players = with_details().filter(is_active=True).order_by(Lower("username"))
    if discord_id:
        value = KeyTextTransform("discord_id", "details__data")
        # The unique index holds only what is > "": a query that says so can use it.
        players = players.filter(same_text(value, discord_id), GreaterThan(value, ""))
    born = KeyTextTransform("birthdate", "details__data")
    if born_from:
        players = players.filter(GreaterThanOrEqual(born, born_from.isoformat()))
    if born_to:
        players = players.filter(LessThanOrEqual(born, born_to.isoformat()))
    return players


def per_birth_year():
    """A date that is text has no year to extract: the first four characters are it."""
    born = KeyTextTransform("birthdate", "data")
    year = Cast(Left(born, 4), IntegerField())
    people = PlayerDetails.objects.filter(IsNull(born, False)).values_list(year)
    return people.annotate(players=Count("pk")).order_by(year)
