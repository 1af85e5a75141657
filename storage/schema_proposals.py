"""What one person proposes and a second one answers.

Holds always: as in `storage.schema`; the reason stands as a commitment, `body` is canonical JSON.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

proposals = Table(
    "proposals",
    metadata,
    key(),
    text("subject"),
    count("number"),
    text("kind"),
    text("body"),
    maybe("reason"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("subject", "number", name="uq_proposals"),
    Index("ix_proposals_stated_at", "stated_at", "id"),
)
proposal_answers = Table(
    "proposal_answers",
    metadata,
    Column("id", Text, ForeignKey("proposals.id"), primary_key=True),
    text("answer"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
)
