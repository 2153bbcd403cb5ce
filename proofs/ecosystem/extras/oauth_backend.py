"""A token belongs to a User; request.user is to be a Player."""

from oauth2_provider.backends import OAuth2Backend

from players.backends import PlayerBackend


class OAuthBackend(OAuth2Backend):
    def authenticate(self, request=None, **credentials):
        user = super().authenticate(request, **credentials)
        return user and self.get_user(user.pk)

    def get_user(self, user_id):
        return PlayerBackend().get_user(user_id)
