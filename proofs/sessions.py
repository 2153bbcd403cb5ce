"""Whose a session is, read off what Django has written into its table."""

from django.core import signing


def user_in(session_data: str, secret_key: str) -> str | None:
    """The id of the user; None where nobody is logged in. BadSignature for another secret key."""
    salt = "django.contrib.sessions.SessionStore"
    session = signing.loads(session_data, key=secret_key, salt=salt, fallback_keys=[])
    user: str | None = session.get("_auth_user_id")
    return user
