"""A bureau's own policy profiles, each approved by a second person."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    op.create_table(
        "own_policies",
        _key(),
        _text("profile"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _text("valid_from"),
        sa.Column("retroactive", sa.BigInteger(), nullable=False),
        _text("body"),
        _text("sha256"),
        _text("note", nullable=True),
        _person(),
        _text("stated_at"),
        sa.UniqueConstraint("number", name="uq_own_policies"),
    )
    op.create_table(
        "own_policy_answers",
        _key(sa.ForeignKey("own_policies.id")),
        _text("answer"),
        _text("note", nullable=True),
        _person(),
        _text("stated_at"),
    )
    protect(("own_policy_answers", "own_policies"))


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _key(*foreign: sa.ForeignKey) -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), *foreign, nullable=False, primary_key=True)


def _person() -> "sa.Column[str]":
    return sa.Column("person_id", sa.Text(), sa.ForeignKey("persons.id"), nullable=False)
