"""A ModelSerializer has one model: the details are read through the relation."""

from django.contrib.auth.models import User
from rest_framework import serializers

from players.forms import DETAILS
from players.queries import by_id
from proofs.ecosystem.extras.site_form import changed


class PlayerSerializer(serializers.ModelSerializer):
    discord_id = serializers.CharField(
        source="person.discord_id", max_length=40, allow_blank=True, required=False
    )
    zoom_id = serializers.CharField(
        source="person.zoom_id", max_length=40, allow_blank=True, required=False
    )
    birthdate = serializers.DateField(source="person.birthdate", allow_null=True, required=False)

    class Meta:
        model = User
        fields = ("username", "email", *DETAILS)
        read_only_fields = ("username",)

    def validate(self, data):
        self.form = changed(self.instance, {**data, **data.get("person", {})})
        return data

    def update(self, user, data):
        return by_id(self.form.save().pk)
