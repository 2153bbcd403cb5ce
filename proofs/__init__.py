"""What shows that the contract holds: mutants, faults, load, a browser, other people's code."""
