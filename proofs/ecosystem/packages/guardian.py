from guardian.shortcuts import assign_perm, get_objects_for_user, get_users_with_perms

from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import ADA, GRACE, Player, by_username, register


class Operation:
    def the_permission_is_given(self):
        register(ADA)
        register(GRACE)
        self.ada, self.grace = by_username("ada"), by_username("grace")
        self.change = f"{Player._meta.app_label}.change_{Player._meta.model_name}"
        assign_perm(self.change, self.ada, self.grace)

    def it_holds_for_that_player_alone(self):
        ada = by_username("ada")  # afresh: permissions are remembered
        expect("may change grace", ada.has_perm(self.change, self.grace), True)
        expect("may change herself", ada.has_perm(self.change, self.ada), False)
        expect("may change everybody", ada.has_perm(self.change), False)

    def the_players_it_holds_for_are_found(self):
        found = get_objects_for_user(self.ada, self.change)
        expect("found", [player.username for player in found], ["grace"])

    def whoever_has_it_is_found(self):
        found = get_users_with_perms(self.grace)
        expect("found", [player.username for player in found], ["ada"])
