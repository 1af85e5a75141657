"""The tables of who serves where, with which certificate, and who holds which device.

Holds always: as in `storage.schema`; a fact is never changed: a later row says what holds from
another day on, and a roster that was undone counts as if it had never been, though it stays.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, maybe_count, metadata, text

unit_standings = Table(
    "unit_standings",
    metadata,
    key(),
    link("unit_id", "units"),
    count("number"),
    text("from_day"),
    text("kind"),
    maybe("capacity_basis"),
    maybe("capacity_to"),
    link("principal_id", "units", nullable=True),
    maybe("powers"),
    maybe("filing_number"),
    maybe("profile"),
    text("stated_at"),
    UniqueConstraint("unit_id", "number", name="uq_unit_standings"),
)
roster_imports = Table(
    "roster_imports",
    metadata,
    key(),
    text("kind"),
    text("file_sha256"),
    count("rows_taken"),
    count("rows_refused"),
    text("imported_at"),
)
roster_undos = Table(
    "roster_undos",
    metadata,
    Column("id", Text, ForeignKey("roster_imports.id"), primary_key=True),
    text("reason"),
    text("undone_at"),
)
postings = Table(
    "postings",
    metadata,
    key(),
    link("person_id", "persons"),
    count("number"),
    text("from_day"),
    link("unit_id", "units"),
    text("kind"),
    count("on_establishment"),
    count("on_post"),
    text("status"),
    maybe("reason"),
    link("import_id", "roster_imports", nullable=True),
    text("stated_at"),
    UniqueConstraint("person_id", "number", name="uq_postings"),
    Index("ix_postings_unit_id", "unit_id"),
    Index("ix_postings_import_id", "import_id"),
)
certificates = Table(
    "certificates",
    metadata,
    key(),
    link("person_id", "persons"),
    text("kind"),
    text("certificate_number"),
    text("issuer"),
    text("valid_from"),
    text("valid_to"),
    link("import_id", "roster_imports", nullable=True),
    text("stated_at"),
    CheckConstraint("valid_from <= valid_to", name="days_in_order"),
    Index("ix_certificates_person_id", "person_id"),
)
certificate_events = Table(
    "certificate_events",
    metadata,
    key(),
    link("certificate_id", "certificates"),
    count("number"),
    text("event"),
    text("day"),
    maybe_count("year"),
    text("stated_at"),
    UniqueConstraint("certificate_id", "number", name="uq_certificate_events"),
)
undertakings = Table(
    "undertakings",
    metadata,
    key(),
    link("person_id", "persons"),
    count("number"),
    text("signed_on"),
    link("import_id", "roster_imports", nullable=True),
    text("stated_at"),
    UniqueConstraint("person_id", "number", name="uq_undertakings"),
)
