"""Fault injection: what is killed, cut, filled up and locked, and what must hold afterwards."""

HOLD = 1815  # the advisory lock by which a request is held between two of its writes
