"""Whom allauth logs in is loaded by allauth's backend: a User, unless this one loads a Player."""

from allauth.account.auth_backends import AuthenticationBackend

from players.backends import PlayerBackend


class PlayerAllauthBackend(AuthenticationBackend):
    get_user = PlayerBackend.get_user
    aget_user = PlayerBackend.aget_user
