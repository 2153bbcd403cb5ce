# What makemigrations wrote: managed = False, so nothing happens in the database.
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("person_id", models.AutoField(primary_key=True, serialize=False)),
                ("username", models.CharField(max_length=150, unique=True)),
                ("discord_id", models.TextField(blank=True, null=True)),
                ("zoom_id", models.TextField(blank=True, null=True)),
                ("birthdate", models.DateField(blank=True, null=True)),
            ],
            options={"db_table": "person", "managed": False},
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("attendance_id", models.AutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
            ],
            options={"db_table": "attendance", "managed": False},
        ),
    ]
