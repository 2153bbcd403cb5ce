"""What DJANGO_DEBUG=0 adds: HTTPS, mail and logging. Its variables:

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

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

if os.environ.get("DJANGO_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_CLIENT_IP_CALLABLE = "website.lockout.client_address"

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": os.environ.get("DJANGO_EMAIL_HOST", "localhost")},
    },
}
DEFAULT_FROM_EMAIL = os.environ.get("DJANGO_EMAIL_FROM", "webmaster@localhost")

# By default only ADMINS hear of an error, by mail.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
