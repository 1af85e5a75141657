"""What is made of recordings to look at, and an order of recordings by when they were sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds an operational table; nothing that is evidence is touched."""
    op.create_table(
        "derivatives",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("recording_id", sa.Text(), sa.ForeignKey("recordings.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
    )
    op.create_index("ix_derivatives_recording_id", "derivatives", ["recording_id"])
    op.create_index("ix_derivatives_state", "derivatives", ["state", "made_at"])
    op.create_index("ix_recordings_sealed_at", "recordings", ["sealed_at", "id"])


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
