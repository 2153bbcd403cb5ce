"""Two kinds of rules that no model here can state.

Unique names and addresses: the table is Django's. Were Django to alter auth_user in a later
migration, SQLite, which alters by copying, would lose these two; PostgreSQL keeps them.

Deletion in the database: a later migration that alters the foreign key makes it anew, without.

`manage.py check --database default` names what was lost, and the next migrate restores it.
"""

from django.db import migrations
from django.db.models import Q
from django.db.models.functions import Lower

from players.operations import AddRule, CascadeInDatabase
from website.constraints import CaseInsensitiveUnique


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("players", "0001_initial"),
    ]

    operations = [
        AddRule(
            "auth.User",
            CaseInsensitiveUnique(Lower("username"), name="player_username_any_case"),
        ),
        AddRule(
            "auth.User",
            CaseInsensitiveUnique(
                Lower("email"), condition=Q(email__gt=""), name="player_email_any_case"
            ),
        ),
        AddRule("players.PlayerAttribute", CascadeInDatabase()),
    ]
