"""People and their looks, log-ins, and the list of recordings as it is searched."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "account_states",
    "accounts",
    "membership_ends",
    "memberships",
    "persons",
    "recorder_units",
    "units",
    "view_ranges",
    "views",
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched. The list is filled from the log later."""
    _make_people()
    _make_memberships()
    _make_views()
    _make_logins()
    _make_listing()
    protect(_APPEND_ONLY)


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _key() -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), nullable=False, primary_key=True)


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _link(name: str, target: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _own_key(target: str) -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), sa.ForeignKey(f"{target}.id"), primary_key=True)


def _make_people() -> None:
    op.create_table(
        "units",
        _key(),
        _link("parent_id", "units", nullable=True),
        _text("name"),
        _text("added_at"),
    )
    op.create_table(
        "persons",
        _key(),
        _text("full_name"),
        _text("officer_number", nullable=True),
        _text("added_at"),
    )
    op.create_table(
        "accounts", _key(), _link("person_id", "persons"), _text("login"), _text("added_at")
    )
    op.create_table(
        "account_states",
        _key(),
        _link("account_id", "accounts"),
        _count("number"),
        _text("state"),
        _text("changed_at"),
        sa.UniqueConstraint("account_id", "number", name="uq_account_states"),
    )


def _make_memberships() -> None:
    op.create_table(
        "memberships",
        _key(),
        _link("account_id", "accounts"),
        _text("role"),
        _link("unit_id", "units"),
        _text("since"),
    )
    op.create_index("ix_memberships_account_id", "memberships", ["account_id"])
    op.create_table("membership_ends", _own_key("memberships"), _text("ended_at"))
    op.create_table(
        "recorder_units",
        _key(),
        _link("recorder_id", "recorders"),
        _count("number"),
        _link("unit_id", "units"),
        _text("since"),
        sa.UniqueConstraint("recorder_id", "number", name="uq_recorder_units"),
    )


def _make_views() -> None:
    op.create_table(
        "views",
        _key(),
        _link("account_id", "accounts"),
        _link("person_id", "persons"),
        _link("recording_id", "recordings"),
        _text("kind"),
        _text("opened_at"),
    )
    op.create_index("ix_views_recording_id", "views", ["recording_id", "opened_at", "id"])
    op.create_table(
        "view_ranges",
        _key(),
        _link("view_id", "views"),
        _count("number"),
        _text("what"),
        _count("size"),
        _text("ranges"),
        _count("final"),
        _text("written_at"),
    )
    op.create_index("ix_view_ranges_view_id", "view_ranges", ["view_id", "number"])


def _make_logins() -> None:
    op.create_table(
        "credentials",
        _own_key("accounts"),
        _text("login"),
        _text("password", nullable=True),
        _text("changed_at"),
        sa.UniqueConstraint("login", name="uq_credentials_login"),
    )
    op.create_table(
        "invitations", _key(), _link("account_id", "accounts", nullable=True), _text("expires_at")
    )
    op.create_table(
        "login_sessions",
        _key(),
        _link("account_id", "accounts"),
        _text("name"),
        _text("csrf"),
        _text("address"),
        _text("agent"),
        _text("began_at"),
        _text("seen_at"),
        _text("ended_at", nullable=True),
    )
    op.create_index("ix_login_sessions_account_id", "login_sessions", ["account_id", "began_at"])
    op.create_table("login_attempts", _key(), _text("key"), _text("at"))
    op.create_index("ix_login_attempts_key", "login_attempts", ["key", "at"])


def _make_listing() -> None:
    in_bytes = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "listing",
        sa.Column("id", in_bytes, sa.ForeignKey("sightings.id"), primary_key=True),
        _link("recording_id", "recordings"),
        _link("session_id", "dock_sessions"),
        sa.Column("sealed_at", in_bytes, nullable=False),
        _text("kind"),
        _text("dock"),
        _text("recorder", nullable=True),
        _text("officer", nullable=True),
        _text("unit_id", nullable=True),
        _text("day", nullable=True),
    )
    op.create_index("ix_listing_newest", "listing", ["sealed_at", "id"])
    for name, column in (
        ("kind", "kind"),
        ("dock", "dock"),
        ("recorder", "recorder"),
        ("officer", "officer"),
        ("unit", "unit_id"),
        ("day", "day"),
        ("session", "session_id"),
        ("recording", "recording_id"),
    ):
        op.create_index(f"ix_listing_{name}", "listing", [column, "sealed_at", "id"])
    for name in ("kind", "dock", "day"):
        columns = ["unit_id", name, "sealed_at", "id"]
        op.create_index(f"ix_listing_unit_{name}", "listing", columns)
    op.create_table(
        "entry_subjects",
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "listing_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _count("position"),
    )
    op.execute("INSERT INTO listing_head (id, position) VALUES (1, 0)")
