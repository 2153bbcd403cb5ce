from django.core.management import call_command

from shared_tests.visitor import Visitor


def test_five_wrong_passwords_lock_out(ada):
    answers = [Visitor().log_in("ada", "wrong").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429], "the answers"


def test_the_right_password_is_refused_then():
    assert Visitor().log_in("ADA").status_code == 429, "the answer"


def test_the_command_ends_it():
    call_command("axes_reset_username", "ada", verbosity=0)
    ada = Visitor()
    ada.log_in("Ada")
    assert ada.name() == "ada", "the site greets"
