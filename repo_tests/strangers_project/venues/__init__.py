"""An app that points to the user, and that `guild` points to from its first migration on."""
