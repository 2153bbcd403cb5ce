"""Walk every migration path on a database with people: `nox -s migration_paths`."""
