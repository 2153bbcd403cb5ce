"""Until everything has moved: see harness.demo."""

from harness.demo import *  # noqa: F403
