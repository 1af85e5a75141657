"""The first schema: evidence, the custody log, personal data, and what may be lost.

Written out in full: a migration must go on meaning what it meant when `storage.schema` moves on.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "claims",
    "clearings",
    "copies",
    "digests",
    "dock_sessions",
    "inventories",
    "observations",
    "receipts",
    "recorders",
    "recordings",
    "scrubs",
    "sightings",
    "sites",
    "vaults",
    "entries",
    "log_nodes",
    "checkpoints",
)


def upgrade() -> None:
    """Makes every table, then forbids changes to those that are append-only."""
    _make_evidence()
    _make_sightings()
    _make_outcomes()
    _make_log()
    _make_erasable()
    protect(_APPEND_ONLY)


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _key() -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), nullable=False, primary_key=True)


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _link(name: str, target: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _make_evidence() -> None:
    """Who and what was docked, and the items themselves."""
    op.create_table(
        "sites",
        _key(),
        _text("origin"),
        _text("log_key"),
        _text("station_key"),
        _text("created_at"),
    )
    op.create_table(
        "vaults",
        _key(),
        _text("kind"),
        _text("created_at"),
    )
    op.create_table(
        "recorders",
        _key(),
        _text("make"),
        _text("added_at"),
    )
    op.create_table(
        "dock_sessions",
        _key(),
        _text("dock"),
        _text("source"),
        _text("card"),
        _text("card_basis"),
        _text("label", nullable=True),
        _text("zone"),
        _text("opened_at"),
    )
    op.create_table(
        "inventories",
        _key(),
        _link("session_id", "dock_sessions"),
        _count("number"),
        _count("files"),
        _text("signed"),
        _text("written_at"),
    )
    op.create_table(
        "claims",
        _key(),
        _link("session_id", "dock_sessions"),
        _text("subject"),
        _text("verdict"),
        _text("value", nullable=True),
        _text("sources"),
        _text("judged_at"),
    )
    op.create_table(
        "recordings",
        _key(),
        _count("size"),
        _text("sealed_at"),
        sa.CheckConstraint("length(id) = 64 AND size >= 0", name="digest_and_size"),
    )


def _make_sightings() -> None:
    """Where each item lies, and where it was seen."""
    op.create_table(
        "copies",
        _key(),
        _link("recording_id", "recordings"),
        _link("vault_id", "vaults"),
        _text("read_back"),
        _text("placed_at"),
    )
    op.create_table(
        "digests",
        _key(),
        _link("recording_id", "recordings"),
        _text("algorithm"),
        _text("value"),
        _text("computed_at"),
    )
    op.create_table(
        "sightings",
        _key(),
        _link("session_id", "dock_sessions"),
        _link("recording_id", "recordings"),
        _text("path"),
        _count("size"),
        _text("mtime_ns"),
        _text("kind"),
        _text("labels"),
        _count("priority"),
        _text("name_time", nullable=True),
        _text("container_time", nullable=True),
        _text("container_zone", nullable=True),
        _text("file_time", nullable=True),
        _text("zone"),
        _text("sealed_at"),
    )
    op.create_index("ix_sightings_recording_id", "sightings", ["recording_id"])
    op.create_index("ix_sightings_session_id", "sightings", ["session_id"])


def _make_outcomes() -> None:
    """What was noticed, promised, cleared and checked."""
    op.create_table(
        "observations",
        _key(),
        _link("session_id", "dock_sessions", nullable=True),
        _link("recording_id", "recordings", nullable=True),
        _text("path", nullable=True),
        _text("code"),
        _text("facts"),
        _text("observed_at"),
    )
    op.create_index("ix_observations_session_id", "observations", ["session_id"])
    op.create_table(
        "receipts",
        _key(),
        _link("session_id", "dock_sessions"),
        _count("number"),
        _count("complete"),
        _text("signed"),
        _text("issued_at"),
    )
    op.create_index("ix_receipts_session_id", "receipts", ["session_id"])
    op.create_table(
        "clearings",
        _key(),
        _link("receipt_id", "receipts"),
        _link("recording_id", "recordings"),
        _text("path"),
        _text("result"),
        _text("facts"),
        _text("cleared_at"),
    )
    op.create_table(
        "scrubs",
        _key(),
        _link("vault_id", "vaults"),
        _text("mode"),
        _count("objects"),
        _count("bytes"),
        _count("failed"),
        _text("started_at"),
        _text("ended_at"),
    )


def _make_log() -> None:
    """The custody log and its signed heads."""
    op.create_table(
        "entries",
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        _text("body"),
        _text("leaf"),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("idx", sa.BigInteger(), primary_key=True, autoincrement=False),
        _text("hash"),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _count("size"),
        _text("last_at", nullable=True),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False),
        _text("note"),
        _text("signed_at"),
    )
    op.execute("INSERT INTO log_head (id, size, last_at) VALUES (1, 0, NULL)")


def _make_erasable() -> None:
    """Personal data, and operational rows that feed no verdict."""
    op.create_table(
        "personal_data",
        _key(),
        _text("kind"),
        _text("salt"),
        _text("value"),
    )
    op.create_table(
        "leases",
        _key(),
        _text("owner"),
        _text("until"),
    )
    op.create_table(
        "seen_files",
        _key(),
        _link("recording_id", "recordings"),
        _link("sighting_id", "sightings"),
    )
    op.create_table(
        "fixity",
        sa.Column("id", sa.Text(), sa.ForeignKey("copies.id"), nullable=False, primary_key=True),
        _text("state"),
        _text("checked_at"),
    )
    op.create_index("ix_fixity_checked_at", "fixity", ["checked_at"])
