"""A token belongs to a User; request.user is to be a Player."""

from oauth2_provider.backends import OAuth2Backend

from players.queries import by_id


class PlayerBackend(OAuth2Backend):
    def authenticate(self, request=None, **credentials):
        user = super().authenticate(request, **credentials)
        return user and by_id(user.pk)

    def get_user(self, user_id):
        return by_id(user_id)
