"""Who serves where and as what, with which certificate, and rosters that were read in."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "certificate_events",
    "certificates",
    "postings",
    "roster_imports",
    "roster_undos",
    "undertakings",
    "unit_standings",
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_units()
    _make_imports()
    _make_postings()
    _make_certificates()
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


def _make_units() -> None:
    op.create_table(
        "unit_standings",
        _key(),
        _link("unit_id", "units"),
        _count("number"),
        _text("from_day"),
        _text("kind"),
        _text("capacity_basis", nullable=True),
        _text("capacity_to", nullable=True),
        _link("principal_id", "units", nullable=True),
        _text("powers", nullable=True),
        _text("filing_number", nullable=True),
        _text("profile", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("unit_id", "number", name="uq_unit_standings"),
    )


def _make_imports() -> None:
    op.create_table(
        "roster_imports",
        _key(),
        _text("kind"),
        _text("file_sha256"),
        _count("rows_taken"),
        _count("rows_refused"),
        _text("imported_at"),
    )
    op.create_table(
        "roster_undos",
        sa.Column("id", sa.Text(), sa.ForeignKey("roster_imports.id"), primary_key=True),
        _text("reason"),
        _text("undone_at"),
    )


def _make_postings() -> None:
    op.create_table(
        "postings",
        _key(),
        _link("person_id", "persons"),
        _count("number"),
        _text("from_day"),
        _link("unit_id", "units"),
        _text("kind"),
        _count("on_establishment"),
        _count("on_post"),
        _text("status"),
        _text("reason", nullable=True),
        _link("import_id", "roster_imports", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("person_id", "number", name="uq_postings"),
    )
    op.create_index("ix_postings_unit_id", "postings", ["unit_id"])
    op.create_index("ix_postings_import_id", "postings", ["import_id"])


def _make_certificates() -> None:
    op.create_table(
        "certificates",
        _key(),
        _link("person_id", "persons"),
        _text("kind"),
        _text("certificate_number"),
        _text("issuer"),
        _text("valid_from"),
        _text("valid_to"),
        _link("import_id", "roster_imports", nullable=True),
        _text("stated_at"),
        sa.CheckConstraint("valid_from <= valid_to", name="days_in_order"),
    )
    op.create_index("ix_certificates_person_id", "certificates", ["person_id"])
    op.create_table(
        "certificate_events",
        _key(),
        _link("certificate_id", "certificates"),
        _count("number"),
        _text("event"),
        _text("day"),
        sa.Column("year", sa.BigInteger(), nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("certificate_id", "number", name="uq_certificate_events"),
    )
    op.create_table(
        "undertakings",
        _key(),
        _link("person_id", "persons"),
        _count("number"),
        _text("signed_on"),
        _link("import_id", "roster_imports", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("person_id", "number", name="uq_undertakings"),
    )
