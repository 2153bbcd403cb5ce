from django.contrib.auth import get_user_model
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext


class ListPageTests(TestCase):
    def setUp(self):
        self.register("ada")

    def register(self, username):
        form = {
            "username": username,
            "email": f"{username}@example.com",
            "password1": "natural-twenty-20",
            "password2": "natural-twenty-20",
            "zoom_id": f"{username}.zoom",
        }
        self.assertRedirects(self.client_class().post("/register/", form), "/")

    def statements(self, path):
        with CaptureQueriesContext(connection) as queries:
            self.assertContains(self.client.get(path), "ada.zoom")
        return [query["sql"] for query in queries]

    def test_more_players_are_not_more_statements(self):
        root = get_user_model().objects.create_superuser("root")
        self.client.force_login(root, backend="players.backends.PlayerBackend")
        few = self.statements("/players/")
        for name in "grace", "joan", "mary", "rosa":
            self.register(name)
        many = self.statements("/players/")
        self.assertEqual(len(few), len(many), "\n".join(many))
