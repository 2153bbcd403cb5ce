"""The people in the tests."""

from datetime import date

PASSWORD = "natural-twenty-20"
ADA = {
    "username": "ada",
    "email": "ada@example.com",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "discord_id": "ada#1815",
    "zoom_id": "ada.zoom",
    "birthdate": "1990-12-10",
}
GRACE = {
    "username": "grace",
    "email": "grace@example.com",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "discord_id": "grace#1906",
    "zoom_id": "grace.zoom",
    "birthdate": "1986-12-09",
}
DETAILS = ("discord_id", "zoom_id", "birthdate")


def another(number: int) -> dict[str, str]:
    """One of as many further people as a test wants."""
    return {
        "username": f"player{number:03}",
        "email": f"player{number:03}@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "discord_id": f"player{number:03}#{number:04}",
        "zoom_id": f"player{number:03}.zoom",
        "birthdate": date(1970 + number % 40, number % 12 + 1, number % 28 + 1).isoformat(),
    }


def details_of(person: dict[str, str]) -> dict[str, str]:
    """The three values that the strategies keep in three ways."""
    return {name: person[name] for name in DETAILS}
