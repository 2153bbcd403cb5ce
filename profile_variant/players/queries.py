"""Every read of players. The join is stated here: without it, each Person costs a statement."""

from django.contrib.auth.models import User
from django.db.models import Count
from django.db.models.functions import Lower

from website.constraints import same_text

from .models import Person


def with_person():
    """A LEFT JOIN: a user older than the table has no Person and is found all the same."""
    return User.objects.select_related("person")


def by_id(pk):
    return with_person().filter(pk=pk).first()


def by_username(username):
    return with_person().filter(same_text("username", username)).first()


def directory(discord_id="", born_from=None, born_to=None):
    players = with_person().filter(is_active=True).order_by(Lower("username"))
    if discord_id:
        # The unique index holds only what is > "": a query that says so can use it.
        players = players.filter(
            same_text("person__discord_id", discord_id), person__discord_id__gt=""
        )
    if born_from:
        players = players.filter(person__birthdate__gte=born_from)
    if born_to:
        players = players.filter(person__birthdate__lte=born_to)
    return players


def per_birth_year():
    """What needs the details alone reads the narrower table alone."""
    born = Person.objects.filter(birthdate__isnull=False).values_list("birthdate__year")
    return born.annotate(players=Count("pk")).order_by("birthdate__year")
