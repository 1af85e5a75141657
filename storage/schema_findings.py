"""The tables of findings: what was found, what became of it, and what people reported themselves.

Holds always: as in `storage.schema`; a kind of finding about one subject is one row for good, and
no number is given twice: not to a finding, not to one that stands again.
"""

from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, maybe_count, metadata, text

findings = Table(
    "findings",
    metadata,
    key(),
    count("year"),
    count("ordinal"),
    text("kind"),
    text("subject"),
    link("unit_id", "units", nullable=True),
    link("principal_id", "units", nullable=True),
    link("action_id", "actions", nullable=True),
    link("case_id", "cases", nullable=True),
    link("recording_id", "recordings", nullable=True),
    text("rule"),
    text("facts"),
    text("opened_at"),
    UniqueConstraint("kind", "subject", name="uq_findings"),
    UniqueConstraint("year", "ordinal", name="uq_findings_number"),
    Index("ix_findings_subject", "subject"),
    Index("ix_findings_opened_at", "opened_at", "id"),
    Index("ix_findings_unit_id", "unit_id", "opened_at", "id"),
    Index("ix_findings_action_id", "action_id"),
    Index("ix_findings_case_id", "case_id"),
    Index("ix_findings_recording_id", "recording_id"),
)
finding_events = Table(
    "finding_events",
    metadata,
    key(),
    link("finding_id", "findings"),
    count("number"),
    text("event"),
    maybe_count("year"),
    maybe_count("ordinal"),
    link("person_id", "persons", nullable=True),
    text("body"),
    text("stated_at"),
    UniqueConstraint("finding_id", "number", name="uq_finding_events"),
    UniqueConstraint("year", "ordinal", name="uq_finding_events_number"),
)
self_reports = Table(
    "self_reports",
    metadata,
    key(),
    text("subject"),
    count("number"),
    text("cause"),
    maybe("reason"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("subject", "number", name="uq_self_reports"),
)
finding_follow = Table(
    "finding_follow",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
