"""The tables of holds, of the ends of case files, and of a bureau's own retention periods.

Holds always: as in `storage.schema`; `scope`, `listed` and `periods` are canonical JSON; `listed`
are the recordings that a hold found when it was placed.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

holds = Table(
    "holds",
    metadata,
    key(),
    text("kind"),
    link("unit_id", "units", nullable=True),
    text("basis"),
    maybe("note"),
    link("owner_id", "persons", nullable=True),
    text("scope"),
    text("listed"),
    text("review_on"),
    maybe("until_day"),
    maybe("origin"),
    link("person_id", "persons", nullable=True),
    text("stated_at"),
    UniqueConstraint("origin", name="uq_holds"),
    Index("ix_holds_stated_at", "stated_at", "id"),
)
hold_reviews = Table(
    "hold_reviews",
    metadata,
    key(),
    link("hold_id", "holds"),
    count("number"),
    text("review_on"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("hold_id", "number", name="uq_hold_reviews"),
)
hold_releases = Table(
    "hold_releases",
    metadata,
    Column("id", Text, ForeignKey("holds.id"), primary_key=True),
    text("basis"),
    maybe("note"),
    link("person_id", "persons"),
    text("released_at"),
)
case_terms = Table(
    "case_terms",
    metadata,
    key(),
    link("case_id", "cases"),
    count("number"),
    text("class_code"),
    maybe("period"),
    maybe("ends_on"),
    count("real_estate"),
    text("source"),
    text("article"),
    text("quote"),
    count("needs_second"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("case_id", "number", name="uq_case_terms"),
)
case_term_answers = Table(
    "case_term_answers",
    metadata,
    Column("id", Text, ForeignKey("case_terms.id"), primary_key=True),
    text("answer"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
)
retention_versions = Table(
    "retention_versions",
    metadata,
    key(),
    link("unit_id", "units"),
    count("number"),
    text("from_day"),
    text("periods"),
    count("retroactive"),
    count("touched"),
    text("preview_sha256"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("unit_id", "number", name="uq_retention_versions"),
)
retention_answers = Table(
    "retention_answers",
    metadata,
    Column("id", Text, ForeignKey("retention_versions.id"), primary_key=True),
    text("answer"),
    count("touched"),
    text("preview_sha256"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
)
