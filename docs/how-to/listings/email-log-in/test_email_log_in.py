from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

ADA = {
    "username": "ada",
    "email": "ada@example.com",
    "password1": "natural-twenty-20",
    "password2": "natural-twenty-20",
}


class EmailLogInTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.client_class().post("/register/", ADA)

    def log_in(self, name, password=ADA["password1"]):
        return self.client.post("/login/", {"username": name, "password": password})

    def test_the_address_logs_in_whatever_its_case(self):
        self.assertRedirects(self.log_in("Ada@Example.com"), "/")

    def test_the_username_still_does(self):
        self.assertRedirects(self.log_in("ADA"), "/")

    def test_neither_does_with_a_wrong_password(self):
        for name in "ada@example.com", "ada":
            self.assertContains(self.log_in(name, "wrong"), "username or email address")

    def test_an_address_that_nobody_has_logs_nobody_in(self):
        for name in "eve@example.com", "@":
            self.assertContains(self.log_in(name), "username or email address")

    def test_an_address_longer_than_a_username_logs_in_uncut(self):
        address = f"grace@{'.'.join(['h' * 60] * 3)}.example"
        self.client.post("/register/", ADA | {"username": "grace", "email": address})
        self.client.post("/logout/")
        self.assertNotContains(self.client.get("/login/"), "maxlength")
        self.assertRedirects(self.log_in(address), "/")

    def test_a_name_cannot_be_another_players_address(self):
        form = ADA | {"username": "ada@example.com", "email": "eve@example.com"}
        self.assertContains(self.client.post("/register/", form), "without an @")

    def test_the_address_costs_no_statement_more_than_the_username(self):
        counts = []
        for name in "ada", "ada@example.com":
            with CaptureQueriesContext(connection) as queries:
                self.log_in(name)
            counts.append(len(queries))
            self.client.post("/logout/")
        self.assertEqual(*counts)
