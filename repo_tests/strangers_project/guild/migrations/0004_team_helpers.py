from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("guild", "0003_everybody_is_a_member"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="helpers",
            field=models.ManyToManyField(blank=True, related_name="helps", to="auth.User"),
        ),
    ]
