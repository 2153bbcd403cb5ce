"""What only the custom user does, and where it bites."""

from datetime import date, timedelta
from io import StringIO
from unittest import mock

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import (
    AdminUserCreationForm,
    BaseUserCreationForm,
    UserChangeForm,
    UserCreationForm,
)
from django.contrib.auth.models import User as StockUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import TestCase

from players import queries
from players.models import User


class CustomUserTests(TestCase):
    def test_it_is_the_user_model_everywhere(self):
        self.assertIs(get_user_model(), User)
        user = User.objects.create_user("ada", discord_id="ada#1815")
        self.client.force_login(user)
        self.assertIsInstance(self.client.get("/").context["user"], User)

    def test_the_details_are_columns_of_the_users_row(self):
        user = User.objects.create_user("ada", discord_id="ada#1815", birthdate="1990-12-10")
        with self.assertNumQueries(1):
            self.assertEqual(User.objects.get(pk=user.pk).discord_id, "ada#1815")

    def test_create_user_takes_the_details_at_once(self):
        with self.assertNumQueries(1):
            User.objects.create_user("ada", discord_id="ada#1815", zoom_id="ada.zoom")

    def test_djangos_own_user_table_is_never_made(self):
        tables = connection.introspection.table_names()
        self.assertNotIn("auth_user", tables)
        self.assertIn("players_user", tables)

    def test_djangos_own_user_cannot_be_used_any_more(self):
        """Code that imports it, ours or a package's, breaks; get_user_model() works."""
        with self.assertRaisesMessage(AttributeError, "swapped for 'players.User'"):
            StockUser.objects.count()

    def test_the_stock_forms_are_tied_to_djangos_user_until_a_subclass_names_the_model(self):
        """The Meta of each names auth.User, as does that of a subclass that says nothing."""
        ada = {"username": "ada", "password1": "natural-20", "password2": "natural-20"}
        for stock in UserCreationForm, BaseUserCreationForm, AdminUserCreationForm:

            class Form(stock):
                class Meta(stock.Meta):
                    model = User

            with self.subTest(form=stock.__name__):
                with self.assertRaisesMessage(AttributeError, "swapped for 'players.User'"):
                    stock(ada).is_valid()
                Form(ada | {"usable_password": "true"}).save()
                self.assertTrue(User.objects.get(username="ada").check_password("natural-20"))
                User.objects.all().delete()

        class ChangeForm(UserChangeForm):
            class Meta(UserChangeForm.Meta):
                model = User

        # Given a user of this model, the stock form does not fail: it leaves the details out.
        user = User.objects.create_user("ada", zoom_id="ada.zoom")
        self.assertNotIn("zoom_id", UserChangeForm(instance=user).fields)
        self.assertEqual(ChangeForm(instance=user)["zoom_id"].value(), "ada.zoom")

    def test_the_columns_that_point_here_are_named_after_the_class(self):
        """Why it is called User: a class Player would have made this one player_id."""
        column = User.groups.through._meta.get_field("user").column
        self.assertEqual(column, "user_id")

    def test_createsuperuser_asks_for_required_fields_only(self):
        """REQUIRED_FIELDS lists the e-mail; a detail added to it would be asked for here too."""
        self.assertEqual(User.REQUIRED_FIELDS, ["email"])
        with mock.patch.dict("os.environ", {"DJANGO_SUPERUSER_PASSWORD": "natural-twenty-20"}):
            call_command("createsuperuser", "--noinput", username="root", email="", verbosity=0)
            with self.assertRaisesMessage(CommandError, "You must use --username"):
                call_command("createsuperuser", "--noinput", stdout=StringIO())
        self.assertTrue(User.objects.get().check_password("natural-twenty-20"))

    def test_a_full_save_of_a_stale_user_writes_the_details_too(self):
        """One row, one save(): name the fields, as log-in does, or old values come back."""
        user = User.objects.create_user("ada", zoom_id="old")
        stale = User.objects.get(pk=user.pk)
        User.objects.filter(pk=user.pk).update(zoom_id="new")
        stale.save(update_fields=["last_login"])
        self.assertEqual(User.objects.get().zoom_id, "new")
        stale.save()
        self.assertEqual(User.objects.get().zoom_id, "old")

    def test_the_constraints_are_the_models_own(self):
        User.objects.create_user("ada", discord_id="ada#1815")
        for values in {"username": "ADA"}, {"username": "eve", "discord_id": "ADA#1815"}:
            with self.assertRaises(IntegrityError), transaction.atomic():
                User.objects.create_user(**values)

    def test_a_custom_user_has_no_profile_to_go_missing(self):
        User.objects.bulk_create([User(username="ada")])
        self.assertEqual(User.objects.get().zoom_id, "")

    def test_players_per_birth_year_are_counted_by_the_database(self):
        for name, born in [("ada", "1815-12-10"), ("grace", "1906-12-09"), ("hopper", None)]:
            User.objects.create_user(name, birthdate=born)
        User.objects.create_user("charles", birthdate="1815-01-01")
        with self.assertNumQueries(1):
            self.assertEqual(list(queries.per_birth_year()), [(1815, 2), (1906, 1)])

    def test_the_search_by_discord_id_can_use_the_unique_index(self):
        User.objects.bulk_create(
            User(username=f"player{number}", discord_id=f"player{number}#1")
            for number in range(1000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        plan = queries.directory(discord_id="player500").explain()
        self.assertIn("player_discord_id_any_case", plan)

    def test_the_filter_by_birth_date_can_use_an_index(self):
        born = [date(1960, 1, 1) + timedelta(days=10 * number) for number in range(1000)]
        User.objects.bulk_create(User(username=f"player{day}", birthdate=day) for day in born)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        plan = queries.directory(born_from=born[500], born_to=born[501]).explain()
        self.assertRegex(plan, r"(?i)index.* players_user_birthdate_")
