"""The variant's pages, and those of the package that is tried."""

from importlib import import_module

from django.conf import settings

from config.urls import urlpatterns as pages
from proofs.ecosystem.players_site import EXTRAS

urlpatterns = [
    *(page for extra in EXTRAS for page in getattr(extra, "urlpatterns", [])),
    *getattr(import_module(f"proofs.ecosystem.test_{settings.PACKAGE.id}"), "urlpatterns", []),
    *pages,
]
