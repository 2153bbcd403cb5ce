import os
import re

from django.core.wsgi import get_wsgi_application
from django.template.loader import render_to_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()

# Django reads these before its middleware and error pages are there, and fails on some.
# Browsers send UTF-8.
UNREADABLE = re.compile(r'charset\s*=(?!\s*"?utf-8"?\s*(;|$))|\*\s*=', re.IGNORECASE)


def application(environ, start_response):
    if UNREADABLE.search(environ.get("CONTENT_TYPE", "")):
        start_response("400 Bad Request", [("Content-Type", "text/html; charset=utf-8")])
        return [render_to_string("400.html").encode()]
    return site(environ, start_response)
