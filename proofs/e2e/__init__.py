"""Each site in a real browser: whole lives, by keyboard too, and what it does by itself."""
