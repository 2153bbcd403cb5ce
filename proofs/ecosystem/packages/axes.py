from django.core.management import call_command

from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import register
from shared_tests.visitor import Visitor


class Operation:
    def five_wrong_passwords_lock_out(self):
        register()
        answers = [Visitor().log_in("ada", "wrong").status_code for _ in range(5)]
        expect("the answers", answers, [200, 200, 200, 200, 429])

    def the_right_password_is_refused_then(self):
        expect("the answer", Visitor().log_in("ADA").status_code, 429)

    def the_command_ends_it(self):
        call_command("axes_reset_username", "ada", verbosity=0)
        ada = Visitor()
        ada.log_in("Ada")
        expect("the site greets", ada.name(), "ada")
