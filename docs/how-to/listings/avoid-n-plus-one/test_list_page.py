from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext


class ListPageTests(TestCase):
    def register(self, username):
        """In a browser of their own, which is logged in by it."""
        browser = self.client_class()
        form = {
            "username": username,
            "email": f"{username}@example.com",
            "password1": "natural-twenty-20",
            "password2": "natural-twenty-20",
            "zoom_id": f"{username}.zoom",
        }
        self.assertRedirects(browser.post("/register/", form), "/")
        return browser

    def statements(self, browser):
        with CaptureQueriesContext(connection) as queries:
            self.assertContains(browser.get("/players/"), "ada.zoom")
        return [query["sql"] for query in queries]

    def test_more_players_are_not_more_statements(self):
        ada = self.register("ada")
        few = self.statements(ada)
        for name in "grace", "joan", "mary", "rosa":
            self.register(name)
        many = self.statements(ada)
        self.assertEqual(len(few), len(many), "\n".join(many))
