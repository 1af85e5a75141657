"""The tables of access: grants, tries that were refused, what left the house, and its supervision.

Holds always: as in `storage.schema`; `recordings` and `body` are canonical JSON; what people write
in their own words stands as a commitment.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

access_grants = Table(
    "access_grants",
    metadata,
    key(),
    text("kind"),
    text("grantee"),
    link("grantee_id", "persons"),
    maybe("outsider"),
    text("purpose"),
    text("basis"),
    text("document_number"),
    link("case_id", "cases", nullable=True),
    text("recordings"),
    text("from_day"),
    text("to_day"),
    link("person_id", "persons"),
    text("stated_at"),
    Index("ix_access_grants_stated_at", "stated_at", "id"),
    Index("ix_access_grants_grantee_id", "grantee_id"),
)
access_answers = Table(
    "access_answers",
    metadata,
    Column("id", Text, ForeignKey("access_grants.id"), primary_key=True),
    text("answer"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
)
access_ends = Table(
    "access_ends",
    metadata,
    Column("id", Text, ForeignKey("access_grants.id"), primary_key=True),
    text("reason"),
    link("person_id", "persons"),
    text("stated_at"),
)
access_denials = Table(
    "access_denials",
    metadata,
    key(),
    link("recording_id", "recordings"),
    link("account_id", "accounts"),
    link("person_id", "persons"),
    text("kind"),
    text("stated_at"),
    Index("ix_access_denials_recording_id", "recording_id"),
    Index("ix_access_denials_stated_at", "stated_at", "id"),
)
view_grounds = Table(
    "view_grounds",
    metadata,
    Column("id", Text, ForeignKey("views.id"), primary_key=True),
    text("ground"),
    link("grant_id", "access_grants", nullable=True),
)
confidentialities = Table(
    "confidentialities",
    metadata,
    key(),
    link("recording_id", "recordings"),
    count("number"),
    text("degree"),
    maybe("reason"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("recording_id", "number", name="uq_confidentialities"),
)
copies_out = Table(
    "copies_out",
    metadata,
    key(),
    link("grant_id", "access_grants"),
    count("number"),
    text("form"),
    text("receiver"),
    text("signed"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("grant_id", "number", name="uq_copies_out"),
)
borrowings = Table(
    "borrowings",
    metadata,
    key(),
    link("grant_id", "access_grants"),
    count("number"),
    text("medium"),
    text("due_on"),
    text("receiver"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("grant_id", "number", name="uq_borrowings"),
)
borrowing_ends = Table(
    "borrowing_ends",
    metadata,
    Column("id", Text, ForeignKey("borrowings.id"), primary_key=True),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
)
supervisions = Table(
    "supervisions",
    metadata,
    key(),
    text("period"),
    count("number"),
    text("first_day"),
    text("last_day"),
    count("looks"),
    count("log_size"),
    text("body"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("period", "number", name="uq_supervisions"),
)
