"""Columns read from the properties; written by the site's form, once the player has a key."""

from import_export.fields import Field
from import_export.resources import ModelResource

from players.forms import DETAILS
from players.models import Player
from proofs.ecosystem.extras.site_form import changed


class PlayerResource(ModelResource):
    discord_id = Field("discord_id", "discord_id", readonly=True)
    zoom_id = Field("zoom_id", "zoom_id", readonly=True)
    birthdate = Field("birthdate", "birthdate", readonly=True)

    class Meta:
        model = Player
        fields = ("username", "email", *DETAILS)
        import_id_fields = ("username",)

    def after_save_instance(self, instance, row, **kwargs):
        changed(instance, {name: row[name] for name in DETAILS}).save()
