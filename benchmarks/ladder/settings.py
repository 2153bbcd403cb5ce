"""The profile variant's settings with the register/ of the step that LADDER_STEP names."""

import os

from django.core.exceptions import ImproperlyConfigured

from benchmarks.ladder import STEPS
from config import settings as variant
from config.settings import *  # noqa: F403

LADDER_STEP = os.environ.get("LADDER_STEP", "")
if LADDER_STEP not in STEPS:
    raise ImproperlyConfigured(f"set LADDER_STEP to one of: {', '.join(STEPS)}")

INSTALLED_APPS = [*variant.INSTALLED_APPS, "benchmarks.ladder"]  # it takes back what they connect
MIDDLEWARE = variant.MIDDLEWARE
AUTHENTICATION_BACKENDS = variant.AUTHENTICATION_BACKENDS
ROOT_URLCONF = "benchmarks.ladder.urls"

if LADDER_STEP == "django-allauth":
    INSTALLED_APPS += ["allauth", "allauth.account"]
    MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
    AUTHENTICATION_BACKENDS = [
        *AUTHENTICATION_BACKENDS,
        "allauth.account.auth_backends.AuthenticationBackend",
    ]
    ACCOUNT_EMAIL_VERIFICATION = "none"
    ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
    ACCOUNT_SIGNUP_FORM_CLASS = "benchmarks.ladder.packages.DetailsForm"
elif LADDER_STEP == "django-registration":
    INSTALLED_APPS += ["django_registration"]
    AUTHENTICATION_BACKENDS = ["players.backends.PlayerBackend"]
