"""Other people's code on each variant: well-known packages, and Django's own tests of auth."""
