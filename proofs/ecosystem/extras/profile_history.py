"""The details have a history of their own: the profile's."""

from players.models import Person
from simple_history import register

register(Person, app="proofs.ecosystem")


def zoom_ids(user):
    """What the Zoom ID has been, the newest first."""
    return [record.zoom_id for record in user.person.history.all()]
