from django.contrib.auth import get_user_model
from django.test import TestCase

ADA = {
    "username": "ada",
    "email": "ada@example.com",
    "password1": "natural-twenty-20",
    "password2": "natural-twenty-20",
}


class FavouriteClassTests(TestCase):
    def register(self, **details):
        response = self.client.post("/register/", ADA | details)
        self.assertRedirects(response, "/")

    def test_a_new_player_sees_their_favourite_class_on_their_profile(self):
        self.register(favourite_class="Wizard")
        self.assertContains(self.client.get("/profile/"), "Wizard")

    def test_it_is_optional(self):
        self.register()
        self.assertContains(self.client.get("/profile/"), "Favourite class")

    def test_a_player_changes_it(self):
        self.register(favourite_class="Wizard")
        form = {"email": ADA["email"], "favourite_class": "Bard"}
        self.assertRedirects(self.client.post("/profile/edit/", form), "/profile/")
        self.assertContains(self.client.get("/profile/"), "Bard")

    def test_invisible_characters_are_refused(self):
        response = self.client.post("/register/", ADA | {"favourite_class": "Wiz\u200bard"})
        self.assertContains(response, "visible characters only")
        self.assertFalse(get_user_model().objects.exists())

    def test_the_admin_shows_it_and_its_list_has_it(self):
        self.register(favourite_class="Wizard")
        self.client.logout()
        root = get_user_model().objects.create_superuser("root")
        self.client.force_login(root, backend="players.backends.PlayerBackend")
        [*_, admin] = [  # the last: beside a proxy, User has an admin that only looks users up
            app
            for app in ("/admin/auth/user/", "/admin/players/user/", "/admin/players/player/")
            if self.client.get(app).status_code == 200
        ]
        self.assertContains(self.client.get(admin), "Wizard")
