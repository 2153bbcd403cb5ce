from import_export.resources import ModelResource
from tablib import Dataset

from players.forms import DETAILS
from proofs.ecosystem.attempt import expect, replaceable
from proofs.ecosystem.players_site import ADA, GRACE, Player, details_of, register
from shared_tests.people import another

COLUMNS = ("username", "email", *DETAILS)


@replaceable
class PlayerResource(ModelResource):
    class Meta:
        model = Player
        fields = COLUMNS
        import_id_fields = ("username",)


class Operation:
    def an_export_has_the_three_details(self):
        self.ada, self.grace = register(ADA), register(GRACE)
        self.sheet = PlayerResource().export().csv
        row = Dataset().load(self.sheet, "csv").dict[0]
        expect("the row", row, {"username": "ada", **details_of(ADA)})

    def importing_it_with_a_change_makes_the_change(self):
        self._import(self.sheet.replace("ada.zoom", "lovelace"))
        expect("the Zoom ID", self.ada.profile()["zoom_id"], "lovelace")
        expect("of grace", self.grace.profile()["zoom_id"], "grace.zoom")

    def importing_a_new_row_makes_a_player(self):
        linus = another(7)
        new = [linus[name] for name in COLUMNS]
        self._import(Dataset(new, headers=COLUMNS).csv)
        expect("the list has", list(self.ada.directory(discord_id=linus["discord_id"])), [new[0]])

    def _import(self, sheet):
        PlayerResource().import_data(Dataset().load(sheet, "csv"), raise_errors=True)
