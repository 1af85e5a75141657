"""The tables of what recordings really hold, when they were made, and what they are tied to.

Holds always: as in `storage.schema`; what is said later of one thing has a higher number, and what
was said before stays. The last five tables are operational: made from evidence by following the
log, and made again when they are lost.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

media_facts = Table(
    "media_facts",
    metadata,
    key(),
    link("recording_id", "recordings"),
    count("number"),
    text("tool"),
    text("video"),
    text("sound"),
    text("labels"),
    maybe("place"),
    text("measured_at"),
    UniqueConstraint("recording_id", "number", name="uq_media_facts"),
)
clock_anchors = Table(
    "clock_anchors",
    metadata,
    key(),
    text("subject"),
    count("number"),
    link("recorder_id", "recorders", nullable=True),
    link("recording_id", "recordings", nullable=True),
    text("device_at"),
    text("true_at"),
    link("person_id", "persons"),
    text("note"),
    text("stated_at"),
    UniqueConstraint("subject", "number", name="uq_clock_anchors"),
)
quarantines = Table(
    "quarantines",
    metadata,
    key(),
    link("recording_id", "recordings"),
    count("number"),
    text("state"),
    text("cause"),
    maybe("note"),
    link("person_id", "persons", nullable=True),
    text("stated_at"),
    UniqueConstraint("recording_id", "number", name="uq_quarantines"),
)
links = Table(
    "links",
    metadata,
    key(),
    link("recording_id", "recordings"),
    count("number"),
    link("action_id", "actions"),
    text("basis"),
    text("reasons"),
    link("person_id", "persons", nullable=True),
    text("stated_at"),
    UniqueConstraint("recording_id", "number", name="uq_links"),
    Index("ix_links_action_id", "action_id"),
)
link_ends = Table(
    "link_ends",
    metadata,
    Column("id", Text, ForeignKey("links.id"), primary_key=True),
    text("reason"),
    link("person_id", "persons"),
    link("second_person", "persons"),
    text("ended_at"),
)
link_answers = Table(
    "link_answers",
    metadata,
    key(),
    link("recording_id", "recordings"),
    count("number"),
    text("answer"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("recording_id", "number", name="uq_link_answers"),
)
segment_links = Table(
    "segment_links",
    metadata,
    key(),
    link("recording_id", "recordings"),
    count("number"),
    link("action_id", "actions"),
    text("document_sha256"),
    text("document_code"),
    count("from_ms"),
    count("to_ms"),
    text("note"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("recording_id", "number", name="uq_segment_links"),
    Index("ix_segment_links_action_id", "action_id"),
)
assessments = Table(
    "assessments",
    metadata,
    key(),
    link("action_id", "actions"),
    count("number"),
    text("verdict"),
    text("body"),
    text("sha256"),
    text("assessed_at"),
    UniqueConstraint("action_id", "number", name="uq_assessments"),
)

# --- operational ----------------------------------------------------------------------------------

case_follow = Table(
    "case_follow",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    count("position"),
)
policies_followed = Table(
    "policies_followed",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    text("sha256"),
)
spans = Table(
    "spans",
    metadata,
    key(),
    text("side"),
    text("owner"),
    text("tie"),
    count("start_s"),
    count("end_s"),
    Index("ix_spans_tie", "side", "tie", "start_s"),
    Index("ix_spans_owner", "side", "owner"),
)
link_waiting = Table(
    "link_waiting",
    metadata,
    Column("id", Text, ForeignKey("recordings.id"), primary_key=True),
    text("since"),
    text("candidates"),
    maybe("recorder_id"),
    Index("ix_link_waiting_since", "since", "id"),
)
assessments_due = Table(
    "assessments_due",
    metadata,
    Column("id", Text, ForeignKey("actions.id"), primary_key=True),
    Column("at_s", BigInteger, nullable=False),
    Index("ix_assessments_due_at_s", "at_s"),
)
