"""djoser lists REQUIRED_FIELDS alone: the rest is for a project to name."""

from djoser.serializers import UserCreateSerializer, UserSerializer

from players.forms import DETAILS


class SignupSerializer(UserCreateSerializer):
    class Meta(UserCreateSerializer.Meta):
        fields = (*UserCreateSerializer.Meta.fields, *DETAILS)


class PlayerSerializer(UserSerializer):
    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, *DETAILS)
