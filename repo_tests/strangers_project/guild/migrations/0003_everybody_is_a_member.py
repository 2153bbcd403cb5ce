from django.db import migrations


def make_members(apps, schema_editor):
    User = apps.get_model("auth", "User")
    Member = apps.get_model("guild", "Member")
    for user in User.objects.filter(member=None):
        Member.objects.create(user=user)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("guild", "0002_member"),
    ]

    operations = [migrations.RunPython(make_members, migrations.RunPython.noop)]
