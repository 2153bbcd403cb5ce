from django.db import migrations

from ._backfill import create_missing


class Migration(migrations.Migration):
    atomic = False  # it locks users, a thousand at a time
    dependencies = [("players", "0002_rules_in_the_database")]

    operations = [migrations.RunPython(create_missing, migrations.RunPython.noop)]
