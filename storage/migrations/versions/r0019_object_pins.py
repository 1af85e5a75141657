"""Which version of each original in a bucket is ours; the log says so too."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds an operational table; nothing that was there is touched."""
    op.create_table(
        "object_pins",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("recording_id", sa.Text(), sa.ForeignKey("recordings.id"), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("pinned_at", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
