"""Another app of the project that moves, with everything that can point to a user."""
