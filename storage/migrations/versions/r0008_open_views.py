"""Which looks are open, and which log-in opened each."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_LEFT_OPEN = """
INSERT INTO open_views (id) SELECT id FROM views
WHERE id NOT IN (SELECT view_id FROM view_ranges WHERE final <> 0)
"""


def upgrade() -> None:
    """Adds an operational table; nothing that is evidence is touched.

    Looks that no service ended stand in it without a log-in: they show nobody anything, and the
    next service ends them.
    """
    op.create_table(
        "open_views",
        sa.Column("id", sa.Text(), sa.ForeignKey("views.id"), primary_key=True),
        sa.Column("session", sa.Text(), nullable=True),
    )
    op.execute(_LEFT_OPEN)


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
