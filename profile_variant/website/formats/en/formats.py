"""ISO 8601 dates only: 01/02/30 is several days, in 1930 or in 2030."""

DATE_FORMAT = "Y-m-d"
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
