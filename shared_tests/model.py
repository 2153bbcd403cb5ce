"""The contract in memory: a site of dictionaries, with no database, no Django and no variant.

What it says, every variant must do. It takes one thing from the database under test: which
letters are one letter in another case, for that is what the contract leaves to its LOWER().
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

Form = Mapping[str, str]
# The status, and with it what matters: where a redirection leads, which fields are in error.
Answer = tuple[int, Any]

DETAILS = ("email", "discord_id", "zoom_id", "birthdate")
UNIQUE = ("username", "email", "discord_id")
WRONG_LOG_INS = 5
COMMON_PASSWORDS = {"password", "trustno1"}
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What draws nothing, though Unicode's category says letter, mark or symbol.
BLANK = {
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC),
    *(0x13441, 0x13442, 0x16FE4, 0x1D159),
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}
SELECTOR = "\ufe0f"  # makes a symbol or, before a keycap, a digit an emoji

LOCAL_PART = re.compile(r"[-!#$%&'*+/=?^_`{|}~0-9a-zA-Zİıſ\u212a]+")  # \u212a: the kelvin sign
DOMAIN = re.compile(r"([a-z0-9-]+\.)+[a-z0-9-]{2,63}")


class Refused(Exception):
    """This is no value of this field."""


def accept(value: Any, condition: bool) -> Any:
    if not condition:
        raise Refused
    return value


def username(typed: str) -> str:
    value = login_name(typed)
    legal = all(letter.isalnum() or letter in "_@.+-" for letter in value)
    return str(accept(value, legal and is_visible(value) and 0 < len(value) <= 150))


def login_name(typed: str) -> str:
    """Normalised, unless it is too long to be one: that may take forever."""
    stripped = typed.strip()
    return unicodedata.normalize("NFKC", stripped) if len(stripped) <= 150 else stripped


def email(typed: str) -> str:
    local, _, domain = typed.strip().rpartition("@")
    legal = all(LOCAL_PART.fullmatch(part) for part in local.split("."))
    legal = legal and bool(DOMAIN.fullmatch(domain.lower()))
    return str(accept(f"{local}@{domain.lower()}", legal and len(typed.strip()) <= 254))


def short_text(typed: str) -> str:
    value = typed.strip()
    return str(accept(value, len(value) <= 40 and is_visible(value)))


def is_visible(value: str) -> bool:
    """No invisible character, but for the joiner and the selector of an emoji."""
    for i, letter in enumerate(value):
        before, after = value[i - 1 : i], value[i + 1 : i + 2]
        joins = letter == "\u200d" and (before == SELECTOR or is_emoji(before)) and is_emoji(after)
        selects = letter == SELECTOR and (is_emoji(before) or after == "\u20e3")
        invisible = unicodedata.category(letter) in INVISIBLE or ord(letter) in BLANK
        if invisible and not joins and not selects:
            return False
    return True


def is_emoji(letter: str) -> bool:
    symbol = letter > "\u20e3" and unicodedata.category(letter) == "So"
    return symbol or letter in {*"©®‼⁉↔⤴⤵〰〽◻◼◽◾🏻🏼🏽🏾🏿"}


def birthdate(typed: str) -> date | None:
    if not typed:
        return None
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", typed.strip())
    try:
        day = date(*map(int, parts.groups())) if parts else None
    except ValueError:  # no such day
        day = None
    in_range = day is not None and date(1900, 1, 1) <= day <= datetime.now(UTC).date()
    return accept(day, in_range)  # type: ignore[no-any-return]


READERS: dict[str, Callable[[str], Any]] = {
    "username": username,
    "email": email,
    "discord_id": short_text,
    "zoom_id": short_text,
    "birthdate": birthdate,
}


def is_given(password: str) -> bool:
    return password != "" and "\0" not in password


def bad_passwords(form: Form, first: str, second: str) -> set[str]:
    """Which of the two fields of a new password are in error."""
    bad = {name for name in (first, second) if not is_given(form[name])}
    weak = len(form[second]) < 8 or form[second].isdigit() or form[second] in COMMON_PASSWORDS
    differ = first not in bad and form[first] != form[second]
    return bad | ({second} if weak or differ else set())


def destination(form: Form) -> str:
    """Where `next` leads: to this host, by a path; or home."""
    wanted = form.get("next", "")
    return wanted if re.fullmatch(r"(http://testserver)?/[a-z]+/(\?[a-z0-9=&]*)?", wanted) else "/"


@dataclass
class Player:
    username: str
    email: str
    discord_id: str
    zoom_id: str
    birthdate: date | None
    password: str

    @property
    def age(self) -> str:
        if self.birthdate is None:
            return ""
        today = datetime.now(UTC).date()
        before_birthday = (today.month, today.day) < (self.birthdate.month, self.birthdate.day)
        return str(today.year - self.birthdate.year - before_birthday)

    def row(self) -> dict[str, str]:
        """What the directory shows."""
        shown = {name: getattr(self, name) for name in ("username", "discord_id", "zoom_id")}
        return {**shown, "age": self.age}

    def profile(self) -> dict[str, str]:
        """What the own profile shows."""
        born = self.birthdate.isoformat() if self.birthdate else ""
        return {**self.row(), "email": self.email, "birthdate": born}


class Model:
    """Who is registered, and who is logged in in which browser. `fold` makes cases one."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self.fold = fold
        self.players: list[Player] = []
        self.logged_in: dict[str, Player] = {}
        self.wrong_log_ins: Counter[str] = Counter()

    # What a person does

    def register(self, browser: str, form: Form) -> Answer:
        if browser not in self.logged_in:
            values, refused = self.read(form, ("username", *DETAILS))
            refused |= bad_passwords(form, "password1", "password2")
            if refused:
                return 200, refused
            player = Player(**values, password=form["password1"])
            self.players.append(player)
            self.logged_in[browser] = player
        return 302, destination(form)

    def log_in(self, browser: str, form: Form) -> Answer:
        name, password = login_name(form["username"]), form["password"]
        given = {"username": name, "password": password}
        if missing := {field for field, value in given.items() if not is_given(value)}:
            return 200, missing
        guess = name.lower()
        player = next((one for one in self.players if self.same(one.username, name)), None)
        right = player is not None and player.password == password
        if player and right and self.wrong_log_ins[guess] < WRONG_LOG_INS:
            self.logged_in[browser] = player
            return 302, destination(form)
        self.wrong_log_ins[guess] += 1
        return (200, {""}) if self.wrong_log_ins[guess] < WRONG_LOG_INS else (429, None)

    def log_out(self, browser: str) -> Answer:
        self.logged_in.pop(browser, None)
        return 302, "/"

    def edit(self, browser: str, form: Form) -> Answer:
        if browser not in self.logged_in:
            return 302, "/login/?next=/profile/edit/"
        player = self.logged_in[browser]
        values, refused = self.read(form, DETAILS, player)
        if refused:
            return 200, refused
        for name, value in values.items():
            setattr(player, name, value)
        return 302, "/profile/"

    def change_password(self, browser: str, form: Form) -> Answer:
        if browser not in self.logged_in:
            return 302, "/login/?next=/password-change/"
        player = self.logged_in[browser]
        refused = bad_passwords(form, "new_password1", "new_password2")
        if form["old_password"] != player.password:
            refused.add("old_password")
        if refused:
            return 200, refused
        player.password = form["new_password1"]
        self.end_sessions(player)
        self.logged_in[browser] = player
        return 302, "/password-change/done/"

    def delete(self, browser: str, form: Form) -> Answer:
        if browser not in self.logged_in:
            return 302, "/login/?next=/profile/delete/"
        player = self.logged_in[browser]
        if form["password"] != player.password:
            return 200, {"password"}
        self.players.remove(player)
        self.end_sessions(player)
        del self.wrong_log_ins[player.username.lower()]
        return 302, "/"

    # What a person sees

    def search(self, browser: str, form: Form) -> Answer:
        """The fields in error, and the rows found, by username."""
        if browser not in self.logged_in:
            return 302, "/login/?next=/players/"
        wanted, refused = form.get("discord_id", "").strip(), set()
        if len(wanted) > 40 or "\0" in wanted:
            refused.add("discord_id")
        born = {}
        for name in ("born_from", "born_to"):
            try:
                born[name] = birthdate(form.get(name, ""))
            except Refused:
                refused.add(name)
        first, last = born.get("born_from"), born.get("born_to")
        if first and last and first > last:
            refused.add("born_to")
        found = [
            player
            for player in self.players
            if not refused
            and (not wanted or self.same(player.discord_id, wanted))
            and (not first or (player.birthdate and first <= player.birthdate))
            and (not last or (player.birthdate and player.birthdate <= last))
        ]
        return 200, (refused, {player.username: player.row() for player in found})

    # How it is done

    def read(
        self, form: Form, names: Iterable[str], me: Player | None = None
    ) -> tuple[dict[str, Any], set[str]]:
        """The form's values, and which of them are refused."""
        values, refused = {}, set()
        for name in names:
            try:
                value = values[name] = READERS[name](form[name])
            except Refused:
                refused.add(name)
                continue
            others = (getattr(other, name) for other in self.players if other is not me)
            if name in UNIQUE and value and any(self.same(value, other) for other in others):
                refused.add(name)
        return values, refused

    def same(self, one: str, other: str) -> bool:
        return self.fold(one) == self.fold(other)

    def end_sessions(self, player: Player) -> None:
        for browser in [name for name, who in self.logged_in.items() if who is player]:
            del self.logged_in[browser]
