"""What only the profile does, and where it bites."""

import importlib
from datetime import date, timedelta
from types import SimpleNamespace
from unittest import skipUnless

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models.signals import post_save
from django.test import TestCase, TransactionTestCase

from players import queries
from players.forms import ProfileForm, RegistrationForm
from players.models import Person, create_person
from website.rules import check_rules

REGISTRATION = {
    "username": "ada",
    "email": "ada@example.com",
    "password1": "natural-twenty-20",
    "password2": "natural-twenty-20",
    "zoom_id": "ada.zoom",
}
backfill = importlib.import_module("players.migrations.0003_person_for_older_users")


class PersonTests(TestCase):
    def test_a_new_user_gets_a_person_from_the_receiver(self):
        user = User.objects.create_user("ada")
        self.assertEqual(Person.objects.get().pk, user.pk)

    def test_saving_a_user_never_saves_the_person(self):
        """Naive receivers end with instance.person.save(): every log-in writes stale values."""
        user = User.objects.create_user("ada")
        stale = User.objects.select_related("person").get()
        Person.objects.filter(pk=user.pk).update(zoom_id="new")
        with self.assertNumQueries(1):
            stale.save()
        self.assertEqual(Person.objects.get().zoom_id, "new")

    def test_bulk_create_sends_no_signal_so_reads_tolerate_a_missing_person(self):
        User.objects.bulk_create([User(username="ada")])
        self.assertFalse(Person.objects.exists())
        with self.assertNumQueries(1):
            [user] = queries.directory()
            self.assertFalse(hasattr(user, "person"))

    def test_the_person_key_is_the_users_key(self):
        self.assertEqual(Person._meta.pk.name, "user")

    def test_without_select_related_each_person_is_a_statement(self):
        for name in "ada", "grace", "joan":
            User.objects.create_user(name)
        with self.assertNumQueries(1 + 3):
            [user.person.zoom_id for user in User.objects.all()]
        with self.assertNumQueries(1):
            [user.person.zoom_id for user in queries.directory()]

    def test_the_details_of_a_new_user_are_inserted_with_the_person(self):
        user = User(username="ada")
        user.person_details = {"zoom_id": "ada.zoom"}
        with self.assertNumQueries(2):
            user.save()
        self.assertEqual(Person.objects.get().zoom_id, "ada.zoom")

    def test_details_are_saved_though_no_receiver_is_connected(self):
        """It may stand in a signals.py that nothing imports: what was typed must not be lost."""
        post_save.disconnect(create_person, sender=User)
        self.addCleanup(post_save.connect, create_person, sender=User)
        User.objects.create_user("eve")
        self.assertFalse(Person.objects.exists())
        form = RegistrationForm(REGISTRATION)
        self.assertTrue(form.is_valid())
        self.assertEqual(form.save().person.zoom_id, "ada.zoom")
        self.assertEqual(Person.objects.get().zoom_id, "ada.zoom")

    def test_what_a_form_saves_and_returns_is_what_the_database_has(self):
        """Also of a user older than the table, for whom the page found no Person."""
        older = User(username="eve", email="eve@example.com")
        User.objects.bulk_create([older])
        form = RegistrationForm(REGISTRATION)
        self.assertTrue(form.is_valid())
        for user in form.save(), queries.by_username("eve"):
            form = ProfileForm({"email": user.email, "discord_id": f"{user}#1"}, instance=user)
            self.assertTrue(form.is_valid())
            saved = form.save()
            self.assertEqual((saved.person.discord_id, saved.person.zoom_id), (f"{user}#1", ""))
            self.assertEqual(Person.objects.get(user=user).discord_id, f"{user}#1")

    def test_a_fixture_brings_its_own_people(self):
        """raw: the receiver must not be first, whichever order the rows come in."""
        user = User(pk=7, username="ada")
        user.save_base(raw=True)
        self.assertFalse(Person.objects.exists())

    def test_the_inline_of_the_add_page_updates_the_receivers_row(self):
        """With an id of its own, the inline would insert a second Person and fail."""
        self.client.force_login(User.objects.create_superuser("root"))
        person = {"discord_id": "ada#1815", "zoom_id": "", "birthdate": "", "user": ""}
        form = {
            "username": "ada",
            "usable_password": "false",
            "person-TOTAL_FORMS": "1",
            "person-INITIAL_FORMS": "0",
        }
        form |= {f"person-0-{name}": value for name, value in person.items()}
        self.assertEqual(self.client.post("/admin/auth/user/add/", form).status_code, 302)
        self.assertEqual(Person.objects.get(user__username="ada").discord_id, "ada#1815")

    def test_players_per_birth_year_are_counted_without_the_users_table(self):
        for name, born in [("ada", "1815-12-10"), ("grace", "1906-12-09"), ("hopper", None)]:
            Person.objects.filter(user=User.objects.create_user(name)).update(birthdate=born)
        Person.objects.filter(user=User.objects.create_user("jo")).update(birthdate="1815-01-01")
        self.assertEqual(list(queries.per_birth_year()), [(1815, 2), (1906, 1)])
        self.assertNotIn("auth_user", str(queries.per_birth_year().query))

    def test_the_search_by_discord_id_can_use_the_unique_index(self):
        users = User.objects.bulk_create(User(username=f"player{n}") for n in range(1000))
        Person.objects.bulk_create(Person(user=user, discord_id=user.username) for user in users)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        plan = queries.directory(discord_id="player500").explain()
        self.assertIn("player_discord_id_any_case", plan)

    def test_the_filter_by_birth_date_can_use_an_index(self):
        born = [date(1960, 1, 1) + timedelta(days=10 * number) for number in range(1000)]
        users = User.objects.bulk_create(User(username=f"player{day}") for day in born)
        Person.objects.bulk_create(
            Person(user=user, birthdate=day) for user, day in zip(users, born, strict=True)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        plan = queries.directory(born_from=born[500], born_to=born[501]).explain()
        self.assertRegex(plan, r"(?i)index.* players_person_birthdate_")


class MigrationTests(TransactionTestCase):
    """Each test undoes migrations and runs them again."""

    def tearDown(self):
        call_command("migrate", "players", verbosity=0)

    def test_the_rules_on_djangos_table_come_and_go_with_their_migration(self):
        twice = [{"username": "ada"}, {"username": "ADA"}]
        call_command("migrate", "players", "0001", verbosity=0)
        User.objects.bulk_create(User(**values) for values in twice)
        User.objects.all().delete()
        call_command("migrate", "players", verbosity=0)
        with self.assertRaises(IntegrityError):
            User.objects.bulk_create(User(**values) for values in twice)

    def test_without_the_migration_the_database_refuses_to_delete_under_the_details(self):
        call_command("migrate", "players", "0001", verbosity=0)
        User.objects.create_user("ada")
        with self.assertRaises(IntegrityError), transaction.atomic(), connection.cursor() as raw:
            raw.execute("DELETE FROM auth_user")
        self.assertTrue(User.objects.exists())

    @skipUnless(connection.vendor == "postgresql", "SQLite holds no cascade that could be lost")
    def test_a_later_migration_that_alters_the_key_loses_the_cascade_and_the_check_says_so(self):
        """As the article's change of the key does: PostgreSQL makes it anew, without ON DELETE."""
        key = Person._meta.get_field("user")
        number = models.IntegerField(primary_key=True, db_column="user_id")
        number.set_attributes_from_name("user")
        number.model = Person
        with connection.schema_editor() as schema_editor:
            schema_editor.alter_field(Person, key, number)
            schema_editor.alter_field(Person, number, key)
        [warning] = check_rules(databases=["default"])
        self.assertIn("player_deleted_with_user", warning.msg)
        call_command("migrate", verbosity=0)
        User.objects.create_user("ada")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM auth_user")
        self.assertFalse(Person.objects.exists())

    @skipUnless(
        connection.vendor == "sqlite", "PostgreSQL keeps an index when its table is altered"
    )
    def test_a_later_migration_of_djangos_table_loses_two_rules_and_the_check_names_both(self):
        """SQLite copies the table by what Django's model states."""
        field = User._meta.get_field("first_name")
        longer = field.clone()
        longer.max_length = 200
        longer.set_attributes_from_name("first_name")
        with connection.schema_editor() as schema_editor:
            schema_editor.alter_field(User, field, longer, strict=True)
        named = " ".join(warning.msg for warning in check_rules(databases=["default"]))
        self.assertIn("player_username_any_case", named)
        self.assertIn("player_email_any_case", named)
        call_command("migrate", verbosity=0)
        self.assertEqual(check_rules(databases=["default"]), [])

    def test_every_older_user_gets_a_person_and_every_newer_one_keeps_theirs(self):
        call_command("migrate", "players", "0002", verbosity=0)
        newer = User.objects.create_user("newer")
        Person.objects.filter(pk=newer.pk).update(zoom_id="kept")
        User.objects.bulk_create(
            User(username=f"older{number}", is_active=number % 2) for number in range(1001)
        )
        call_command("migrate", "players", verbosity=0)
        self.assertEqual(Person.objects.count(), 1002)
        self.assertEqual(Person.objects.get(pk=newer.pk).zoom_id, "kept")

    def test_a_person_made_while_the_migration_runs_is_no_conflict(self):
        [user] = User.objects.bulk_create([User(username="ada")])

        def overtake(execute, sql, params, many, context):
            if sql.startswith("INSERT") and not overtaken:
                overtaken.append(True)
                Person.objects.bulk_create([Person(user=user, zoom_id="faster")])
            return execute(sql, params, many, context)

        overtaken = []
        with connection.execute_wrapper(overtake):
            backfill.create_missing(apps, SimpleNamespace(connection=connection))
        self.assertEqual(Person.objects.get().zoom_id, "faster")
