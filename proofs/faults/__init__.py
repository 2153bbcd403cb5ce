"""Real faults: what is killed, cut, filled up and held up, and what must be true afterwards."""

HOLD = 1815  # the advisory lock by which a request is held between two of its writes
