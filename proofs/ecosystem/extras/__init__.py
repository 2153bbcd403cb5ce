"""The lines that a variant needs on top of a package's documentation, as MATRIX.md shows them."""
