"""Years of the working-day calendar that were imported, each with its days."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0004"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    op.create_table(
        "calendar_years",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.Text(), nullable=False),
        sa.UniqueConstraint("year", "number", name="uq_calendar_years"),
    )
    year = sa.ForeignKey("calendar_years.id")
    op.create_table(
        "calendar_days",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("calendar_year_id", sa.Text(), year, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("ix_calendar_days_calendar_year_id", "calendar_days", ["calendar_year_id"])
    protect(("calendar_days", "calendar_years"))


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
