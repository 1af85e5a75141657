"""What really decodes of each recording, as evidence."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a table; nothing that was there is touched."""
    op.create_table(
        "media_facts",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("recording_id", sa.Text(), sa.ForeignKey("recordings.id"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("tool", "video", "sound", "labels")
        ),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("measured_at", sa.Text(), nullable=False),
        sa.UniqueConstraint("recording_id", "number", name="uq_media_facts"),
    )
    protect(("media_facts",))


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
