from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.views.decorators.debug import sensitive_variables

from . import queries


class PlayerBackend(ModelBackend):
    """Log-in ignores the username's case, as the unique index does."""

    @sensitive_variables()  # a hash that is upgraded here passes the password on as raw_password
    def authenticate(self, request, username=None, password=None, **kwargs):
        if username is None or password is None:
            return None
        user = queries.by_username(username)
        if user is None:
            # Hash once, so that the time it takes does not tell which names exist.
            get_user_model()().set_password(password)
        elif user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    # ModelBackend's own asynchronous methods would not call the two of this class.
    aauthenticate = sync_to_async(authenticate)

    def get_user(self, user_id):
        """request.user is what by_id() loads; None, once deactivated, ends the session."""
        user = queries.by_id(user_id)
        return user if user and self.user_can_authenticate(user) else None

    aget_user = sync_to_async(get_user)
