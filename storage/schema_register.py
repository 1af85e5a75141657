"""The tables of legal reviewers, trainings, yearly clean-ups, rooms, and docking stations.

Holds always: as in `storage.schema_staff`.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

reviewings = Table(
    "reviewings",
    metadata,
    key(),
    link("person_id", "persons"),
    count("number"),
    text("from_day"),
    link("unit_id", "units"),
    maybe("source"),
    text("stated_at"),
    UniqueConstraint("person_id", "number", name="uq_reviewings"),
)
trainings = Table(
    "trainings",
    metadata,
    key(),
    link("person_id", "persons"),
    count("number"),
    text("day"),
    count("tenths"),
    text("kind"),
    text("course"),
    text("stated_at"),
    UniqueConstraint("person_id", "number", name="uq_trainings"),
    Index("ix_trainings_day", "day"),
)
clean_ups = Table(
    "clean_ups",
    metadata,
    key(),
    link("unit_id", "units"),
    count("number"),
    count("year"),
    count("listed"),
    text("list_sha256"),
    link("signer_id", "persons"),
    text("signed_on"),
    text("stated_at"),
    UniqueConstraint("unit_id", "number", name="uq_clean_ups"),
)
places = Table(
    "places",
    metadata,
    key(),
    link("unit_id", "units"),
    text("name"),
    text("kind"),
    count("rights_bearing"),
    maybe("signage"),
    text("since"),
    text("stated_at"),
)
place_ends = Table(
    "place_ends",
    metadata,
    Column("id", Text, ForeignKey("places.id"), primary_key=True),
    text("ended_at"),
    text("stated_at"),
)
place_devices = Table(
    "place_devices",
    metadata,
    key(),
    link("recorder_id", "recorders"),
    count("number"),
    link("place_id", "places", nullable=True),
    text("since"),
    text("stated_at"),
    UniqueConstraint("recorder_id", "number", name="uq_place_devices"),
)
stations = Table(
    "stations",
    metadata,
    key(),
    link("unit_id", "units"),
    count("slots"),
    text("added_at"),
)
station_clocks = Table(
    "station_clocks",
    metadata,
    key(),
    link("station_id", "stations"),
    count("number"),
    text("offset_ms"),
    text("measured_at"),
    text("stated_at"),
    UniqueConstraint("station_id", "number", name="uq_station_clocks"),
)
