"""What people type into the forms: values that are odd but welcome, and values that are not.

Which of them are welcome, the model decides; here they are only sorted, so that a life goes on:
one bad value refuses a whole form.
"""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from shared_tests.people import PASSWORD

Typed = st.SearchStrategy[dict[str, str]]

TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)
LETTERS = "aAbBéÉiIİıſsKk\u212aßẞǅΣς0#. 💻🏽<>&\"'%\\"
ODD_TEXTS = [
    # Unique whatever the case, or not
    *("ada#1815", "Ada#1815", " ADA#1815 ", "émile", "ÉMILE", "\u212a", "k", "İ", "i", "ı"),
    # What means something in HTML, SQL or Python
    *("<b>ada</b>", "<script>alert(1)</script>", '" onfocus="x', "'; DROP TABLE auth_user; --"),
    *("100%s %(x)s {{ user }}", "a&amp;b", "\\N\\x00", "None", "0"),
    # Blanks, scripts, emoji
    *("", " ", "ada\n", "\u00a0ada\u3000", "Ада", "阿达", "आदा", "عايدة"),
    *("🐉", "👩\u200d💻", "👩🏽\u200d🚀 ada", "❤️\u200d🔥", "1️⃣", "🙂\u200d↔️", "©️ ‼️"),
    # The longest
    *("x" * 40, "🐉" * 40, " " + "x" * 40 + " ", "Z\u0301" * 20, "ﷺ" * 9),
]
BAD_TEXTS = [
    *("\0", "a\0b", "a\nb", "a\u202eb", "\u200b", "a\u200db", "\ufeffada", "a\u00adb", "\ue000"),
    *("👩\u200d", "\u200d💻", "👩\u200d\u200d💻", "🏴\U000e0067\U000e007f", "x" * 41, "🐉" * 41),
    *(
        "a\u2028b",
        "a\u3164",
        "\u115f",
        "a\u034fb",
        "\u2800",
        "a\ufe0f",
        "a\u0301\u200d\u0301",
        "^\u200d💻",
    ),
]
ODD = {
    "username": [
        *("ada", "Ada", "ADA", "ａｄａ", " ada ", "fiona", "ﬁona", "FIONA", "ª", "ada@b.c"),
        *("émile", "Émile", "e\u0301mile", "straße", "STRASSE", "Σίσυφος", "σίσυφοσ", "a+d-a_."),
        *("istanbul", "İstanbul", "ıstanbul", "ISTANBUL", "ſam", "sam", "\u212aim", "kim"),
        *("a" * 150, "A" * 150),
    ],
    "email": [
        *("ada@example.com", "ADA@example.com", "ada@EXAMPLE.COM", " Ada@Example.com "),
        *("\u212aim@example.com", "kim@example.com", "ſam@example.com", "İ@example.com"),
        *("i@example.com", "x" * 242 + "@example.com"),
    ],
    "discord_id": ODD_TEXTS,
    "zoom_id": ODD_TEXTS,
    "birthdate": ["", "1900-01-01", "2000-02-29", "1990-1-2", " 1990-12-10 ", f"{TODAY}"],
}
BAD = {
    "username": [*BAD_TEXTS, "", " ", "a" * 151, "ﬁ" * 76, "ada lovelace", "ada/..", "<b>ada</b>"],
    "email": [
        *("", " ", "ada@b", "@", "a@b@example.com", "é@example.com", "a..b@example.com"),
        *("a\0@example.com", "a\n@example.com", "x" * 243 + "@example.com", "<b>@example.com"),
    ],
    "discord_id": BAD_TEXTS,
    "zoom_id": BAD_TEXTS,
    "birthdate": [
        *("1899-12-31", "2001-02-29", "01/02/30", "30.01.2002", "20010203", "1990-12-10T00:00"),
        *("0001-01-01", "9999-12-31", " ", "\0", f"{TOMORROW}"),
    ],
}
for bound in "born_from", "born_to":
    ODD[bound], BAD[bound] = ODD["birthdate"], BAD["birthdate"]

GOOD_PASSWORDS = [PASSWORD, "natural-one-1", " pässwörd-ﬁ-🐉 "]
BAD_PASSWORDS = ["20202020", "password", "short", "", "\0" + PASSWORD]
PASSWORDS = st.sampled_from([PASSWORD] * 7 + GOOD_PASSWORDS + BAD_PASSWORDS)
NEW_PASSWORDS = st.sampled_from(
    [
        *[(PASSWORD, PASSWORD)] * 10,
        *[(one, one) for one in GOOD_PASSWORDS + BAD_PASSWORDS],
        *[(PASSWORD, PASSWORD.upper()), (PASSWORD, ""), ("", PASSWORD)],
    ]
)
LOG_IN_NAMES = st.sampled_from(ODD["username"] + BAD["username"])
NEXTS = st.sampled_from(
    [
        *("", "/players/", "/players/?page=1", "http://testserver/profile/", "\0"),
        *("https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example"),
        *("javascript:alert(1)", "http://testserver@evil.example/"),
    ]
)


def typed(*names: str) -> Typed:
    """What to type into some of these fields: odd values, and now and then a bad one too."""
    odd = {name: st.sampled_from(ODD[name]) for name in names}
    for name in {"discord_id", "zoom_id"}.intersection(names):
        odd[name] |= st.text(LETTERS, max_size=6)
    bad = st.sampled_from([{name: value} for name in names for value in BAD[name]])
    none: Typed = st.just({})
    return st.builds(
        lambda some, one: some | one,
        st.fixed_dictionaries({}, optional=odd),
        st.one_of(none, none, none, bad),
    )
