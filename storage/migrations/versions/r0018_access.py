"""Grants of access, tries that were refused, what left the house, and supervision."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    *("access_answers", "access_denials", "access_ends", "access_grants", "borrowing_ends"),
    *("borrowings", "confidentialities", "copies_out", "supervisions", "view_grounds"),
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_grants()
    _make_looks()
    _make_outgoing()
    _make_supervisions()
    protect(_APPEND_ONLY)


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _key(target: str | None = None) -> "sa.Column[str]":
    foreign = () if target is None else (sa.ForeignKey(f"{target}.id"),)
    return sa.Column("id", sa.Text(), *foreign, nullable=False, primary_key=True)


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _link(name: str, target: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _said() -> "tuple[sa.Column[str], sa.Column[str]]":
    return _link("person_id", "persons"), _text("stated_at")


def _make_grants() -> None:
    op.create_table(
        "access_grants",
        _key(),
        _text("kind"),
        _text("grantee"),
        _link("grantee_id", "persons"),
        _text("outsider", nullable=True),
        _text("purpose"),
        _text("basis"),
        _text("document_number"),
        _link("case_id", "cases", nullable=True),
        _text("recordings"),
        _text("from_day"),
        _text("to_day"),
        *_said(),
    )
    op.create_index("ix_access_grants_stated_at", "access_grants", ["stated_at", "id"])
    op.create_index("ix_access_grants_grantee_id", "access_grants", ["grantee_id"])
    op.create_table(
        "access_answers",
        _key("access_grants"),
        _text("answer"),
        _text("note", nullable=True),
        *_said(),
    )
    op.create_table("access_ends", _key("access_grants"), _text("reason"), *_said())


def _make_looks() -> None:
    op.create_table(
        "access_denials",
        _key(),
        _link("recording_id", "recordings"),
        _link("account_id", "accounts"),
        _link("person_id", "persons"),
        _text("kind"),
        _text("stated_at"),
    )
    op.create_index("ix_access_denials_recording_id", "access_denials", ["recording_id"])
    op.create_index("ix_access_denials_stated_at", "access_denials", ["stated_at", "id"])
    op.create_table(
        "view_grounds",
        _key("views"),
        _text("ground"),
        _link("grant_id", "access_grants", nullable=True),
    )
    op.create_table(
        "confidentialities",
        _key(),
        _link("recording_id", "recordings"),
        _count("number"),
        _text("degree"),
        _text("reason", nullable=True),
        *_said(),
        sa.UniqueConstraint("recording_id", "number", name="uq_confidentialities"),
    )


def _make_outgoing() -> None:
    op.create_table(
        "copies_out",
        _key(),
        _link("grant_id", "access_grants"),
        _count("number"),
        _text("form"),
        _text("receiver"),
        _text("signed"),
        *_said(),
        sa.UniqueConstraint("grant_id", "number", name="uq_copies_out"),
    )
    op.create_table(
        "borrowings",
        _key(),
        _link("grant_id", "access_grants"),
        _count("number"),
        _text("medium"),
        _text("due_on"),
        _text("receiver"),
        *_said(),
        sa.UniqueConstraint("grant_id", "number", name="uq_borrowings"),
    )
    op.create_table("borrowing_ends", _key("borrowings"), _text("note", nullable=True), *_said())


def _make_supervisions() -> None:
    op.create_table(
        "supervisions",
        _key(),
        _text("period"),
        _count("number"),
        _text("first_day"),
        _text("last_day"),
        _count("looks"),
        _count("log_size"),
        _text("body"),
        _text("note", nullable=True),
        *_said(),
        sa.UniqueConstraint("period", "number", name="uq_supervisions"),
    )
