"""Holds, the ends of case files, and a bureau's own retention periods."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    *("case_term_answers", "case_terms", "hold_releases", "hold_reviews", "holds"),
    *("retention_answers", "retention_versions"),
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_holds()
    _make_case_terms()
    _make_versions()
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


def _make_holds() -> None:
    op.create_table(
        "holds",
        _key(),
        _text("kind"),
        _link("unit_id", "units", nullable=True),
        _text("basis"),
        _text("note", nullable=True),
        _link("owner_id", "persons", nullable=True),
        _text("scope"),
        _text("listed"),
        _text("review_on"),
        _text("until_day", nullable=True),
        _text("origin", nullable=True),
        _link("person_id", "persons", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("origin", name="uq_holds"),
    )
    op.create_index("ix_holds_stated_at", "holds", ["stated_at", "id"])
    op.create_table(
        "hold_reviews",
        _key(),
        _link("hold_id", "holds"),
        _count("number"),
        _text("review_on"),
        _text("note", nullable=True),
        _link("person_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("hold_id", "number", name="uq_hold_reviews"),
    )
    op.create_table(
        "hold_releases",
        _key("holds"),
        _text("basis"),
        _text("note", nullable=True),
        _link("person_id", "persons"),
        _text("released_at"),
    )


def _make_case_terms() -> None:
    op.create_table(
        "case_terms",
        _key(),
        _link("case_id", "cases"),
        _count("number"),
        _text("class_code"),
        _text("period", nullable=True),
        _text("ends_on", nullable=True),
        _count("real_estate"),
        *(_text(name) for name in ("source", "article", "quote")),
        _count("needs_second"),
        _link("person_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_terms"),
    )
    op.create_table(
        "case_term_answers",
        _key("case_terms"),
        _text("answer"),
        _text("note", nullable=True),
        _link("person_id", "persons"),
        _text("stated_at"),
    )


def _make_versions() -> None:
    op.create_table(
        "retention_versions",
        _key(),
        _link("unit_id", "units"),
        _count("number"),
        *(_text(name) for name in ("from_day", "periods")),
        *(_count(name) for name in ("retroactive", "touched")),
        _text("preview_sha256"),
        _text("note", nullable=True),
        _link("person_id", "persons"),
        _text("stated_at"),
        sa.UniqueConstraint("unit_id", "number", name="uq_retention_versions"),
    )
    op.create_table(
        "retention_answers",
        _key("retention_versions"),
        _text("answer"),
        _count("touched"),
        _text("preview_sha256"),
        _text("note", nullable=True),
        _link("person_id", "persons"),
        _text("stated_at"),
    )
