"""Brings tables up to date by Alembic; imported by `storage.database` where they are not."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Makes every migration that is not made yet, inside the connection's transaction."""
    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def settings() -> Config:
    """Where Alembic finds the migrations."""
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
