"""Importable, so that squashmigrations can write it down."""

from django.db import transaction


def create_missing(apps, schema_editor):
    """Users older than the table get their row, a thousand in each transaction."""
    Person = apps.get_model("players", "Person")
    User = apps.get_model("auth", "User")
    database = schema_editor.connection.alias
    people = Person.objects.using(database)
    users = User.objects.using(database).order_by("pk").values_list("pk", flat=True)
    left = users
    while True:
        with transaction.atomic(using=database):
            # Locked, so that none of these is deleted before the row is there.
            batch = list(left.select_for_update(no_key=True)[:1000])
            if not batch:
                return
            # A user who has a person keeps it, and so does one who registers meanwhile.
            people.bulk_create([Person(user_id=pk) for pk in batch], ignore_conflicts=True)
        left = users.filter(pk__gt=batch[-1])
