"""The app that stands for the code which a project writes around a package."""

from django.apps import AppConfig

from proofs.ecosystem.attempt import extras, package


class TrialConfig(AppConfig):
    name = "proofs.ecosystem"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        extras()
        package()
