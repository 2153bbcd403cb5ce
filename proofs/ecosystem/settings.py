"""A variant's own settings, with those of the package that is tried, and its extra lines."""

import os
from typing import Any

from config import settings as variant
from proofs.ecosystem.catalogue import PACKAGES

VARIANT = os.environ["ECOSYSTEM_VARIANT"]
PACKAGE = os.environ["ECOSYSTEM_PACKAGE"]
EXTRA = PACKAGES[PACKAGE].extras[VARIANT] if "ECOSYSTEM_EXTRA" in os.environ else None


def layered() -> dict[str, Any]:
    layers = {name: value for name, value in vars(variant).items() if name.isupper()}
    for name, value in PACKAGES[PACKAGE].settings.items():
        layers[name] = [*layers.get(name, []), *value] if isinstance(value, list) else value
    return layers | dict(EXTRA.settings if EXTRA else {})


globals().update(layered())
INSTALLED_APPS = [*globals()["INSTALLED_APPS"], "proofs.ecosystem"]
ROOT_URLCONF = "proofs.ecosystem.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick: none is attacked
SECURE_SSL_REDIRECT = False  # the test client speaks HTTP
