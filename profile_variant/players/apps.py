from django.apps import AppConfig


class PlayersConfig(AppConfig):
    name = "players"
    # The kind of id that auth.User has, so that the three projects compare like with like
    # and a player's id can stay what it is in a later move. In a project of your own,
    # leave this line out: Django's default is the larger BigAutoField.
    default_auto_field = "django.db.models.AutoField"
