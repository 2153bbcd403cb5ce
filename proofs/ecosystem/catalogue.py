"""The packages, their settings as their documentation says, and what a variant needs on top."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EXTRAS = "proofs.ecosystem.extras"

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Extra:
    """What makes an operation work: modules of extras/, and settings that replace others."""

    title: str
    modules: tuple[str, ...] = ()
    settings: Settings = field(default_factory=dict)


@dataclass(frozen=True)
class Package:
    """A distribution, and what is tried with it.

    Lists in `settings` follow the variant's own, other values replace them.
    """

    distribution: str
    operation: str
    settings: Settings = field(default_factory=dict)
    extras: Mapping[str, Extra] = field(default_factory=dict)


BACKENDS = ["website.lockout.LockoutBackend", "players.backends.PlayerBackend"]
TOKEN = {"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]}
SESSION_AND_TOKEN = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
}
PLAYER_TOKEN = f"{EXTRAS}.token_authentication.PlayerTokenAuthentication"


def djoser_serializers(create: str, current: str) -> dict[str, Any]:
    return {
        "SERIALIZERS": {
            "user_create": f"{EXTRAS}.{create}",
            "current_user": f"{EXTRAS}.{current}",
        }
    }


PACKAGES = {
    "allauth": Package(
        "django-allauth",
        "a sign-up and a log-in at its pages",
        {
            "INSTALLED_APPS": ["allauth", "allauth.account"],
            "MIDDLEWARE": ["allauth.account.middleware.AccountMiddleware"],
            "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        },
        {
            "proxy": Extra(
                "a sign-up form and a backend",
                ("site_form", "signup_form", "allauth_backend"),
                {
                    "ACCOUNT_SIGNUP_FORM_CLASS": f"{EXTRAS}.signup_form.SignupForm",
                    "AUTHENTICATION_BACKENDS": [
                        *BACKENDS,
                        f"{EXTRAS}.allauth_backend.PlayerAllauthBackend",
                    ],
                },
            ),
            **dict.fromkeys(
                ("profile", "custom"),
                Extra(
                    "a sign-up form",
                    ("site_form", "signup_form"),
                    {"ACCOUNT_SIGNUP_FORM_CLASS": f"{EXTRAS}.signup_form.SignupForm"},
                ),
            ),
        },
    ),
    "rest_framework": Package(
        "djangorestframework",
        "the own account read and changed, by session and by token",
        {
            "INSTALLED_APPS": ["rest_framework", "rest_framework.authtoken"],
            "REST_FRAMEWORK": SESSION_AND_TOKEN,
        },
        {
            "proxy": Extra(
                "a serializer and an authentication class",
                ("site_form", "proxy_serializer", "token_authentication"),
                {
                    "REST_FRAMEWORK": {
                        "DEFAULT_AUTHENTICATION_CLASSES": [
                            "rest_framework.authentication.SessionAuthentication",
                            PLAYER_TOKEN,
                        ],
                    },
                },
            ),
            "profile": Extra("a serializer", ("site_form", "profile_serializer")),
            "custom": Extra("a check of two lines", ("site_form", "custom_serializer")),
        },
    ),
    "simplejwt": Package(
        "djangorestframework_simplejwt",
        "a pair of tokens, used and refreshed",
        {
            "INSTALLED_APPS": ["rest_framework"],
            "REST_FRAMEWORK": {
                "DEFAULT_AUTHENTICATION_CLASSES": [
                    "rest_framework_simplejwt.authentication.JWTAuthentication",
                ],
            },
        },
        {
            "proxy": Extra(
                "an authentication class",
                ("jwt_authentication",),
                {
                    "REST_FRAMEWORK": {
                        "DEFAULT_AUTHENTICATION_CLASSES": [
                            f"{EXTRAS}.jwt_authentication.PlayerJWTAuthentication",
                        ],
                    },
                },
            ),
        },
    ),
    "djoser": Package(
        "djoser",
        "a sign-up, a token and the own account over its API",
        {
            "INSTALLED_APPS": ["rest_framework", "rest_framework.authtoken", "djoser"],
            "REST_FRAMEWORK": TOKEN,
        },
        {
            "proxy": Extra(
                "two serializers and an authentication class",
                ("site_form", "djoser_serializer", "proxy_serializer", "token_authentication"),
                {
                    "DJOSER": djoser_serializers(
                        "djoser_serializer.SignupSerializer", "proxy_serializer.PlayerSerializer"
                    ),
                    "REST_FRAMEWORK": {"DEFAULT_AUTHENTICATION_CLASSES": [PLAYER_TOKEN]},
                },
            ),
            "profile": Extra(
                "two serializers",
                ("site_form", "djoser_serializer", "profile_serializer"),
                {
                    "DJOSER": djoser_serializers(
                        "djoser_serializer.SignupSerializer", "profile_serializer.PlayerSerializer"
                    ),
                },
            ),
            "custom": Extra(
                "two serializers",
                ("site_form", "djoser_custom"),
                {
                    "DJOSER": djoser_serializers(
                        "djoser_custom.SignupSerializer", "djoser_custom.PlayerSerializer"
                    ),
                },
            ),
        },
    ),
    "guardian": Package(
        "django-guardian",
        "a player's permission on one other player",
        {
            "INSTALLED_APPS": ["guardian"],
            "AUTHENTICATION_BACKENDS": ["guardian.backends.ObjectPermissionBackend"],
        },
        {
            "proxy": Extra(
                "the proxy's own content type",
                ("content_type",),
                {"GUARDIAN_GET_CONTENT_TYPE": f"{EXTRAS}.content_type.of_the_proxy_itself"},
            ),
        },
    ),
    "axes": Package("django-axes", "a lock-out, and its end"),
    "hijack": Package(
        "django-hijack",
        "an admin becomes a player and is the admin again",
        {
            "INSTALLED_APPS": ["hijack", "hijack.contrib.admin"],
            "MIDDLEWARE": ["hijack.middleware.HijackUserMiddleware"],
        },
        {"proxy": Extra("an admin class", ("hijack_admin",))},
    ),
    "two_factor": Package(
        "django-two-factor-auth",
        "a second factor set up, and a log-in with it",
        {
            "INSTALLED_APPS": [
                "django_otp",
                "django_otp.plugins.otp_static",
                "django_otp.plugins.otp_totp",
                "two_factor",
            ],
            "MIDDLEWARE": ["django_otp.middleware.OTPMiddleware"],
            "LOGIN_URL": "two_factor:login",
        },
    ),
    "reversion": Package(
        "django-reversion",
        "a change in the admin, taken back",
        {"INSTALLED_APPS": ["reversion"]},
        {
            "proxy": Extra(
                "a registration of its own and the edit page's form",
                ("reversion_admin", "revised_form"),
            ),
            **dict.fromkeys(
                ("profile", "custom"), Extra("the edit page's form", ("revised_form",))
            ),
        },
    ),
    "simple_history": Package(
        "django-simple-history",
        "the history of a change in the admin",
        {
            "INSTALLED_APPS": ["simple_history"],
            "MIDDLEWARE": ["simple_history.middleware.HistoryRequestMiddleware"],
        },
        {
            "proxy": Extra("a history of the rows, kept by hand", ("proxy_history",)),
            "profile": Extra(
                "a history of the profile and the edit page's form", ("profile_history",)
            ),
        },
    ),
    "import_export": Package(
        "django-import-export",
        "an export of the players, and an import of it with changes",
        {"INSTALLED_APPS": ["import_export"]},
        {
            "proxy": Extra("a resource", ("site_form", "proxy_resource")),
            "profile": Extra("a resource", ("site_form", "profile_resource")),
        },
    ),
    "oauth2_provider": Package(
        "django-oauth-toolkit",
        "an authorization code, and the site read with its token",
        {
            "INSTALLED_APPS": ["oauth2_provider"],
            "MIDDLEWARE": ["oauth2_provider.middleware.OAuth2TokenMiddleware"],
            "AUTHENTICATION_BACKENDS": ["oauth2_provider.backends.OAuth2Backend"],
        },
        {
            "proxy": Extra(
                "a backend",
                ("oauth_backend",),
                {
                    "AUTHENTICATION_BACKENDS": [
                        *BACKENDS,
                        f"{EXTRAS}.oauth_backend.OAuthBackend",
                    ]
                },
            ),
        },
    ),
}
