"""What becomes of devices, who holds them, and waivers of the ratio."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect
from storage.migrations.one_holder import allow_one_holder

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "assignment_returns",
    "assignments",
    "loan_ends",
    "loans",
    "ratio_waivers",
    "recorder_conditions",
    "recorder_kinds",
    "self_tests",
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_kinds()
    _make_loans()
    _make_assignments()
    _make_waivers()
    protect(_APPEND_ONLY)
    allow_one_holder()


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


def _own_key(target: str) -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), sa.ForeignKey(f"{target}.id"), primary_key=True)


def _make_kinds() -> None:
    op.create_table(
        "recorder_kinds",
        _key(),
        _link("recorder_id", "recorders"),
        _count("number"),
        _text("kind"),
        _text("serial", nullable=True),
        _text("retires_on", nullable=True),
        _link("import_id", "roster_imports", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("recorder_id", "number", name="uq_recorder_kinds"),
    )
    op.create_table(
        "recorder_conditions",
        _key(),
        _link("recorder_id", "recorders"),
        _count("number"),
        _text("condition"),
        _text("since"),
        _text("reason", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("recorder_id", "number", name="uq_recorder_conditions"),
    )
    op.create_table(
        "self_tests",
        _key(),
        _link("recorder_id", "recorders"),
        _count("number"),
        _text("tested_at"),
        _count("passed"),
        _link("import_id", "roster_imports", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("recorder_id", "number", name="uq_self_tests"),
    )


def _make_loans() -> None:
    op.create_table(
        "loans",
        _key(),
        _link("recorder_id", "recorders"),
        _count("number"),
        _link("unit_id", "units"),
        _text("out_at"),
        _text("stated_at"),
        sa.UniqueConstraint("recorder_id", "number", name="uq_loans"),
    )
    op.create_table("loan_ends", _own_key("loans"), _text("back_at"), _text("stated_at"))


def _make_assignments() -> None:
    op.create_table(
        "assignments",
        _key(),
        _link("recorder_id", "recorders"),
        _count("number"),
        _link("holder_id", "persons"),
        _link("supervisor_id", "persons", nullable=True),
        _text("out_at"),
        _text("due_at"),
        _text("back_at", nullable=True),
        _text("clock_offset_ms", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("recorder_id", "number", name="uq_assignments"),
        sa.CheckConstraint(
            "out_at <= due_at AND (back_at IS NULL OR out_at <= back_at)", name="in_order"
        ),
    )
    op.create_index("ix_assignments_holder_id", "assignments", ["holder_id"])
    op.create_index("ix_assignments_out_at", "assignments", ["out_at"])
    op.create_table(
        "assignment_returns",
        _own_key("assignments"),
        _text("back_at"),
        _text("clock_offset_ms", nullable=True),
        _text("stated_at"),
    )


def _make_waivers() -> None:
    op.create_table(
        "ratio_waivers",
        _key(),
        _link("unit_id", "units"),
        _count("number"),
        _text("from_day"),
        _text("to_day"),
        _text("reason"),
        _link("approver_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("unit_id", "number", name="uq_ratio_waivers"),
        sa.CheckConstraint("from_day <= to_day", name="waiver_in_order"),
    )
