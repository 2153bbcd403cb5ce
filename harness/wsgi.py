"""A variant's own WSGI application, and its static files, which a server before it would serve."""

from django.contrib.staticfiles.handlers import StaticFilesHandler

from config.wsgi import application as variant

application = StaticFilesHandler(variant)
