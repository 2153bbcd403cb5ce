from django.test import TestCase

from .tests import ADA


class FavouriteClassTests(TestCase):
    def test_a_new_player_sees_their_favourite_class(self):
        form = ADA | {"favourite_class": "Wizard"}
        response = self.client.post("/register/", form, follow=True)
        self.assertContains(response, "Favourite class: Wizard")

    def test_it_is_optional(self):
        response = self.client.post("/register/", ADA, follow=True)
        self.assertContains(response, "Hello, ada")
