"""The bureau's own lists of what is recorded, and their rows."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds two tables; nothing that was there is touched."""
    op.create_table(
        "tier_catalogues",
        _key(),
        _count("number"),
        *(_text(name) for name in ("profile", "sha256", "valid_from", "imported_at")),
        sa.UniqueConstraint("number", name="uq_tier_catalogues"),
    )
    op.create_table(
        "tier_rows",
        _key(),
        sa.Column("catalogue_id", sa.Text(), sa.ForeignKey("tier_catalogues.id"), nullable=False),
        _count("number"),
        _count("file_row"),
        _text("item"),
        _text("occasion", nullable=True),
        _text("begins"),
        _text("content", nullable=True),
        _text("ends"),
        _text("tier"),
        _text("period", nullable=True),
        _text("code", nullable=True),
        sa.UniqueConstraint("catalogue_id", "number", name="uq_tier_rows"),
    )
    protect(("tier_catalogues", "tier_rows"))


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError


def _key() -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), nullable=False, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False)
