"""One module per package: what its documentation says to write, and one real operation."""
