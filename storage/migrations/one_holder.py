"""Triggers by which the database refuses a second holder of a device while the first has it.

They hold for whoever writes, through an act or past it. On PostgreSQL the trigger takes a lock on
the device first, so that of two writers at once the second sees what the first wrote; SQLite has
one writer at a time anyway.
"""

from alembic import op

_OVERLAP = """
SELECT 1 FROM assignments AS other
LEFT JOIN assignment_returns AS given ON given.id = other.id
WHERE other.recorder_id = NEW.recorder_id AND other.id <> NEW.id
  AND (NEW.back_at IS NULL OR other.out_at < NEW.back_at)
  AND (COALESCE(other.back_at, given.back_at) IS NULL
       OR NEW.out_at < COALESCE(other.back_at, given.back_at))
"""
_EARLY = """
SELECT 1 FROM assignments AS held
WHERE held.id = NEW.id AND (held.back_at IS NOT NULL OR NEW.back_at <= held.out_at)
"""
_SQLITE = """
CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} WHEN EXISTS ({query})
BEGIN SELECT RAISE(ABORT, '{words}'); END
"""
_POSTGRES = """
CREATE FUNCTION liuhen_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {lock}
  IF EXISTS ({query}) THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'exclusion_violation'; END IF;
  RETURN NEW;
END $$
"""
_POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION liuhen_{name}()
"""
_LOCK = "PERFORM pg_advisory_xact_lock(hashtextextended(NEW.recorder_id, 7));"
_RULES = (
    ("assignments", "one_holder", _OVERLAP, _LOCK),
    ("assignment_returns", "no_early_return", _EARLY, ""),
)
_WORDS = {
    "one_holder": "somebody else holds this device then",
    "no_early_return": "it was not out then",
}


def allow_one_holder() -> None:
    """Puts the triggers on assignments and returns."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, name, query, lock in _RULES:
        filling = {"table": table, "name": name, "query": query, "words": _WORDS[name]}
        if sqlite:
            op.execute(_SQLITE.format(**filling))
        else:
            op.execute(_POSTGRES.format(**filling, lock=lock))
            op.execute(_POSTGRES_TRIGGER.format(**filling))
