"""A variant's own WSGI application, and its static files, which a server before it would serve."""

from config.wsgi import application as variant
from django.contrib.staticfiles.handlers import StaticFilesHandler

application = StaticFilesHandler(variant)
