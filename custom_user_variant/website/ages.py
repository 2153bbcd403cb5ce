from django.utils import timezone


def age(birthdate):
    """In whole years, today; None without a birth date."""
    if birthdate:
        today = timezone.localdate()
        had_birthday = (today.month, today.day) >= (birthdate.month, birthdate.day)
        return today.year - birthdate.year - (not had_birthday)
