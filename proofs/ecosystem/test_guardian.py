import pytest
from guardian.shortcuts import assign_perm, get_objects_for_user, get_users_with_perms

from proofs.ecosystem.players_site import Player, by_username

CHANGE = f"{Player._meta.app_label}.change_{Player._meta.model_name}"


@pytest.fixture
def players(ada, grace):
    """Both accounts, read afresh: permissions are remembered."""
    return by_username("ada"), by_username("grace")


def test_the_permission_is_given(players):
    ada, grace = players
    assign_perm(CHANGE, ada, grace)


def test_it_holds_for_that_player_alone(players):
    ada, grace = players
    assert ada.has_perm(CHANGE, grace), "may change grace"
    assert not ada.has_perm(CHANGE, ada), "may change herself"
    assert not ada.has_perm(CHANGE), "may change everybody"


def test_the_players_it_holds_for_are_found(players):
    ada, _ = players
    found = get_objects_for_user(ada, CHANGE)
    assert [player.username for player in found] == ["grace"], "found"


def test_whoever_has_it_is_found(players):
    _, grace = players
    found = get_users_with_perms(grace)
    assert [player.username for player in found] == ["ada"], "found"
