"""ISO dates only: 01/02/30 must not become the year 2030, nor anybody's guess."""

DATE_FORMAT = "Y-m-d"
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
