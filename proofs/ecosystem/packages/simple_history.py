from django.contrib import admin
from simple_history import register as keep_history_of
from simple_history.admin import SimpleHistoryAdmin

from players.admin import PlayerAdmin
from proofs.ecosystem.attempt import expect, replaceable
from proofs.ecosystem.players_site import (
    Player,
    admin_page,
    by_username,
    log_in_root,
    register,
)

keep_history_of(Player, app="proofs.ecosystem")


@replaceable
class HistoricalPlayerAdmin(SimpleHistoryAdmin, PlayerAdmin):
    pass


@replaceable
def zoom_ids(player):
    """What the Zoom ID has been, the newest first."""
    return [record.zoom_id for record in player.history.all()]


admin.site.unregister(Player)
admin.site.register(Player, HistoricalPlayerAdmin)


class Operation:
    def a_new_address_is_recorded(self):
        self.ada, self.root = register(), log_in_root()
        self.page = admin_page("change", by_username("ada").pk)
        self.root.submit(self.page, email="lovelace@example.com")
        newest = by_username("ada").history.first()
        expect(
            "the record",
            (newest.email, str(newest.history_user)),
            ("lovelace@example.com", "root"),
        )

    def a_new_detail_is_recorded(self):
        self.root.submit(self.page, zoom_id="lovelace")
        recorded = list(dict.fromkeys(zoom_ids(by_username("ada"))))
        expect("the record", recorded, ["lovelace", "ada.zoom"])

    def an_edit_by_the_player_is_recorded(self):
        self.ada.edit(email="augusta@example.com", zoom_id="augusta")
        ada = by_username("ada")
        newest = ada.history.first()
        seen = (newest.email, str(newest.history_user), zoom_ids(ada)[0])
        expect("the record", seen, ("augusta@example.com", "ada", "augusta"))
