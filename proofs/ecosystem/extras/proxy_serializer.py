"""Properties are read-only to a ModelSerializer: the form writes the details."""

from rest_framework import serializers

from players.forms import DETAILS
from players.models import Player
from players.queries import by_id
from proofs.ecosystem.extras.site_form import changed


class PlayerSerializer(serializers.ModelSerializer):
    discord_id = serializers.CharField(max_length=40, allow_blank=True, required=False)
    zoom_id = serializers.CharField(max_length=40, allow_blank=True, required=False)
    birthdate = serializers.DateField(allow_null=True, required=False)

    class Meta:
        model = Player
        fields = ("username", "email", *DETAILS)
        read_only_fields = ("username",)

    def validate(self, data):
        self.form = changed(self.instance, data)
        return data

    def update(self, player, data):
        return by_id(self.form.save().pk)
