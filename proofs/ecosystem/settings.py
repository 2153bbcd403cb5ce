"""A variant's own settings, with those of the package that is tried, and its extra lines."""

import os
from typing import Any

from config import settings as variant
from harness.variants import Variant
from proofs.ecosystem.catalogue import PACKAGES

PACKAGE = PACKAGES[os.environ["ECOSYSTEM_PACKAGE"]]
NEEDED = PACKAGE.extra_for(Variant.read(variant.BASE_DIR).id)
EXTRA = NEEDED if os.environ.get("ECOSYSTEM_EXTRA") else None
EXTRA_MODULES = EXTRA.modules if EXTRA else []


def layered() -> dict[str, Any]:
    layers = {name: value for name, value in vars(variant).items() if name.isupper()}
    for name, value in PACKAGE.settings.items():
        layers[name] = [*layers.get(name, []), *value] if isinstance(value, list) else value
    return layers | dict(EXTRA.settings if EXTRA else {})


globals().update(layered())
INSTALLED_APPS = [*globals()["INSTALLED_APPS"], "proofs.ecosystem"]
ROOT_URLCONF = "proofs.ecosystem.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick: none is attacked
SECURE_SSL_REDIRECT = False  # the test client speaks HTTP
# The variant is migrated already, in the database that the tests' own is a copy of.
template = globals()["DATABASES"]["default"]
suffix = "_extra" if EXTRA else ""
template["TEST"] = {
    "NAME": f"test_{template['NAME']}_{PACKAGE.id}{suffix}",
    "TEMPLATE": template["NAME"],
}
