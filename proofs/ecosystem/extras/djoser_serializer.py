"""djoser passes what it gets to the user model, which has no such fields."""

from django.core.exceptions import ValidationError
from django.db import transaction
from djoser.serializers import UserCreateSerializer
from rest_framework import serializers

from players.forms import DETAILS
from proofs.ecosystem.extras.site_form import changed


class SignupSerializer(UserCreateSerializer):
    discord_id = serializers.CharField(write_only=True, required=False, allow_blank=True)
    zoom_id = serializers.CharField(write_only=True, required=False, allow_blank=True)
    birthdate = serializers.DateField(write_only=True, required=False)

    class Meta(UserCreateSerializer.Meta):
        fields = (*UserCreateSerializer.Meta.fields, *DETAILS)

    def validate(self, attrs):
        self.details = {name: attrs.pop(name) for name in DETAILS if name in attrs}
        return super().validate(attrs)

    def perform_create(self, validated_data):
        try:
            with transaction.atomic():
                user = super().perform_create(validated_data)
                changed(user, self.details).save()
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        return user
