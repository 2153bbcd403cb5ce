"""Every read of players. The values are rows of another table: a second statement fetches them."""

from django.db.models import Count, Exists, IntegerField, OuterRef
from django.db.models.functions import Cast, Left, Lower

from website.constraints import same_text

from .models import Player, PlayerAttribute


def by_id(pk):
    return Player.objects.filter(pk=pk).first()


def by_username(username):
    return Player.objects.filter(same_text("username", username)).first()


def having(name, *conditions, **lookups):
    """EXISTS, not a join: a join repeats the player for every row that matches."""
    rows = PlayerAttribute.objects.filter(*conditions, player=OuterRef("pk"), name=name, **lookups)
    return Exists(rows)


def directory(discord_id="", born_from=None, born_to=None):
    players = Player.objects.filter(is_active=True).order_by(Lower("username"))
    if discord_id:
        players = players.filter(having("discord_id", same_text("value", discord_id)))
    born = {"value__gte": born_from, "value__lte": born_to}
    if bounds := {lookup: day.isoformat() for lookup, day in born.items() if day}:
        players = players.filter(having("birthdate", **bounds))
    return players.prefetch_related("attributes")


def per_birth_year():
    """A date that is text has no year to extract: the first four characters are it."""
    year = Cast(Left("value", 4), IntegerField())
    born = PlayerAttribute.objects.filter(name="birthdate").values_list(year)
    return born.annotate(players=Count("pk")).order_by(year)
