"""The versions are the proxy's own, and its attributes' rows are part of them."""

import reversion
from players.admin import PlayerAdmin
from players.models import Player, PlayerAttribute
from reversion.admin import VersionAdmin

reversion.register(PlayerAttribute)
reversion.register(Player, follow=["attributes"], for_concrete_model=False)


class VersionedPlayerAdmin(VersionAdmin, PlayerAdmin):
    pass
