"""The variant's package with the files of this folder before its own."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
# Where Django looks for an app's commands and static files: these are the variant's.
__file__ = f"{__path__[-1]}/__init__.py"
