import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

ZERO_WIDTH_JOINER = "\u200d"
# What an emoji is made of: symbols, skin tones and the variation selector.
EMOJI_CATEGORIES = {"So", "Sk", "Mn"}


def validate_visible(value):
    """Refuse control, format (bidi, zero-width), surrogate, private and unassigned characters.

    The joiner inside an emoji such as 👩‍💻 stays. Flags of regions (🏴󠁧󠁢󠁳󠁣󠁴󠁿) do not:
    they hide plain text in format characters, which is what this rule is against.
    """
    for index, character in enumerate(value):
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} and not (
            character == ZERO_WIDTH_JOINER and joins_emoji(value, index)
        ):
            raise ValidationError("Please use visible characters only.", code="invisible")


def joins_emoji(value, index):
    neighbours = value[max(index - 1, 0) : index] + value[index + 1 : index + 2]
    return len(neighbours) == 2 and all(
        unicodedata.category(neighbour) in EMOJI_CATEGORIES for neighbour in neighbours
    )


def validate_birthdate(value):
    if not date(1900, 1, 1) <= value <= timezone.localdate():
        raise ValidationError("Please enter a date from 1900-01-01 to today.", code="range")
