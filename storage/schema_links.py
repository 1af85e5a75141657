"""The tables of what recordings really hold, and what they are tied to.

Holds always: as in `storage.schema`; what is said later of one thing has a higher number, and what
was said before stays.
"""

from sqlalchemy import Table, UniqueConstraint

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
