import pytest
from django.contrib import admin
from simple_history import register as keep_history_of
from simple_history.admin import SimpleHistoryAdmin

from players.admin import PlayerAdmin
from proofs.ecosystem.players_site import Player, admin_page, by_username, replaceable

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


@pytest.fixture
def page(ada):
    """Ada's page in the admin."""
    return admin_page("change", by_username("ada").pk)


def newest():
    """The newest record's address, and who made it."""
    record = by_username("ada").history.first()
    return record.email, str(record.history_user)


def test_a_new_address_is_recorded(ada, root, page):
    root.submit(page, email="lovelace@example.com")
    assert newest() == ("lovelace@example.com", "root"), "the record"


def test_a_new_detail_is_recorded(root, page):
    root.submit(page, zoom_id="lovelace")
    recorded = list(dict.fromkeys(zoom_ids(by_username("ada"))))
    assert recorded == ["lovelace", "ada.zoom"], "the record"


def test_an_edit_by_the_player_is_recorded(ada):
    ada.edit(email="augusta@example.com", zoom_id="augusta")
    assert newest() == ("augusta@example.com", "ada"), "the record"
    assert zoom_ids(by_username("ada"))[0] == "augusta", "the record"
