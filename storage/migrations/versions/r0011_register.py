"""Legal reviewers, trainings, yearly clean-ups of the roster, rooms, and docking stations."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "clean_ups",
    "place_devices",
    "place_ends",
    "places",
    "reviewings",
    "station_clocks",
    "stations",
    "trainings",
)


def upgrade() -> None:
    """Adds tables; nothing that was there is touched."""
    _make_people()
    _make_clean_ups()
    _make_places()
    _make_stations()
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


def _make_people() -> None:
    op.create_table(
        "reviewings",
        _key(),
        _link("person_id", "persons"),
        _count("number"),
        _text("from_day"),
        _link("unit_id", "units"),
        _text("source", nullable=True),
        _text("stated_at"),
        sa.UniqueConstraint("person_id", "number", name="uq_reviewings"),
    )
    op.create_table(
        "trainings",
        _key(),
        _link("person_id", "persons"),
        _count("number"),
        _text("day"),
        _count("tenths"),
        _text("kind"),
        _text("course"),
        _text("stated_at"),
        sa.UniqueConstraint("person_id", "number", name="uq_trainings"),
    )
    op.create_index("ix_trainings_day", "trainings", ["day"])


def _make_clean_ups() -> None:
    op.create_table(
        "clean_ups",
        _key(),
        _link("unit_id", "units"),
        _count("number"),
        _count("year"),
        _count("listed"),
        _text("list_sha256"),
        _link("signer_id", "persons"),
        _text("signed_on"),
        _text("stated_at"),
        sa.UniqueConstraint("unit_id", "number", name="uq_clean_ups"),
    )


def _make_places() -> None:
    op.create_table(
        "places",
        _key(),
        _link("unit_id", "units"),
        _text("name"),
        _text("kind"),
        _count("rights_bearing"),
        _text("signage", nullable=True),
        _text("since"),
        _text("stated_at"),
    )
    op.create_table(
        "place_ends",
        sa.Column("id", sa.Text(), sa.ForeignKey("places.id"), primary_key=True),
        _text("ended_at"),
        _text("stated_at"),
    )
    op.create_table(
        "place_devices",
        _key(),
        _link("recorder_id", "recorders"),
        _count("number"),
        _link("place_id", "places", nullable=True),
        _text("since"),
        _text("stated_at"),
        sa.UniqueConstraint("recorder_id", "number", name="uq_place_devices"),
    )


def _make_stations() -> None:
    op.create_table(
        "stations", _key(), _link("unit_id", "units"), _count("slots"), _text("added_at")
    )
    op.create_table(
        "station_clocks",
        _key(),
        _link("station_id", "stations"),
        _count("number"),
        _text("offset_ms"),
        _text("measured_at"),
        _text("stated_at"),
        sa.UniqueConstraint("station_id", "number", name="uq_station_clocks"),
    )
