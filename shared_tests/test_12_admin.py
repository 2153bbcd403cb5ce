"""Rule 12: The admin shows, finds and edits the details, and gives no more power than granted."""

import itertools

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.contrib.admin import ModelAdmin, site
from django.contrib.auth import get_user_model
from django.db import models
from django.test import RequestFactory

from shared_tests.people import ADA, GRACE, PASSWORD, another, details_of
from shared_tests.staff import delete_all_but, player_in_admin, players_in_admin, save
from shared_tests.visitor import Visitor, filled_in, form_data, parsed


def test_the_list_shows_the_details(ada, admin):
    row = parsed(admin.get(players_in_admin(admin))).select_one("#result_list").get_text(" ")
    for value in details_of(ADA).values():
        assert value in row


@pytest.mark.parametrize("found_by", ["ada", "ada@example.com", "ada#1815", "ada.zoom"])
def test_the_list_is_searched_by_name_email_discord_and_zoom_id(ada, admin, found_by):
    Visitor().register(GRACE)
    page = parsed(admin.get(players_in_admin(admin), {"q": found_by}))
    links = page.select("#result_list tbody th a")
    assert [link.get_text() for link in links] == ["ada"]
    assert links[0]["href"].startswith(player_in_admin(admin, "ada"))


def test_the_details_are_edited(ada, admin):
    changes = {"discord_id": "new#1", "zoom_id": "", "birthdate": "1991-01-01"}
    assert save(admin, player_in_admin(admin, "ada"), **changes).status_code == 302
    profile = ada.profile()
    assert {name: profile[name] for name in changes} == changes


def test_no_password_is_shown_in_clear_or_as_a_hash(ada, admin):
    page = admin.get(player_in_admin(admin, "ada"))
    assert PASSWORD not in page.content.decode()
    assert not parsed(page).select("input[name=password]")


def test_an_admin_sets_a_players_password(ada, admin):
    new = "natural-one-1"
    path = player_in_admin(admin, "ada").replace("/change/", "/password/")
    response = admin.submit(path, password1=new, password2=new)
    assert response.status_code == 302
    assert Visitor().log_in(password=new).status_code == 302


def test_an_admin_deletes_a_player_and_nothing_is_left(ada, admin):
    path = player_in_admin(admin, "ada").replace("/change/", "/delete/")
    assert admin.post(path, {"post": "yes"}).status_code == 302
    assert ada.name() is None
    assert Visitor().register().status_code == 302


def test_many_players_are_deleted_at_once(ada, admin):
    Visitor().register(GRACE)
    assert delete_all_but(admin, "root").status_code == 302
    assert list(admin.directory()) == ["root"]


def test_the_page_of_an_account_deletes_the_account_and_no_part_of_it(ada, admin):
    """A box that says "Delete" beside the details would take them, and leave the account."""
    path = player_in_admin(admin, "ada")
    page = parsed(admin.get(path))
    assert page.select_one(f'a[href="{path.replace("/change/", "/delete/")}"]')
    assert page.select('input[type=checkbox][name$="DELETE"]') == []


def test_players_are_kept_out_of_the_admin(ada):
    assert ada.get("/admin/")["Location"].startswith("/admin/login/")


def test_staff_without_a_permission_see_no_players(ada, admin):
    make_staff(admin, player_in_admin(admin, "ada"))
    assert ada.get("/admin/").status_code == 200
    assert ada.get(players_in_admin(admin)).status_code == 403


def make_staff(admin, path, *actions):
    """Tick "staff", and choose the permissions for these actions on the accounts in the admin."""
    model = players_in_admin(admin).strip("/").split("/")[-1]
    labels = tuple(f"Can {action} {model}" for action in actions)
    form = parsed(admin.get(path)).select_one("#content form")
    data = form_data(form) | {"is_staff": "on", "_save": "1"}
    data["user_permissions"] = [
        option["value"]
        for option in form.select("select[name=user_permissions] option")
        if labels and option.get_text().endswith(labels)
    ]
    assert len(data["user_permissions"]) == len(actions)
    assert admin.post(path, data).status_code == 302


def grant(admin, username, *actions):
    """What make_staff() does, without the admin's form, which takes long to draw."""
    app, model = players_in_admin(admin).strip("/").split("/")[-2:]
    user = get_user_model().objects.get(username=username)
    permissions = user.user_permissions.model.objects.filter(
        content_type__app_label=app,
        content_type__model=model,
        codename__in=[f"{action}_{model}" for action in actions],
    )
    assert len(permissions) == len(actions)
    user.user_permissions.set(permissions)
    get_user_model().objects.filter(pk=user.pk).update(is_staff=True)


ACTIONS = ("view", "change", "add", "delete")
EVERY_COMBINATION = [
    granted
    for number in range(1, len(ACTIONS) + 1)
    for granted in itertools.combinations(ACTIONS, number)
]


