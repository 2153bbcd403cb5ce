"""The versions are the proxy's own, and the attributes' rows are part of them: of those that are
there once the admin has written them, which sends no signal."""

import reversion
from reversion.admin import VersionAdmin

from players.admin import PlayerAdmin
from players.models import Player, PlayerAttribute
from players.queries import by_id

reversion.register(PlayerAttribute)
reversion.register(Player, follow=["attributes"], for_concrete_model=False)


class VersionedPlayerAdmin(VersionAdmin, PlayerAdmin):
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for attribute in by_id(obj.pk).attributes.all():
            reversion.add_to_revision(attribute)
