from django.apps import AppConfig


class GuildConfig(AppConfig):
    name = "guild"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from guild import signals  # noqa: F401 (importing it connects them)
