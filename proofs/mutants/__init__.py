"""Faults that beginners make, each put into the variants on purpose, to see a test catch it."""
