from django.contrib import admin
from django.core.management import call_command
from reversion.admin import VersionAdmin
from reversion.models import Version

from players.admin import PlayerAdmin
from proofs.ecosystem.players_site import Player, admin_page, by_username, replaceable


@replaceable
class VersionedPlayerAdmin(VersionAdmin, PlayerAdmin):
    pass


admin.site.unregister(Player)
admin.site.register(Player, VersionedPlayerAdmin)
LOVELACE = {"email": "lovelace@example.com", "zoom_id": "lovelace"}
AUGUSTA = {"email": "augusta@example.com", "zoom_id": "augusta"}


def versions():
    """The versions of Ada's account, the oldest first."""
    return [*Version.objects.get_for_object(by_username("ada"))][::-1]


def revert_to(root, version):
    root.submit(admin_page("revision", by_username("ada").pk, version.pk))


def shown(ada):
    return {name: ada.profile()[name] for name in LOVELACE}


def test_a_change_in_the_admin_is_a_version(ada, root):
    call_command("createinitialrevisions", verbosity=0)
    root.submit(admin_page("change", by_username("ada").pk), **LOVELACE)
    assert len(versions()) == 2, "versions"
    assert shown(ada) == LOVELACE, "the profile shows"


def test_reverting_brings_the_address_back(ada, root):
    revert_to(root, versions()[0])
    assert ada.profile()["email"] == "ada@example.com", "the address"


def test_reverting_brings_the_details_back(ada):
    assert ada.profile()["zoom_id"] == "ada.zoom", "the Zoom ID"


def test_reverting_to_the_second_version_brings_them_forth_again(ada, root):
    revert_to(root, versions()[1])
    assert shown(ada) == LOVELACE, "the profile shows"


def test_an_edit_by_the_player_is_a_version(ada, root):
    ada.edit(**AUGUSTA)
    newest = versions()[-1]
    revert_to(root, versions()[0])
    revert_to(root, newest)
    assert shown(ada) == AUGUSTA, "the profile shows"
