"""Django's settings, in the order of startproject's.

Development is the default; DJANGO_DEBUG=0 adds production.py, which names its variables.
"""

import os
import sys
from pathlib import Path

import dj_database_url
import django
from django.core.exceptions import ImproperlyConfigured

from config.hardening import *  # the lockout and the content security policy

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("DJANGO_DEBUG", "1") == "1"

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or ("for-development-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("set DJANGO_SECRET_KEY; only DJANGO_DEBUG=1 does without")

HOSTS = os.environ.get("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
ALLOWED_HOSTS = [host.strip() for host in HOSTS.split(",") if host.strip()]

INSTALLED_APPS = [
    "players",
    "website",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

# The toolbar shows the SQL of every page. It refuses to run inside tests.
if DEBUG and "test" not in sys.argv and "PYTEST_VERSION" not in os.environ:
    INSTALLED_APPS += ["debug_toolbar"]
    MIDDLEWARE.insert(0, "debug_toolbar.middleware.DebugToolbarMiddleware")
    INTERNAL_IPS = ["127.0.0.1"]
    DEBUG_TOOLBAR_CONFIG = {"SHOW_COLLAPSED": True}

ROOT_URLCONF = "config.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

WSGI_APPLICATION = "config.wsgi.application"

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
if url := os.environ.get("DATABASE_URL"):
    try:
        DATABASES["default"] = dj_database_url.parse(url)
    except ValueError as error:
        example = "postgresql://user:password@host/name"
        raise ImproperlyConfigured(f"DATABASE_URL should look like {example}") from error

AUTHENTICATION_BACKENDS = [
    "website.lockout.LockoutBackend",  # first: it refuses a log-in that is locked out
    "players.backends.PlayerBackend",
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

TIME_ZONE = "UTC"
USE_I18N = False  # the site speaks English only
FORMAT_MODULE_PATH = ["website.formats"]  # and one format of dates

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"

MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}

if not DEBUG:
    from config.production import *  # HTTPS, mail that is sent, logging

if django.VERSION < (6, 1):  # which has no MAILERS yet
    EMAIL_BACKEND = MAILERS["default"]["BACKEND"]
    EMAIL_HOST = MAILERS["default"].get("OPTIONS", {}).get("host")
