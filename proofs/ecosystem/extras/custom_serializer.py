"""A ModelSerializer does not ask the model's constraints on expressions: the site's form does."""

from rest_framework.serializers import ModelSerializer

from players.forms import DETAILS
from players.models import User
from proofs.ecosystem.extras.site_form import changed


class PlayerSerializer(ModelSerializer):
    class Meta:
        model = User
        fields = ("username", "email", *DETAILS)
        read_only_fields = ("username",)

    def validate(self, data):
        changed(self.instance, data)
        return data
