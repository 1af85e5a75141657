"""Cases and enforcement actions."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "action_intervals",
    "action_records",
    "action_statements",
    "action_states",
    "action_team",
    "actions",
    "case_imports",
    "case_records",
    "case_statements",
    "case_steps",
    "cases",
    "step_tries",
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_cases()
    _make_actions()
    _make_statements()
    _make_doings()
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


def _make_cases() -> None:
    op.create_table(
        "case_imports",
        _key(),
        _text("kind"),
        _text("file_sha256"),
        _count("rows_taken"),
        _count("rows_refused"),
        _text("imported_at"),
    )
    op.create_table(
        "cases",
        _key(),
        _text("source"),
        _text("external_id"),
        _text("added_at"),
        sa.UniqueConstraint("source", "external_id", name="uq_cases"),
    )
    op.create_table(
        "case_statements",
        _key(),
        _link("case_id", "cases"),
        _count("number"),
        _text("case_number"),
        _link("unit_id", "units"),
        _text("category"),
        _text("category_name", nullable=True),
        _text("power_item", nullable=True),
        _text("title", nullable=True),
        _text("party", nullable=True),
        _count("is_major"),
        _count("especially_major"),
        _link("import_id", "case_imports", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_statements"),
    )
    op.create_index("ix_case_statements_case_number", "case_statements", ["case_number"])
    op.create_index("ix_case_statements_unit_id", "case_statements", ["unit_id"])


def _make_actions() -> None:
    op.create_table(
        "case_steps",
        _key(),
        _link("case_id", "cases"),
        _count("number"),
        _text("state"),
        _text("at"),
        _text("body"),
        _link("person_id", "persons", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_steps"),
    )
    op.create_table(
        "case_records",
        _key(),
        _link("case_id", "cases"),
        _count("number"),
        _text("kind"),
        _text("at"),
        _text("document_sha256", nullable=True),
        _text("body"),
        _link("person_id", "persons", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_records"),
    )
    op.create_table(
        "actions",
        _key(),
        _text("source"),
        _text("external_id"),
        _text("added_at"),
        sa.UniqueConstraint("source", "external_id", name="uq_actions"),
    )


def _make_statements() -> None:
    op.create_table(
        "action_statements",
        _key(),
        _link("action_id", "actions"),
        _count("number"),
        _link("case_id", "cases", nullable=True),
        _link("unit_id", "units"),
        _text("type"),
        _text("type_name", nullable=True),
        _text("category"),
        _text("category_name", nullable=True),
        _text("power_item", nullable=True),
        _text("place", nullable=True),
        _text("room_id", nullable=True),
        _count("touches_liberty"),
        _count("touches_life_health"),
        _count("touches_major_property"),
        _text("tier_raised", nullable=True),
        _text("planned_from", nullable=True),
        _text("planned_to", nullable=True),
        _link("import_id", "case_imports", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("action_id", "number", name="uq_action_statements"),
    )
    op.create_index("ix_action_statements_case_id", "action_statements", ["case_id"])
    op.create_index("ix_action_statements_unit_id", "action_statements", ["unit_id"])
    op.create_table(
        "action_states",
        _key(),
        _link("action_id", "actions"),
        _count("number"),
        _text("state"),
        _text("at"),
        _text("body"),
        _link("person_id", "persons", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("action_id", "number", name="uq_action_states"),
    )
    op.create_table(
        "action_intervals",
        _key(),
        _link("action_id", "actions"),
        _count("number"),
        _text("starts_at"),
        _text("ends_at"),
        _text("basis_sha256", nullable=True),
        _text("reason", nullable=True),
        _link("declared_by", "persons"),
        _link("second_person", "persons", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("action_id", "number", name="uq_action_intervals"),
        sa.CheckConstraint("starts_at <= ends_at", name="interval_in_order"),
    )
    op.create_index("ix_action_intervals_starts_at", "action_intervals", ["starts_at"])


def _make_doings() -> None:
    op.create_table(
        "action_team",
        _key(),
        _link("action_id", "actions"),
        _count("number"),
        _link("person_id", "persons"),
        _text("role"),
        _count("is_recorder_person"),
        _text("came_at", nullable=True),
        _text("left_at", nullable=True),
        _count("is_withdrawn"),
        _text("stated_at"),
        sa.UniqueConstraint("action_id", "number", name="uq_action_team"),
    )
    op.create_index("ix_action_team_person_id", "action_team", ["person_id"])
    op.create_table(
        "action_records",
        _key(),
        _link("action_id", "actions"),
        _count("number"),
        _text("kind"),
        _text("at"),
        _text("document_sha256", nullable=True),
        _text("body"),
        _link("person_id", "persons", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("action_id", "number", name="uq_action_records"),
    )
    op.create_table(
        "step_tries",
        _key(),
        _text("subject"),
        _text("step"),
        _count("passed"),
        _text("refusals"),
        _link("person_id", "persons", nullable=True),
        _text("tried_at"),
    )
    op.create_index("ix_step_tries_subject", "step_tries", ["subject", "tried_at"])
