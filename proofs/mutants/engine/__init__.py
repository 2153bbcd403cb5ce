"""Mutation testing by operators: `nox -s mutants -- --engine`."""
