"""hijack puts its button into the admin of AUTH_USER_MODEL, which is not registered here."""

from django.contrib import admin
from hijack.contrib.admin import HijackUserAdminMixin

from players.admin import PlayerAdmin
from players.models import Player


class HijackPlayerAdmin(HijackUserAdminMixin, PlayerAdmin):
    pass


admin.site.unregister(Player)
admin.site.register(Player, HijackPlayerAdmin)
