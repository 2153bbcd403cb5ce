"""What a public site needs beside startproject's settings, in development too."""

from datetime import timedelta

from csp.constants import NONE, SELF

AXES_HANDLER = "website.lockout.LockoutHandler"
AXES_USERNAME_CALLABLE = "website.lockout.counted_username"
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
