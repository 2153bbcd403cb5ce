"""A token belongs to a User; request.user is to be a Player."""

from rest_framework.authentication import TokenAuthentication

from players.queries import by_id


class PlayerTokenAuthentication(TokenAuthentication):
    def authenticate_credentials(self, key):
        user, token = super().authenticate_credentials(key)
        return by_id(user.pk), token
