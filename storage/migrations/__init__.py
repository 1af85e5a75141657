"""Schema migrations, run by `storage.database`; Alembic's own command line is not needed."""
