"""djoser lists REQUIRED_FIELDS alone: the rest is for a project to name."""

from djoser.serializers import UserCreateSerializer, UserSerializer

from players.forms import DETAILS
from proofs.ecosystem.extras.site_form import changed


class SignupSerializer(UserCreateSerializer):
    class Meta(UserCreateSerializer.Meta):
        fields = (*UserCreateSerializer.Meta.fields, *DETAILS)


class PlayerSerializer(UserSerializer):
    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, *DETAILS)

    def validate(self, data):
        changed(self.instance, data)  # a ModelSerializer does not ask constraints on expressions
        return data
