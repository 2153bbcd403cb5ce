import pytest
from import_export.resources import ModelResource
from tablib import Dataset

from players.forms import DETAILS
from proofs.ecosystem.players_site import Player, replaceable
from shared_tests.people import ADA, another

COLUMNS = ("username", "email", *DETAILS)


@replaceable
class PlayerResource(ModelResource):
    class Meta:
        model = Player
        fields = COLUMNS
        import_id_fields = ("username",)


@pytest.fixture(scope="module")
def sheet(ada, grace):
    return PlayerResource().export().csv


def import_sheet(sheet):
    PlayerResource().import_data(Dataset().load(sheet, "csv"), raise_errors=True)


def test_an_export_has_the_three_details(sheet):
    row = Dataset().load(sheet, "csv").dict[0]
    assert row == {name: ADA[name] for name in COLUMNS}, "the row"


def test_importing_it_with_a_change_makes_the_change(sheet, ada, grace):
    import_sheet(sheet.replace("ada.zoom", "lovelace"))
    assert ada.profile()["zoom_id"] == "lovelace", "the Zoom ID"
    assert grace.profile()["zoom_id"] == "grace.zoom", "of grace"


def test_importing_a_new_row_makes_a_player(ada):
    linus = another(7)
    import_sheet(Dataset([linus[name] for name in COLUMNS], headers=COLUMNS).csv)
    listed = ada.directory(discord_id=linus["discord_id"])
    assert list(listed) == [linus["username"]], "the list has"
