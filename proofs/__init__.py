"""What shows that the contract holds: mutants, faults, load, a real browser, other people's code."""
