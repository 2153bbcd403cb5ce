"""Each site in a real browser: whole lives, by keyboard too, in both colour schemes."""
