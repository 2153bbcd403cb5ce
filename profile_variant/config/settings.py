"""Development settings by default; these variables make them production settings:

DJANGO_DEBUG=0
DJANGO_SECRET_KEY=50 or more random characters
DJANGO_ALLOWED_HOSTS=players.example.com,www.players.example.com
DATABASE_URL=postgresql://user:password@host/name
DJANGO_EMAIL_HOST=mail.example.com
DJANGO_EMAIL_FROM=players@example.com
DJANGO_BEHIND_PROXY=1, where a reverse proxy speaks HTTPS, sets X-Forwarded-Proto and appends
    the visitor's address to X-Forwarded-For; with another proxy in front, it must know that
    one (nginx: real_ip). Without the variable, neither header is believed.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import dj_database_url
import django
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("DJANGO_DEBUG", "1") == "1"
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or ("for-development-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("set DJANGO_SECRET_KEY; only DJANGO_DEBUG=1 does without")
HOSTS = os.environ.get("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
ALLOWED_HOSTS = [host.strip() for host in HOSTS.split(",") if host.strip()]

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
if url := os.environ.get("DATABASE_URL"):
    try:
        DATABASES["default"] = dj_database_url.parse(url)
    except ValueError as error:
        example = "postgresql://user:password@host/name"
        raise ImproperlyConfigured(f"DATABASE_URL should look like {example}") from error

INSTALLED_APPS = [
    "players",
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
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"

TIME_ZONE = "UTC"
USE_I18N = False  # the site speaks English only
FORMAT_MODULE_PATH = ["config.formats"]  # and one format of dates

AUTHENTICATION_BACKENDS = [
    "players.lockout.LockoutBackend",  # first: it refuses a log-in that is locked out
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

AXES_HANDLER = "players.lockout.LockoutHandler"
AXES_USERNAME_CALLABLE = "players.lockout.counted_username"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"

X_FRAME_OPTIONS = "DENY"
# django-csp while Django 5.2 is supported; Django 6.0 has SECURE_CSP of its own.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # the stylesheet draws its icons as data: images
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

MAILER = {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
if not DEBUG:
    MAILER = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": os.environ.get("DJANGO_EMAIL_HOST", "localhost")},
    }
    DEFAULT_FROM_EMAIL = os.environ.get("DJANGO_EMAIL_FROM", "webmaster@localhost")
if django.VERSION >= (6, 1):
    MAILERS = {"default": MAILER}
else:
    EMAIL_BACKEND = MAILER["BACKEND"]
    EMAIL_HOST = MAILER.get("OPTIONS", {}).get("host")

if not DEBUG:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if os.environ.get("DJANGO_BEHIND_PROXY") == "1":
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        AXES_CLIENT_IP_CALLABLE = "players.lockout.client_address"
    # By default only ADMINS hear of an error, by mail.
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
