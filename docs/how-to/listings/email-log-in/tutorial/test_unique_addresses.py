from unittest import mock

from django.contrib.auth import get_user_model
from django.test import TestCase

from .tests import ADA
from .views import RegisterView


class UniqueAddressTests(TestCase):
    def take(self, email):
        get_user_model().objects.create_user("countess", email)

    def test_a_taken_address_is_refused_whatever_its_case(self):
        self.take("Ada@Example.com")
        response = self.client.post("/register/", ADA)
        self.assertContains(response, "that email address already exists", 1)

    def test_so_it_is_if_it_was_taken_after_the_form_asked(self):
        form_valid = RegisterView.form_valid

        def overtaken(view, form):
            self.take("Ada@Example.com")
            return form_valid(view, form)

        with mock.patch.object(RegisterView, "form_valid", overtaken):
            response = self.client.post("/register/", ADA)
        self.assertContains(response, "that email address already exists", 1)
        self.assertNotContains(response, "that username already exists")

    def test_several_players_may_have_no_address(self):
        for name in "ada", "grace":
            form = ADA | {"username": name, "email": ""}
            response = self.client_class().post("/register/", form)
            self.assertRedirects(response, "/")
