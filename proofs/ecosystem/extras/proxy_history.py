"""The details have a history of their own: one of their rows."""

from players.models import PlayerAttribute
from simple_history import register

register(PlayerAttribute, app="proofs.ecosystem")


def zoom_ids(player):
    """What the Zoom ID has been, the newest first."""
    records = PlayerAttribute.history.filter(player=player, name="zoom_id")
    return [record.value for record in records]
