"""Until everything has moved: see harness.postgres."""

import sys

from harness.postgres import *  # noqa: F403
from harness.postgres import check, main  # noqa: F401

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
