"""The variant's pages, and those of the package that is tried."""

from config.urls import urlpatterns as pages
from proofs.ecosystem.attempt import extras, package

urlpatterns = [
    *(page for extra in extras() for page in getattr(extra, "urlpatterns", [])),
    *getattr(package(), "urlpatterns", []),
    *pages,
]
