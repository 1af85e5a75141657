"""The tables, as SQLAlchemy Core sees them; `storage/migrations` makes them.

Holds always: the evidential tables have exactly the columns that `evidence.tables` declares (a test
compares them, and compares this file with what the migrations build); rows of evidence, of the
log and of checkpoints are only ever inserted, which triggers in the database state again.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from evidence.tables import EVIDENTIAL

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _key() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _maybe(name: str) -> Column[str]:
    return Column(name, Text, nullable=True)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _link(name: str, target: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, ForeignKey(f"{target}.id"), nullable=nullable)


# --- evidence -------------------------------------------------------------------------------------

sites = Table(
    "sites",
    metadata,
    _key(),
    _text("origin"),
    _text("log_key"),
    _text("station_key"),
    _text("created_at"),
)
vaults = Table("vaults", metadata, _key(), _text("kind"), _text("created_at"))
recorders = Table("recorders", metadata, _key(), _text("make"), _text("added_at"))
dock_sessions = Table(
    "dock_sessions",
    metadata,
    _key(),
    _text("dock"),
    _text("source"),
    _text("card"),
    _text("card_basis"),
    _maybe("label"),
    _text("zone"),
    _text("opened_at"),
)
inventories = Table(
    "inventories",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _count("number"),
    _count("files"),
    _text("signed"),
    _text("written_at"),
)
claims = Table(
    "claims",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _text("subject"),
    _text("verdict"),
    _maybe("value"),
    _text("sources"),
    _text("judged_at"),
)
recordings = Table(
    "recordings",
    metadata,
    _key(),
    _count("size"),
    _text("sealed_at"),
    CheckConstraint("length(id) = 64 AND size >= 0", name="digest_and_size"),
    Index("ix_recordings_sealed_at", "sealed_at", "id"),
)
copies = Table(
    "copies",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _link("vault_id", "vaults"),
    _text("read_back"),
    _text("placed_at"),
)
digests = Table(
    "digests",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _text("algorithm"),
    _text("value"),
    _text("computed_at"),
)
sightings = Table(
    "sightings",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _link("recording_id", "recordings"),
    _text("path"),
    _count("size"),
    _text("mtime_ns"),
    _text("kind"),
    _text("labels"),
    _count("priority"),
    _maybe("name_time"),
    _maybe("container_time"),
    _maybe("container_zone"),
    _maybe("file_time"),
    _text("zone"),
    _text("sealed_at"),
    Index("ix_sightings_session_id", "session_id"),
    Index("ix_sightings_recording_id", "recording_id"),
)
observations = Table(
    "observations",
    metadata,
    _key(),
    _link("session_id", "dock_sessions", nullable=True),
    _link("recording_id", "recordings", nullable=True),
    _maybe("path"),
    _text("code"),
    _text("facts"),
    _text("observed_at"),
    Index("ix_observations_session_id", "session_id"),
)
receipts = Table(
    "receipts",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _count("number"),
    _count("complete"),
    _text("signed"),
    _text("issued_at"),
    Index("ix_receipts_session_id", "session_id"),
)
clearings = Table(
    "clearings",
    metadata,
    _key(),
    _link("receipt_id", "receipts"),
    _link("recording_id", "recordings"),
    _text("path"),
    _text("result"),
    _text("facts"),
    _text("cleared_at"),
)
scrubs = Table(
    "scrubs",
    metadata,
    _key(),
    _link("vault_id", "vaults"),
    _text("mode"),
    _count("objects"),
    _count("bytes"),
    _count("failed"),
    _text("started_at"),
    _text("ended_at"),
)

# --- the log --------------------------------------------------------------------------------------

entries = Table(
    "entries",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("body"),
    _text("leaf"),
)
log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    _text("hash"),
)
log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _count("size"),
    _maybe("last_at"),
)
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    _text("note"),
    _text("signed_at"),
)

# --- personal and operational ---------------------------------------------------------------------

personal_data = Table(
    "personal_data", metadata, _key(), _text("kind"), _text("salt"), _text("value")
)
leases = Table("leases", metadata, _key(), _text("owner"), _text("until"))
seen_files = Table(
    "seen_files",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _link("sighting_id", "sightings"),
)
fixity = Table(
    "fixity",
    metadata,
    Column("id", Text, ForeignKey("copies.id"), primary_key=True),
    _text("state"),
    _text("checked_at"),
    Index("ix_fixity_checked_at", "checked_at"),
)
derivatives = Table(
    "derivatives",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _text("kind"),
    _text("state"),
    _text("tool"),
    _text("facts"),
    _text("files"),
    _text("made_at"),
    _count("attempts"),
    _maybe("code"),
    Index("ix_derivatives_recording_id", "recording_id"),
    Index("ix_derivatives_state", "state", "made_at"),
)

APPEND_ONLY = (*sorted(EVIDENTIAL), "entries", "log_nodes", "checkpoints")
"""Tables whose rows the database itself refuses to change or delete."""
