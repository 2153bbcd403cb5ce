"""Django's own test settings, from the folder of its tests, and a variant's user model."""

from importlib import import_module
from importlib.util import find_spec

globals().update(vars(import_module("test_sqlite")))
AXES_ENABLED = False  # installed, for players needs it; Django's tests guess at no password
if find_spec("config"):  # a variant is on the path
    AUTH_USER_MODEL = getattr(import_module("config.settings"), "AUTH_USER_MODEL", "auth.User")
