"""Load: the same evening of many players on each variant, by Locust."""
