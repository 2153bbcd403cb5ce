"""The variant's package with the files of this folder before its own."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
