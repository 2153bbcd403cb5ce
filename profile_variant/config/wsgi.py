import os

from django.core.wsgi import get_wsgi_application
from django.template.loader import render_to_string
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()


def application(environ, start_response):
    """Browsers send UTF-8. On other charsets Django fails before its error pages are there."""
    try:
        _, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        readable = parameters.get("charset", "utf-8").lower() == "utf-8"
    except ValueError:
        readable = False
    if readable:
        return site(environ, start_response)
    start_response("400 Bad Request", [("Content-Type", "text/html; charset=utf-8")])
    return [render_to_string("400.html").encode()]
