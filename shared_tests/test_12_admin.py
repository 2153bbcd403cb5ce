"""Rule 12: The admin shows, finds and edits the details, and gives no more power than granted."""

import pytest

from shared_tests.people import ADA, GRACE, PASSWORD, details_of
from shared_tests.staff import player_in_admin, players_in_admin, save
from shared_tests.visitor import Visitor, form_data, parsed


def test_the_list_shows_the_details(ada, admin):
    row = parsed(admin.get(players_in_admin(admin))).select_one("#result_list").get_text(" ")
    for value in details_of(ADA).values():
        assert value in row


@pytest.mark.parametrize("found_by", ["ada", "ada@example.com", "ada#1815", "ada.zoom"])
def test_the_list_is_searched_by_name_email_discord_and_zoom_id(ada, admin, found_by):
    Visitor().register(GRACE)
    page = parsed(admin.get(players_in_admin(admin), {"q": found_by}))
    assert [link.get_text() for link in page.select("#result_list tbody th a")] == ["ada"]


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
    path = players_in_admin(admin)
    keys = [
        box["value"]
        for box in parsed(admin.get(path)).select("input[name=_selected_action]")
        if "root" not in box.find_parent("tr").get_text(" ").split()
    ]
    form = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    assert admin.post(path, form).status_code == 302
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
    make_staff(admin, "ada")
    assert ada.get("/admin/").status_code == 200
    assert ada.get(players_in_admin(admin)).status_code == 403


def make_staff(admin, username, *permissions):
    """Tick "staff" and choose permissions by how their label ends."""
    path = player_in_admin(admin, username)
    form = parsed(admin.get(path)).select_one("#content form")
    data = form_data(form) | {"is_staff": "on", "_save": "1"}
    data["user_permissions"] = [
        option["value"]
        for option in form.select("select[name=user_permissions] option")
        if option.get_text().endswith(permissions)
    ]
    assert admin.post(path, data).status_code == 302


def test_the_admins_own_password_page_works(admin):
    new = "natural-one-1"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert admin.post("/admin/password_change/", form).status_code == 302
    assert Visitor().log_in("root", new).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "groups__user__password__startswith=md5",
        "password__startswith=md5",
        "groups__name__startswith=m",
        "email__startswith=root",
        "is_staff__regex=[",
        "groups__id__regex=[",
    ],
)
def test_the_address_of_the_list_asks_nothing_that_the_sidebar_does_not(admin, query):
    assert admin.get(f"{players_in_admin(admin)}?{query}").status_code == 400


def test_the_sidebar_filters(ada, admin):
    path = players_in_admin(admin)
    links = {a["href"] for a in parsed(admin.get(path)).select("#changelist-filter a")}
    assert len(links) >= 6
    for link in links:
        assert admin.get(f"{path}{link}").status_code == 200
    staff = parsed(admin.get(f"{path}?is_staff__exact=1"))
    assert [a.get_text() for a in staff.select("#result_list tbody th a")] == ["root"]
