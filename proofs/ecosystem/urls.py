"""The variant's pages, and those of the package that is tried."""

from config.urls import urlpatterns as pages

from proofs.ecosystem.attempt import package

urlpatterns = [*pages, *getattr(package(), "urlpatterns", [])]
