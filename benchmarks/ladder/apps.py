"""What a rung changes outside its view: the receiver of new users, and the unique indexes."""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate, post_save

from benchmarks.ladder import is_below

RULES = ["player_username_any_case", "player_email_any_case", "player_discord_id_any_case"]


class LadderConfig(AppConfig):
    name = "benchmarks.ladder"

    def ready(self) -> None:
        from benchmarks.ladder.steps import create_and_save_person
        from players.models import create_person
        from website.rules import restore_rules

        if is_below(settings.LADDER_STEP, "create_only"):
            post_save.disconnect(create_person, sender=settings.AUTH_USER_MODEL)
            post_save.connect(create_and_save_person, sender=settings.AUTH_USER_MODEL)
        if is_below(settings.LADDER_STEP, "rules"):
            # Not sender=self: Django sends it for apps that have models, and this one has none.
            players = apps.get_app_config("players")
            post_migrate.disconnect(restore_rules, sender=players)
            post_migrate.connect(drop_rules, sender=players)


def drop_rules(using: str, **kwargs: Any) -> None:
    """The article's database had none of the unique indexes that the variant's migrations make."""
    with connections[using].cursor() as cursor:
        for name in RULES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
