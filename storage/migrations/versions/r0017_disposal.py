"""Disposal: batches, answers, tombstones, certificates, and what was said of the clock."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    *("clock_explanations", "disposal_answers", "disposal_batches", "disposal_certificates"),
    "tombstones",
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_batches()
    _make_tombstones()
    _make_clock()
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


def _link(name: str, target: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), sa.ForeignKey(f"{target}.id"), nullable=False)


def _make_batches() -> None:
    op.create_table(
        "disposal_batches",
        _key(),
        *(_count(name) for name in ("year", "ordinal")),
        *(_text(name) for name in ("list_sha256", "list")),
        _text("note", nullable=True),
        _link("person_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("year", "ordinal", name="uq_disposal_batches"),
    )
    op.create_table(
        "disposal_answers",
        _key(),
        _link("batch_id", "disposal_batches"),
        _count("number"),
        *(_text(name) for name in ("answer", "list_sha256")),
        _text("note", nullable=True),
        _link("person_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("batch_id", "number", name="uq_disposal_answers"),
    )


def _make_tombstones() -> None:
    op.create_table(
        "tombstones",
        _key(),
        _link("recording_id", "recordings"),
        _count("number"),
        _link("batch_id", "disposal_batches"),
        _text("list_sha256"),
        _count("sightings"),
        _link("person_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("recording_id", "number", name="uq_tombstones"),
    )
    op.create_index("ix_tombstones_batch_id", "tombstones", ["batch_id"])
    op.create_index("ix_tombstones_stated_at", "tombstones", ["stated_at"])
    op.create_table(
        "disposal_certificates",
        _key(),
        *(_count(name) for name in ("year", "ordinal")),
        _link("batch_id", "disposal_batches"),
        *(_text(name) for name in ("list_sha256", "signed", "issued_at")),
        sa.UniqueConstraint("year", "ordinal", name="uq_disposal_certificates"),
        sa.UniqueConstraint("batch_id", name="uq_disposal_certificates_batch"),
    )


def _make_clock() -> None:
    op.create_table(
        "clock_explanations",
        _key(),
        *(_count(name) for name in ("number", "position")),
        _text("kind"),
        _text("note", nullable=True),
        *(_link(name, "persons") for name in ("person_id", "second_id")),
        _text("stated_at"),
        sa.UniqueConstraint("number", name="uq_clock_explanations"),
    )
    op.create_table("clock_marks", _key(), _text("started_at"), _text("seen_at"))
