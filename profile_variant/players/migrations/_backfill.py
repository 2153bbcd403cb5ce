"""Importable, so that squashmigrations can write it down."""


def create_missing(apps, schema_editor):
    """Users older than the table get their row, a thousand at a time."""
    Person = apps.get_model("players", "Person")
    User = apps.get_model("auth", "User")
    database = schema_editor.connection.alias
    users = User.objects.using(database).order_by("pk").values_list("pk", flat=True)
    batch = users[:1000]
    while batch:
        people = [Person(user_id=pk) for pk in batch]
        # A user who has one keeps it, and so does one who registers meanwhile.
        Person.objects.using(database).bulk_create(people, ignore_conflicts=True)
        batch = users.filter(pk__gt=people[-1].pk)[:1000]
