"""Findings, what became of them, and what people reported themselves."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("finding_events", "findings", "self_reports")


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_findings()
    _make_events()
    _make_reports()
    op.create_table(
        "finding_follow",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
    )
    protect(_APPEND_ONLY)


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _key() -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), nullable=False, primary_key=True)


def _count(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _link(name: str, target: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _make_findings() -> None:
    op.create_table(
        "findings",
        _key(),
        _count("year"),
        _count("ordinal"),
        _text("kind"),
        _text("subject"),
        _link("unit_id", "units", nullable=True),
        _link("principal_id", "units", nullable=True),
        _link("action_id", "actions", nullable=True),
        _link("case_id", "cases", nullable=True),
        _link("recording_id", "recordings", nullable=True),
        _text("rule"),
        _text("facts"),
        _text("opened_at"),
        sa.UniqueConstraint("kind", "subject", name="uq_findings"),
        sa.UniqueConstraint("year", "ordinal", name="uq_findings_number"),
    )
    for name, columns in (
        ("subject", ["subject"]),
        ("opened_at", ["opened_at", "id"]),
        ("unit_id", ["unit_id", "opened_at", "id"]),
        ("action_id", ["action_id"]),
        ("case_id", ["case_id"]),
        ("recording_id", ["recording_id"]),
    ):
        op.create_index(f"ix_findings_{name}", "findings", columns)


def _make_events() -> None:
    op.create_table(
        "finding_events",
        _key(),
        _link("finding_id", "findings"),
        _count("number"),
        _text("event"),
        _count("year", nullable=True),
        _count("ordinal", nullable=True),
        _link("person_id", "persons", nullable=True),
        _text("body"),
        _text("stated_at"),
        sa.UniqueConstraint("finding_id", "number", name="uq_finding_events"),
        sa.UniqueConstraint("year", "ordinal", name="uq_finding_events_number"),
    )


def _make_reports() -> None:
    op.create_table(
        "self_reports",
        _key(),
        _text("subject"),
        _count("number"),
        _text("cause"),
        _text("reason", nullable=True),
        _link("person_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("subject", "number", name="uq_self_reports"),
    )
