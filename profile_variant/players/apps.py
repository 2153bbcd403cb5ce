from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.db.models.signals import post_migrate


class PlayersConfig(AppConfig):
    name = "players"
    # The kind of id that auth.User has, so that the three projects compare like with like
    # and a player's id can stay what it is in a later move. In a project of your own,
    # leave this line out: Django's default is the larger BigAutoField.
    default_auto_field = "django.db.models.AutoField"

    def ready(self):
        from website.rules import restore_rules
        from website.validators import validate_visible

        User = get_user_model()
        User._meta.get_field("username").validators.append(validate_visible)
        post_migrate.connect(restore_rules, sender=self)
