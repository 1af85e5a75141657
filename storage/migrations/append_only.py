"""Triggers by which the database refuses to change or delete rows of an append-only table.

They stop a mistake, not an administrator, who can drop them: against people there is the log.
On SQLite they also hold for INSERT OR REPLACE, because every connection sets recursive_triggers.
"""

from collections.abc import Iterable

from alembic import op

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION liuhen_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION liuhen_append_only()
"""


def protect(tables: Iterable[str]) -> None:
    """Puts the triggers on the tables named."""
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                op.execute(_SQLITE.format(table=table, verb=verb))
        return
    op.execute(_POSTGRES_FUNCTION)
    for table in tables:
        op.execute(_POSTGRES.format(table=table))
