from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import TestCase

PASSWORD = "natural-twenty-20"
FORM = {"username": "ada", "email": "", "password1": PASSWORD, "password2": PASSWORD}


class GuildTests(TestCase):
    def test_who_joins_is_a_member(self):
        self.client.post("/join/", FORM)
        self.assertEqual(get_user_model().objects.get(username="ada").member.motto, "")

    def test_the_roll_is_for_those_who_may_see_users(self):
        User = get_user_model()
        user = User.objects.create_user("grace")
        self.client.force_login(user)
        self.assertEqual(self.client.get("/roll/").status_code, 403)
        self.assertNotContains(self.client.get("/join/"), "All members")
        kind = ContentType.objects.get_for_model(User)
        user.user_permissions.add(Permission.objects.get(content_type=kind, codename="view_user"))
        self.assertContains(self.client.get("/roll/"), "grace")
        self.assertContains(self.client.get("/join/"), "All members")
