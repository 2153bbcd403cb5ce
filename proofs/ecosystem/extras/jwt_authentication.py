"""A token names a User's id; request.user is to be a Player."""

from rest_framework_simplejwt.authentication import JWTAuthentication

from players.models import Player


class PlayerJWTAuthentication(JWTAuthentication):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user_model = Player
