from django.contrib.auth import get_user_model
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from .tests import ADA

# An inline, which the profile has, sends its fields under names of its own.
INLINE = {"person-TOTAL_FORMS": "1", "person-INITIAL_FORMS": "0"}


class PlayerAdminTests(TestCase):
    def setUp(self):
        self.client_class().post("/register/", ADA)
        self.ada = get_user_model().objects.get(username="ada")
        self.client.force_login(get_user_model().objects.create_superuser("root"))
        [*_, self.page] = [  # the last: beside a proxy, User has a page of its own
            page
            for page in (
                "/admin/auth/user/",
                "/admin/players/user/",
                "/admin/players/player/",
            )
            if self.client.get(page).status_code == 200
        ]

    def test_the_list_shows_the_details_and_is_searched_by_them(self):
        self.assertContains(self.client.get(self.page), "ada.zoom")
        self.assertContains(self.client.get(self.page + "?q=ada%231815"), "ada.zoom")
        self.assertNotContains(self.client.get(self.page + "?q=1852"), "ada.zoom")

    def test_the_details_are_changed(self):
        page = f"{self.page}{self.ada.pk}/change/"
        self.assertContains(self.client.get(page), "ada.zoom")
        form = {
            "username": "ada",
            "date_joined_0": "2026-11-30",
            "date_joined_1": "20:00",
            "discord_id": "ada#1815",
            "zoom_id": "countess.zoom",
            **INLINE,
            "person-INITIAL_FORMS": "1",
            "person-0-user": str(self.ada.pk),
            "person-0-discord_id": "ada#1815",
            "person-0-zoom_id": "countess.zoom",
        }
        self.assertRedirects(self.client.post(page, form), self.page)
        self.assertContains(self.client.get(self.page), "countess.zoom")
        self.assertNotContains(self.client.get(self.page), "ada.zoom")

    def test_a_player_is_added_with_the_details(self):
        form = ADA | {
            "username": "grace",
            "usable_password": "true",
            "zoom_id": "grace.zoom",
            **INLINE,
            "person-0-zoom_id": "grace.zoom",
        }
        self.client.post(self.page + "add/", form)
        self.assertContains(self.client.get(self.page), "grace.zoom")

    def test_more_players_are_not_more_statements(self):
        counts = []
        for name in "grace", "joan":
            with CaptureQueriesContext(connection) as queries:
                self.client.get(self.page)
            counts.append(len(queries))
            form = ADA | {"username": name, "email": ""}
            self.client_class().post("/register/", form)
        self.assertEqual(*counts)
