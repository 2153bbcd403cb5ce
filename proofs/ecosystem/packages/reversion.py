from django.contrib import admin
from django.core.management import call_command
from reversion.admin import VersionAdmin
from reversion.models import Version

from players.admin import PlayerAdmin
from proofs.ecosystem.attempt import expect, replaceable
from proofs.ecosystem.players_site import (
    Player,
    admin_page,
    by_username,
    log_in_root,
    register,
)


@replaceable
class VersionedPlayerAdmin(VersionAdmin, PlayerAdmin):
    pass


admin.site.unregister(Player)
admin.site.register(Player, VersionedPlayerAdmin)
LOVELACE = {"email": "lovelace@example.com", "zoom_id": "lovelace"}


class Operation:
    def a_change_in_the_admin_is_a_version(self):
        self.ada, self.root = register(), log_in_root()
        call_command("createinitialrevisions", verbosity=0)
        page = admin_page("change", by_username("ada").pk)
        self.root.submit(page, **LOVELACE)
        versions = Version.objects.get_for_object(by_username("ada"))
        expect("versions", versions.count(), 2)
        self.second, self.first = versions
        expect("the profile shows", self.ada.profile(), LOVELACE)

    def reverting_brings_the_address_back(self):
        self._revert_to(self.first)
        expect("the address", self.ada.profile()["email"], "ada@example.com")

    def reverting_brings_the_details_back(self):
        expect("the Zoom ID", self.ada.profile()["zoom_id"], "ada.zoom")

    def reverting_to_the_second_version_brings_them_forth_again(self):
        self._revert_to(self.second)
        expect("the profile shows", self.ada.profile(), LOVELACE)

    def an_edit_by_the_player_is_a_version(self):
        self.ada.edit(email="augusta@example.com", zoom_id="augusta")
        newest = Version.objects.get_for_object(by_username("ada")).first()
        self._revert_to(self.first)
        self._revert_to(newest)
        seen = self.ada.profile()
        expect("the profile shows", seen, {"email": "augusta@example.com", "zoom_id": "augusta"})

    def _revert_to(self, version):
        self.root.submit(admin_page("revision", by_username("ada").pk, version.pk))
