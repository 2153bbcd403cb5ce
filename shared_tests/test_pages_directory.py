"""The directory: who is listed, found and counted, and what is shown of them."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from django.contrib.auth import get_user_model

from shared_tests.people import ADA, GRACE, another
from shared_tests.staff import deactivate, player_in_admin
from shared_tests.visitor import Visitor, errors, form_data, parsed


def test_the_directory_shows_name_discord_id_zoom_id_and_age(ada):
    today = date.today()
    born_today = today.replace(year=today.year - 30, day=min(today.day, 28)).isoformat()
    Visitor().register(GRACE, birthdate=born_today)
    row = ada.directory()["grace"]
    assert row == {
        "username": "grace",
        "discord_id": "grace#1906",
        "zoom_id": "grace.zoom",
        "age": "30",
    }


@pytest.fixture
def sixty(ada):
    """Sixty more players, every second in upper case, made without their details."""
    names = [another(number)["username"] for number in range(60)]
    for number, name in enumerate(names):
        get_user_model().objects.create_user(name.upper() if number % 2 else name)
    return names


def test_the_directory_lists_by_username_whatever_its_case_fifty_a_page(ada, sixty):
    first, second = ada.directory(), ada.directory(page="2")
    assert [name.lower() for name in [*first, *second]] == ["ada", *sixty]
    assert (len(first), len(second)) == (50, 11)


def test_the_directory_leads_back_to_the_page_before(ada, sixty):
    link = parsed(ada.get("/players/", {"page": "2"})).select_one("a[rel=prev]")["href"]
    page = parsed(ada.get(f"/players/{link}"))
    assert page.select_one("[data-player]")["data-player"] == "ada"


def test_the_directory_keeps_its_filter_from_page_to_page_and_back(ada):
    for number in range(51):
        Visitor().register(another(number), birthdate="2000-02-29")
    filters = {"born_from": "2000-01-01", "born_to": "2000-12-31"}
    first = ada.get("/players/", filters)
    there = parsed(first).select_one("a[rel=next]")["href"]
    assert dict(parse_qsl(there.lstrip("?"))) == filters | {"page": "2"}
    second = parsed(ada.get(f"/players/{there}"))
    assert [row["data-player"] for row in second.select("[data-player]")] == ["player050"]
    back = second.select_one("a[rel=prev]")["href"]
    assert dict(parse_qsl(back.lstrip("?"))) == filters | {"page": "1"}
    for page in parsed(first), second, parsed(ada.get(f"/players/{back}")):
        assert page.caption.get_text() == "51 players"
        shown = form_data(page.select_one("search form"))
        assert {name: shown[name] for name in filters} == filters


def test_the_directory_counts_all_whom_it_found_and_not_those_on_the_page(ada, sixty):
    for number in "1", "2":
        page = parsed(ada.get("/players/", {"page": number}))
        assert page.caption.get_text() == "61 players"
        assert f"Page {number} of 2" in page.main.get_text()
    found = parsed(ada.get("/players/", {"discord_id": ADA["discord_id"]}))
    assert found.caption.get_text() == "1 player"
    assert not found.select("main nav")  # between pages, of which there is one
    nobody = parsed(ada.get("/players/", {"discord_id": "nobody"})).main
    assert [line.get_text() for line in nobody.select("p")] == [
        "0 players: nobody matches your search."
    ]
    assert not nobody.table


def test_the_directory_and_the_profile_say_what_each_value_is(ada):
    table = parsed(ada.get("/players/")).table
    names = [cell["data-field"] for cell in table.select("[data-player] [data-field]")]
    assert names == ["username", "discord_id", "zoom_id", "age"]
    heads = table.select("thead th[scope=col]")
    assert [head.get_text() for head in heads] == ["Username", "Discord ID", "Zoom ID", "Age"]
    assert table.select_one("th[scope=row]").get_text() == "ada"
    shown = parsed(ada.get("/profile/")).main.dl
    assert {
        name.get_text(): value["data-field"]
        for name, value in zip(shown.select("dt"), shown.select("dd"), strict=True)
    } == {
        "Username": "username",
        "Email address": "email",
        "Discord ID": "discord_id",
        "Zoom ID": "zoom_id",
        "Birth date": "birthdate",
        "Age": "age",
    }


def test_the_directory_shows_nobodys_address_and_no_birth_date(ada):
    Visitor().register(GRACE)
    page = ada.get("/players/").content.decode()
    assert GRACE["email"] not in page
    assert GRACE["birthdate"] not in page


def test_deactivated_players_are_not_listed(ada, admin):
    Visitor().register(GRACE)
    path = player_in_admin(admin, "grace")
    form = parsed(admin.get(path)).select_one("#content form")
    assert form.select_one("input[name=is_active][checked]")
    assert deactivate(admin, path).status_code == 302
    assert "grace" not in ada.directory()


@pytest.mark.parametrize("discord_id", ["grace#1906", "GRACE#1906"])
def test_the_directory_finds_a_player_by_their_whole_discord_id(ada, discord_id):
    Visitor().register(GRACE)
    assert list(ada.directory(discord_id=discord_id)) == ["grace"]
    assert list(ada.directory(discord_id="grace")) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"born_from": "1990-12-10"}, ["ada"]),
        ({"born_from": "1990-12-11"}, []),
        ({"born_to": "1986-12-09"}, ["grace"]),
        ({"born_to": "1986-12-08"}, []),
        ({"born_from": "1986-12-09", "born_to": "1990-12-10"}, ["ada", "grace"]),
        ({"born_from": "1980-01-01", "discord_id": "ada#1815"}, ["ada"]),
        ({"born_to": "1987-01-01", "discord_id": "ada#1815"}, []),
    ],
)
def test_the_directory_filters_by_birth_date_both_ends_included(ada, filters, found):
    Visitor().register(GRACE)
    Visitor().register(another(1), birthdate="", discord_id="1987-01-01", zoom_id="1987-06-06")
    assert list(ada.directory(**filters)) == found


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"born_from": "yesterday"}, "born_from"),
        ({"born_to": "1990-02-30"}, "born_to"),
        ({"born_to": "1899-12-31"}, "born_to"),
        ({"born_from": "1990-01-02", "born_to": "1990-01-01"}, "born_to"),
        ({"discord_id": "x" * 41}, "discord_id"),
        ({"discord_id": "\0"}, "discord_id"),
        ({"born_from": "\0"}, "born_from"),
    ],
)
def test_a_bad_filter_is_a_form_error_and_lists_nobody(ada, filters, field):
    response = ada.get("/players/", filters)
    assert list(errors(response)) == [field]
    main = parsed(response).main
    assert not main.select("[data-player]")
    assert "0 players" not in main.get_text()  # nothing was searched


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "\0", "9" * 30])
def test_a_page_that_is_not_there_is_not_found(ada, page):
    assert ada.get("/players/", {"page": page}).status_code == 404


def test_the_search_by_discord_id_looks_at_no_other_value(ada):
    Visitor().register(GRACE, zoom_id=ADA["discord_id"])
    assert list(ada.directory(discord_id=ADA["discord_id"])) == ["ada"]
    for name in "username", "email", "birthdate":
        assert list(ada.directory(discord_id=GRACE[name])) == [], name
    assert list(ada.directory(discord_id=ADA["zoom_id"])) == []
