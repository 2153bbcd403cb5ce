"""What only the proxy does, and where it bites."""

from datetime import date, timedelta
from unittest import skipUnless

from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState
from django.db.models.functions import Lower
from django.db.models.signals import post_save
from django.test import TestCase, TransactionTestCase
from django.test.utils import isolate_apps, override_settings

from players import queries
from players.forms import ProfileForm, RegistrationForm
from players.models import Player, PlayerAttribute
from website.rules import check_rules


def create_player(username, **details):
    player = Player.objects.create_user(username)
    for name, value in details.items():
        player.attributes.create(name=name, value=value)
    return player


class ProxyTests(TestCase):
    def test_a_proxy_is_another_view_of_the_same_row(self):
        player = create_player("ada")
        self.assertEqual(Player._meta.db_table, "auth_user")
        self.assertEqual(User.objects.get(), player)

    @isolate_apps("players")
    def test_a_proxy_cannot_have_a_field(self):
        class Tall(User):
            height = models.IntegerField()

            class Meta:
                app_label = "players"
                proxy = True

        [error] = Tall.check()
        self.assertEqual(error.id, "models.E017")

    def test_a_proxy_validates_by_a_method_what_its_meta_cannot_state(self):
        Player.objects.create_user("ada", "ada@example.com")
        with self.assertRaises(ValidationError) as caught:
            Player(username="ADA", email="ADA@example.com", password="x").full_clean()
        self.assertEqual(set(caught.exception.message_dict), {"username", "email"})

    def test_a_proxys_own_meta_knows_no_column(self):
        """Which is why validate_constraints() hands the constraints User and not Player."""
        self.assertEqual(list(Player._meta.local_concrete_fields), [])
        with self.assertRaises(FieldDoesNotExist):
            Player._meta.get_field("discord_id")

    @isolate_apps("players")
    @override_settings(AUTH_USER_MODEL="players.Hero")
    def test_a_proxy_of_user_cannot_be_the_user_model(self):
        """auth.User would be swapped out, and the proxy have no table left to stand for."""
        with self.assertRaisesMessage(TypeError, "Hero cannot proxy the swapped model"):

            class Hero(User):
                class Meta:
                    app_label = "players"
                    proxy = True

    def test_the_user_model_stays_user_and_only_the_backend_makes_players(self):
        user = get_user_model().objects.create_user("ada")
        self.assertNotIsInstance(user, Player)
        self.client.force_login(user, backend="players.backends.PlayerBackend")
        self.assertIsInstance(self.client.get("/").context["user"], Player)
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        with self.settings(AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"]):
            self.assertNotIsInstance(self.client.get("/").context["user"], Player)

    def test_receivers_of_user_do_not_hear_a_player_being_saved(self):
        heard = []

        def hear(sender, **kwargs):
            heard.append(sender)

        post_save.connect(hear, sender=User)
        self.addCleanup(post_save.disconnect, hear, sender=User)
        Player.objects.create_user("ada")
        self.assertEqual(heard, [])
        User.objects.create_user("eve")
        self.assertEqual(heard, [User])


class AttributeTests(TestCase):
    def test_the_details_cost_a_second_statement_for_all_players_together(self):
        for name in "ada", "grace", "joan":
            create_player(name, zoom_id=f"{name}.zoom")
        with self.assertNumQueries(2):
            self.assertEqual(
                [player.zoom_id for player in queries.directory()],
                ["ada.zoom", "grace.zoom", "joan.zoom"],
            )
        with self.assertNumQueries(1 + 3):
            [player.zoom_id for player in Player.objects.all()]

    def test_exclude_over_rows_is_not_the_opposite_of_filter(self):
        """exclude() drops every player with any row that matches each part on its own."""
        create_player("ada", discord_id="dragon", zoom_id="ada.zoom")
        create_player("eve", discord_id="eve#1", zoom_id="dragon")
        zoom_is_dragon = {"attributes__name": "zoom_id", "attributes__value": "dragon"}
        self.assertEqual([p.username for p in Player.objects.filter(**zoom_is_dragon)], ["eve"])
        self.assertEqual([p.username for p in Player.objects.exclude(**zoom_is_dragon)], [])
        has_it = queries.having("zoom_id", value="dragon")
        self.assertEqual([p.username for p in Player.objects.exclude(has_it)], ["ada"])

    def test_the_database_takes_any_text_for_a_birth_date(self):
        """No type, no check: what the forms refuse, SQL and the shell still write."""
        player = create_player("ada", birthdate="soon")
        with self.assertRaises(ValueError):
            _ = player.birthdate

    def test_a_player_has_each_attribute_once(self):
        player = create_player("ada", zoom_id="ada.zoom")
        with self.assertRaises(IntegrityError):
            player.attributes.create(name="zoom_id", value="another")

    def test_a_plain_user_reaches_the_rows_too(self):
        create_player("ada", zoom_id="ada.zoom")
        self.assertEqual(User.objects.get().attributes.get().value, "ada.zoom")

    def test_deleting_the_plain_user_deletes_the_rows(self):
        create_player("ada", zoom_id="ada.zoom")
        User.objects.get().delete()
        self.assertFalse(PlayerAttribute.objects.exists())

    def test_players_per_birth_year_are_counted_from_text(self):
        for name, born in [("ada", "1815-12-10"), ("jo", "1815-01-01"), ("grace", "1906-12-09")]:
            player = Player.objects.create_user(name)
            player.attributes.create(name="birthdate", value=born)
            player.attributes.create(name="zoom_id", value="1815")
        with self.assertNumQueries(1):
            self.assertEqual(list(queries.per_birth_year()), [(1815, 2), (1906, 1)])

    def test_the_filter_by_birth_date_can_use_an_index(self):
        """ISO dates sort as text, so the index of names and values serves a range of them.

        SQLite makes no join of EXISTS: it asks player by player, by the other index.
        """
        born = [date(1960, 1, 1) + timedelta(days=10 * number) for number in range(1000)]
        players = Player.objects.bulk_create(Player(username=f"player{day}") for day in born)
        PlayerAttribute.objects.bulk_create(
            PlayerAttribute(player=player, name=name, value=value)
            for player, day in zip(players, born, strict=True)
            for name, value in [("birthdate", str(day)), ("zoom_id", player.username)]
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        plan = queries.directory(born_from=born[500], born_to=born[501]).explain()
        sqlite = connection.vendor == "sqlite"
        index = "player_id=. AND name=." if sqlite else "player_attribute_value"
        self.assertRegex(plan, f"(?i)index.* .*{index}")


class LongLivedPlayerTests(TestCase):
    """An instance that is kept shows what the database has, as a model with columns would."""

    def test_refresh_from_db_forgets_the_details(self):
        player = create_player("ada", zoom_id="old")
        self.assertEqual(player.zoom_id, "old")
        PlayerAttribute.objects.filter(name="zoom_id").update(value="new")
        self.assertEqual(player.zoom_id, "old")
        player.refresh_from_db()
        self.assertEqual(player.zoom_id, "new")

    def test_refresh_from_db_forgets_prefetched_details_too_and_works_asynchronously(self):
        create_player("ada", zoom_id="old")
        [player] = queries.directory()
        self.assertEqual(player.zoom_id, "old")
        PlayerAttribute.objects.filter(name="zoom_id").update(value="new")
        async_to_sync(player.arefresh_from_db)()
        self.assertEqual(player.zoom_id, "new")

    def test_what_a_form_saves_and_returns_is_what_the_database_has(self):
        values = {"username": "ada", "email": "ada@example.com", "zoom_id": "ada.zoom"}
        values |= {"password1": "natural-twenty-20", "password2": "natural-twenty-20"}
        form = RegistrationForm(values)
        self.assertTrue(form.is_valid())
        player = form.save()
        self.assertEqual(player.zoom_id, "ada.zoom")
        changes = {"email": "ada@example.com", "discord_id": "ada#1", "birthdate": "1990-12-10"}
        for instance in player, queries.directory().get():
            form = ProfileForm(changes, instance=instance)
            self.assertTrue(form.is_valid())
            details = form.save().details
            self.assertEqual(details, {"discord_id": "ada#1", "birthdate": "1990-12-10"})


class LookUpTests(TestCase):
    """Other models' admin looks for the admin of User, which Player's stands in for."""

    def log_in_staff(self, *names):
        staff = User.objects.create_user("staff", is_staff=True)
        for name in names:
            app, codename = name.split(".")
            permission = Permission.objects.get(content_type__app_label=app, codename=codename)
            staff.user_permissions.add(permission)
        self.client.force_login(staff, backend="players.backends.PlayerBackend")

    def test_it_shows_users_to_those_who_may_view_players_or_users_and_to_no_one_else(self):
        ada = create_player("ada")
        for names, status in [
            (["players.view_player"], 200),
            (["auth.view_user"], 200),
            (["players.delete_player", "auth.delete_user"], 403),
        ]:
            User.objects.filter(username="staff").delete()
            self.log_in_staff(*names)
            self.assertEqual(self.client.get("/admin/auth/user/").status_code, status)
            self.assertEqual(
                self.client.get(f"/admin/auth/user/{ada.pk}/change/").status_code, status
            )

    def test_it_finds_no_one_by_details_that_it_does_not_show(self):
        create_player("ada", zoom_id="zoom.42")
        self.log_in_staff("auth.view_user")
        page = self.client.get("/admin/auth/user/?q=zoom.42").content.decode()
        self.assertNotIn("ada", page.partition("result_list")[2])

    def test_change_player_opens_it_as_it_opens_the_list_of_players(self):
        self.log_in_staff("players.change_player")
        self.assertEqual(self.client.get("/admin/players/player/").status_code, 200)
        self.assertEqual(self.client.get("/admin/auth/user/").status_code, 200)

    def test_it_changes_adds_and_deletes_nothing_whoever_asks(self):
        ada = create_player("ada")
        User.objects.create_superuser("root")
        self.client.force_login(
            User.objects.get(username="root"), backend="players.backends.PlayerBackend"
        )
        page = f"/admin/auth/user/{ada.pk}"
        for path in (
            f"{page}/change/",
            f"{page}/delete/",
            f"{page}/password/",
            "/admin/auth/user/add/",
        ):
            self.assertEqual(self.client.post(path, {"post": "yes"}).status_code, 403, path)

    def test_its_address_asks_nothing_that_the_sidebar_does_not(self):
        User.objects.create_superuser("root")
        self.client.force_login(
            User.objects.get(username="root"), backend="players.backends.PlayerBackend"
        )
        self.assertEqual(self.client.get("/admin/auth/user/?email__regex=[").status_code, 400)


class PermissionTests(TestCase):
    """A proxy has permissions of its own, and they are not User's."""

    def setUp(self):
        self.staff = User.objects.create_user("staff", is_staff=True)
        self.root = User.objects.create_superuser("root")
        self.grant("players.change_player", "players.delete_player", "players.view_player")
        self.client.force_login(self.staff, backend="players.backends.PlayerBackend")

    def grant(self, *names):
        for name in names:
            app, codename = name.split(".")
            permission = Permission.objects.get(content_type__app_label=app, codename=codename)
            self.staff.user_permissions.add(permission)

    def change_page(self, user):
        return f"/admin/players/player/{user.pk}/change/"

    def test_change_player_is_not_change_user(self):
        staff = User.objects.get(pk=self.staff.pk)
        self.assertTrue(staff.has_perm("players.change_player"))
        self.assertFalse(staff.has_perm("auth.change_user"))

    def test_change_player_alone_edits_players_but_grants_nothing(self):
        ada = create_player("ada")
        form = {"username": "ada", "zoom_id": "new", "is_superuser": "on", "is_staff": "on"}
        joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
        powers = {
            "user_permissions": [Permission.objects.first().pk],
            "groups": [Group.objects.create(name="masters").pk],
            "is_active": "on",
        }
        response = self.client.post(self.change_page(ada), form | joined | powers)
        self.assertEqual(response.status_code, 302)
        ada = Player.objects.get(pk=ada.pk)
        self.assertEqual(ada.zoom_id, "new")
        self.assertFalse(ada.is_superuser or ada.is_staff)
        self.assertFalse(ada.groups.exists() or ada.user_permissions.exists())

    def test_change_player_alone_makes_nobody_a_superuser_least_of_all_oneself(self):
        form = {"username": "staff", "is_superuser": "on", "is_staff": "on", "is_active": "on"}
        joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
        self.client.post(self.change_page(self.staff), form | joined)
        self.assertFalse(User.objects.get(pk=self.staff.pk).is_superuser)

    def test_change_player_alone_touches_no_superuser(self):
        """Nor one who is no staff: their rights count wherever has_perm() is asked."""
        retired = User.objects.create_user("retired", is_superuser=True)
        for root in self.root, retired:
            self.assert_untouched(root)

    def assert_untouched(self, root):
        form = {"username": root.username, "email": "stolen@example.com"}
        page = self.change_page(root)
        self.assertEqual(self.client.post(page, form).status_code, 403)
        password = {"password1": "natural-one-1", "password2": "natural-one-1"}
        path = page.replace("/change/", "/password/")
        self.assertEqual(self.client.post(path, password).status_code, 403)
        path = page.replace("/change/", "/delete/")
        self.assertEqual(self.client.post(path, {"post": "yes"}).status_code, 403)
        selected = {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"}
        self.client.post("/admin/players/player/", selected)
        untouched = User.objects.filter(pk=root.pk, email="", password=root.password)
        self.assertTrue(untouched.exists())

    def test_change_player_alone_does_not_borrow_the_rights_of_other_staff(self):
        """Set the password of staff who may do more, log in as them: two steps to any right."""
        head = User.objects.create_user("head", is_staff=True)
        password = {"password1": "natural-one-1", "password2": "natural-one-1"}
        path = self.change_page(head).replace("/change/", "/password/")
        self.assertEqual(self.client.post(path, password).status_code, 403)
        self.assertEqual(self.client.post(self.change_page(head), {}).status_code, 403)

    def test_change_user_may_do_it_as_in_any_admin(self):
        self.grant("auth.change_user")
        self.assertContains(self.client.get(self.change_page(self.root)), "is_superuser")


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

    def test_a_constraint_of_a_proxy_never_reaches_the_database(self):
        """Meta.constraints of Player would end as this: a migration that does nothing."""
        rule = models.UniqueConstraint(Lower("first_name"), name="one_first_name")
        for app, model, arrives in ("players", "player", False), ("auth", "user", True):
            before = ProjectState.from_apps(apps)
            after = before.clone()
            add = migrations.AddConstraint(model, rule)
            add.state_forwards(app, after)
            with connection.schema_editor() as editor:
                add.database_forwards(app, editor, before, after)
            with connection.cursor() as cursor:
                found = connection.introspection.get_constraints(cursor, "auth_user")
            self.assertEqual("one_first_name" in found, arrives)
            with connection.schema_editor() as editor:
                add.database_backwards(app, editor, after, before)

    @skipUnless(connection.vendor == "postgresql", "SQLite holds no cascade that could be lost")
    def test_a_later_migration_that_alters_the_key_loses_the_cascade_and_the_check_says_so(self):
        """db_index back on the foreign key: PostgreSQL makes the key anew, without ON DELETE."""
        key = PlayerAttribute._meta.get_field("player")
        indexed = models.ForeignKey(Player, models.CASCADE, related_name="attributes")
        indexed.set_attributes_from_name("player")
        indexed.model = PlayerAttribute
        with connection.schema_editor() as schema_editor:
            schema_editor.alter_field(PlayerAttribute, key, indexed)
            schema_editor.alter_field(PlayerAttribute, indexed, key)
        [warning] = check_rules(databases=["default"])
        self.assertIn("player_deleted_with_user", warning.msg)
        call_command("migrate", verbosity=0)
        create_player("ada", zoom_id="ada.zoom")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM auth_user")
        self.assertFalse(PlayerAttribute.objects.exists())

    def test_without_the_migration_the_database_refuses_to_delete_under_the_details(self):
        call_command("migrate", "players", "0001", verbosity=0)
        create_player("ada", zoom_id="ada.zoom")
        with self.assertRaises(IntegrityError), transaction.atomic(), connection.cursor() as raw:
            raw.execute("DELETE FROM auth_user")
        self.assertTrue(User.objects.exists())
