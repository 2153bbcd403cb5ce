from django.apps import AppConfig


class PlayersConfig(AppConfig):
    name = "players"
    # The kind of id that django.contrib.auth gives its own User: ids of one width
    # keep the three projects comparable and a later move between them possible.
    default_auto_field = "django.db.models.AutoField"
