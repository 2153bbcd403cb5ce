import re
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINER, SELECTOR, KEYCAP = "\u200d", "\ufe0f", "\u20e3"
# Letters, marks and symbols that draw nothing: those with Unicode's property
# Default_Ignorable_Code_Point, and the blanks of some scripts and notations.
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)


def validate_visible(value):
    """Refuse control, format (bidi, zero-width), surrogate, private, unassigned and blank ones.

    The two that an emoji may need stay. Flags of regions (🏴󠁧󠁢󠁳󠁣󠁴󠁿) do not: they hide plain text
    in format characters, which is what this rule is against.
    """
    padded = f" {value} "
    for before, character, after in zip(padded[:-2], value, padded[2:], strict=True):
        invisible = unicodedata.category(character) in HIDDEN
        if (invisible or BLANK.match(character)) and not (
            # 👩‍💻, and ❤️ or 1️⃣
            (character == JOINER and (before == SELECTOR or is_emoji(before)) and is_emoji(after))
            or (character == SELECTOR and (is_emoji(before) or after == KEYCAP))
        ):
            raise ValidationError("Please use visible characters only.", code="invisible")


def is_emoji(character):
    symbol = character > KEYCAP and unicodedata.category(character) == "So"
    return symbol or character in "©®‼⁉↔⤴⤵〰〽◻◼◽◾🏻🏼🏽🏾🏿"


def validate_birthdate(value):
    if not date(1900, 1, 1) <= value <= timezone.localdate():
        raise ValidationError("Please enter a date from 1900-01-01 to today.", code="range")
