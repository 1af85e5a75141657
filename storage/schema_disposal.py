"""The tables of disposal: batches, what was answered, tombstones, certificates; and the clock's.

Holds always: as in `storage.schema`; `list` is canonical JSON (`evidence.disposal.frozen`);
a recording has a further tombstone only where bytes that were disposed of came back, and each says
how many sightings there were, which tells without any clock whether it was docked again since; a
batch has one certificate for good.
"""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

disposal_batches = Table(
    "disposal_batches",
    metadata,
    key(),
    count("year"),
    count("ordinal"),
    text("list_sha256"),
    text("list"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("year", "ordinal", name="uq_disposal_batches"),
)
disposal_answers = Table(
    "disposal_answers",
    metadata,
    key(),
    link("batch_id", "disposal_batches"),
    count("number"),
    text("answer"),
    text("list_sha256"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("batch_id", "number", name="uq_disposal_answers"),
)
tombstones = Table(
    "tombstones",
    metadata,
    key(),
    link("recording_id", "recordings"),
    count("number"),
    link("batch_id", "disposal_batches"),
    text("list_sha256"),
    count("sightings"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("recording_id", "number", name="uq_tombstones"),
    Index("ix_tombstones_batch_id", "batch_id"),
    Index("ix_tombstones_stated_at", "stated_at"),
)
disposal_certificates = Table(
    "disposal_certificates",
    metadata,
    key(),
    count("year"),
    count("ordinal"),
    link("batch_id", "disposal_batches"),
    text("list_sha256"),
    text("signed"),
    text("issued_at"),
    UniqueConstraint("year", "ordinal", name="uq_disposal_certificates"),
    UniqueConstraint("batch_id", name="uq_disposal_certificates_batch"),
)
clock_explanations = Table(
    "clock_explanations",
    metadata,
    key(),
    count("number"),
    count("position"),
    text("kind"),
    maybe("note"),
    link("person_id", "persons"),
    link("second_id", "persons"),
    text("stated_at"),
    UniqueConstraint("number", name="uq_clock_explanations"),
)
clock_marks = Table(
    "clock_marks",
    metadata,
    Column("id", Text, primary_key=True),
    text("started_at"),
    text("seen_at"),
)
