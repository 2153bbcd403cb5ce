from django.contrib import admin
from django.core.management import call_command
from players.admin import PlayerAdmin
from reversion.admin import VersionAdmin
from reversion.models import Version

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


class Operation:
    def a_change_in_the_admin_is_a_version(self):
        self.ada, self.root = register(), log_in_root()
        call_command("createinitialrevisions", verbosity=0)
        page = admin_page("change", by_username("ada").pk)
        self.root.submit(page, email="lovelace@example.com", zoom_id="lovelace")
        versions = Version.objects.get_for_object(by_username("ada"))
        expect("versions", versions.count(), 2)
        self.first = versions.last()

    def reverting_brings_the_address_back(self):
        expect("the address", self.ada.profile()["email"], "lovelace@example.com")
        page = admin_page("revision", by_username("ada").pk, self.first.pk)
        self.answer = self.root.submit(page)
        expect("the address", self.ada.profile()["email"], "ada@example.com")

    def reverting_brings_the_details_back(self):
        expect("the Zoom ID", self.ada.profile()["zoom_id"], "ada.zoom")
