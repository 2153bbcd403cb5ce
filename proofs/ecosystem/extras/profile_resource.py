"""Columns read through the relation; written by the site's form, once the user has a key."""

from django.contrib.auth.models import User
from import_export.fields import Field
from import_export.resources import ModelResource

from players.forms import DETAILS
from proofs.ecosystem.extras.site_form import changed


class PlayerResource(ModelResource):
    discord_id = Field("person__discord_id", "discord_id", readonly=True)
    zoom_id = Field("person__zoom_id", "zoom_id", readonly=True)
    birthdate = Field("person__birthdate", "birthdate", readonly=True)

    class Meta:
        model = User
        fields = ("username", "email", *DETAILS)
        import_id_fields = ("username",)

    def after_save_instance(self, instance, row, **kwargs):
        changed(instance, {name: row[name] for name in DETAILS}).save()
