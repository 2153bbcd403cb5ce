"""Importable, so that squashmigrations can write it down."""


def create_missing(apps, schema_editor):
    """Users older than the table get their row, a thousand at a time."""
    Person = apps.get_model("players", "Person")
    User = apps.get_model("auth", "User")
    database = schema_editor.connection.alias
    missing = User.objects.using(database).filter(person=None).values_list("pk", flat=True)
    while batch := missing[:1000]:
        # A user who registers meanwhile brings their own: hence ignore_conflicts.
        people = [Person(user_id=pk) for pk in batch]
        Person.objects.using(database).bulk_create(people, ignore_conflicts=True)