@pytest.mark.parametrize("granted", EVERY_COMBINATION, ids=" and ".join)
def test_staff_do_with_an_account_and_its_details_what_was_granted_and_no_more(
    ada, admin, granted
):
    """One permission covers the account and its details, wherever those are kept."""
    grace = Visitor()
    grace.register(GRACE)
    accounts, path = players_in_admin(admin), player_in_admin(admin, "grace")
    grant(admin, "ada", *granted)
    may_change, may_see = "change" in granted, bool({"view", "change"} & set(granted))

    # See, and find
    shown = ada.get(path)
    assert shown.status_code == (200 if may_see else 403)
    found = ada.get(accounts, {"q": GRACE["discord_id"]})
    assert found.status_code == (200 if may_see else 403)
    if may_see:
        for value in details_of(GRACE).values():
            assert value in shown.content.decode()
            assert value in found.content.decode()
    fields = {name for name in form_data(parsed(shown)) if name.endswith(tuple(details_of(GRACE)))}
    assert len(fields) == (3 if may_change else 0)

    # Change
    before = grace.profile()
    changes = {"discord_id": "new#1", "zoom_id": "", "birthdate": "1991-01-01"}
    if may_change:
        assert ada.post(path, filled_in(shown, **changes) | {"_save": "1"}).status_code == 302
        assert {name: grace.profile()[name] for name in changes} == changes
    else:
        assert ada.post(path, {"username": "eve", **changes, "_save": "1"}).status_code == 403
        assert grace.profile() == before

    # Add: Django wants "change" as well, or staff could add an account with more rights
    person = another(1)
    account = {n: person[n] for n in ("username", "email", "password1", "password2")}
    if {"add", "change"} <= set(granted):
        added = save(ada, f"{accounts}add/", **account, **details_of(person))
        assert added.status_code == 302
        visitor = Visitor()
        assert visitor.log_in(person["username"]).status_code == 302
        profile = visitor.profile()
        assert {name: profile[name] for name in details_of(person)} == details_of(person)
    else:
        assert ada.post(f"{accounts}add/", account).status_code == 403
        assert Visitor().log_in(person["username"]).status_code == 200

    # Delete
    deleted = ada.post(path.replace("/change/", "/delete/"), {"post": "yes"})
    assert deleted.status_code == (302 if "delete" in granted else 403)
    assert (grace.name() is None) == ("delete" in granted)


@pytest.mark.parametrize("granted", [("view",), ("add",), ("delete",), ("view", "add", "delete")])
def test_staff_who_may_not_change_accounts_set_no_password(ada, admin, granted):
    Visitor().register(GRACE)
    path = player_in_admin(admin, "grace").replace("/change/", "/password/")
    make_staff(admin, player_in_admin(admin, "ada"), *granted)
    new = {"password1": "natural-one-1", "password2": "natural-one-1"}
    assert ada.post(path, new).status_code == 403
    assert Visitor().log_in("grace").status_code == 302


class Character(models.Model):  # noqa: DJ008 (it is never shown)
    """What another app has: a model that points to the user, by each of the admin's widgets."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    friend = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        app_label = "characters"


class CharacterAdmin(ModelAdmin):
    raw_id_fields = ("owner",)
    autocomplete_fields = ("friend",)


def test_another_models_admin_looks_players_up(ada, admin):
    """raw_id_fields and autocomplete_fields ask the admin of the user model itself."""
    assert CharacterAdmin(Character, site).check() == []
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get(username="root")
    form = CharacterAdmin(Character, site).get_form(request)()
    page = BeautifulSoup(str(form), "html.parser")
    link = page.select_one("a.related-lookup")["href"]
    found = parsed(admin.get(link)).select("#result_list tbody th a")
    assert [a.get_text() for a in found] == ["ada", "root"]
    field = page.select_one("select.admin-autocomplete")
    # Asked for a foreign key that every site has: the table of characters is not there.
    query = {"app_label": "admin", "model_name": "logentry", "field_name": "user", "term": "ada"}
    assert field["data-ajax--url"] == "/admin/autocomplete/"
    found = admin.get("/admin/autocomplete/", query).json()["results"]
    assert [result["text"] for result in found] == ["ada"]


def test_the_admins_index_names_the_accounts_once(admin):
    links = [link.get_text() for link in parsed(admin.get("/admin/")).select("#content-main th a")]
    assert len([text for text in links if text in {"Players", "Users"}]) == 1


def test_the_admins_own_password_page_works(admin):
    new = "natural-one-1"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert admin.post("/admin/password_change/", form).status_code == 302
    assert Visitor().log_in("root", new).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "groups__user__password__startswith=md5",
        "groups__user__password__exact=md5",
        "password__startswith=md5",
        "groups__name__startswith=m",
        "email__startswith=root",
        "is_staff__regex=[",
        "is_staff=1",
        "groups__id__regex=[",
    ],
)
def test_the_address_of_the_list_asks_nothing_that_the_sidebar_does_not(admin, query):
    assert admin.get(f"{players_in_admin(admin)}?{query}").status_code == 400


def test_the_sidebar_filters(ada, admin):
    path = players_in_admin(admin)
    apps.get_model("auth", "Group").objects.create(name="dungeon masters")
    links = {a["href"] for a in parsed(admin.get(path)).select("#changelist-filter a")}
    assert len([link for link in links if "group" in link]) == 2  # in it, and in none
    assert len(links) >= 8
    for link in links:
        assert admin.get(f"{path}{link}").status_code == 200
    staff = parsed(admin.get(f"{path}?is_staff__exact=1"))
    assert [a.get_text() for a in staff.select("#result_list tbody th a")] == ["root"]
