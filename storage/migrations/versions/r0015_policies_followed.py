"""By which policies of the program everything was judged last."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds an operational table; nothing that was there is touched."""
    op.create_table(
        "policies_followed",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
