"""What one person proposes and a second one answers; cases and actions in order of their coming."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds tables and indexes; nothing that was there is touched."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "body")),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Text(), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("stated_at", sa.Text(), nullable=False),
        sa.UniqueConstraint("subject", "number", name="uq_proposals"),
    )
    op.create_index("ix_proposals_stated_at", "proposals", ["stated_at", "id"])
    op.create_table(
        "proposal_answers",
        sa.Column("id", sa.Text(), sa.ForeignKey("proposals.id"), nullable=False, primary_key=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Text(), sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("stated_at", sa.Text(), nullable=False),
    )
    op.create_index("ix_cases_added_at", "cases", ["added_at", "id"])
    op.create_index("ix_actions_added_at", "actions", ["added_at", "id"])
    protect(("proposals", "proposal_answers"))


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError
