"""Users older than the table get their row, a thousand at a time."""

from django.db import migrations


def create_missing(apps, schema_editor):
    Person = apps.get_model("players", "Person")
    User = apps.get_model("auth", "User")
    database = schema_editor.connection.alias
    missing = User.objects.using(database).filter(person=None).values_list("pk", flat=True)
    while batch := missing[:1000]:
        # A user who registers meanwhile brings their own: hence ignore_conflicts.
        people = [Person(user_id=pk) for pk in batch]
        Person.objects.using(database).bulk_create(people, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("players", "0002_rules_in_the_database")]

    operations = [migrations.RunPython(create_missing, migrations.RunPython.noop)]
