"""Every read of players. One row holds all of a player, so each is one statement."""

from django.db.models import Count
from django.db.models.functions import Lower

from website.constraints import same_text

from .models import User


def by_id(pk):
    return User.objects.filter(pk=pk).first()


def by_username(username):
    return User.objects.filter(same_text("username", username)).first()


def directory(discord_id="", born_from=None, born_to=None):
    players = User.objects.filter(is_active=True).order_by(Lower("username"))
    if discord_id:
        # The unique index holds only what is > "": a query that says so can use it.
        players = players.filter(same_text("discord_id", discord_id), discord_id__gt="")
    if born_from:
        players = players.filter(birthdate__gte=born_from)
    if born_to:
        players = players.filter(birthdate__lte=born_to)
    return players


def per_birth_year():
    born = User.objects.filter(birthdate__isnull=False).values_list("birthdate__year")
    return born.annotate(players=Count("pk")).order_by("birthdate__year")
