"""${message}

The reason for this change, in a sentence or two.
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
