"""What everything else stands on: the variants, their databases, suites and sites.

Nothing outside this folder starts a suite, a database or a site by hand, and nothing in it
imports from the others. A command is a `main` with `cli.command` around it.
"""
