"""The tables of what becomes of devices and who holds them.

Holds always: as in `storage.schema`; a device is in one pair of hands at a time, which triggers in
the database state again: no assignment begins while another of the same device lasts.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

recorder_kinds = Table(
    "recorder_kinds",
    metadata,
    key(),
    link("recorder_id", "recorders"),
    count("number"),
    text("kind"),
    maybe("serial"),
    maybe("retires_on"),
    link("import_id", "roster_imports", nullable=True),
    text("stated_at"),
    UniqueConstraint("recorder_id", "number", name="uq_recorder_kinds"),
)
recorder_conditions = Table(
    "recorder_conditions",
    metadata,
    key(),
    link("recorder_id", "recorders"),
    count("number"),
    text("condition"),
    text("since"),
    maybe("reason"),
    text("stated_at"),
    UniqueConstraint("recorder_id", "number", name="uq_recorder_conditions"),
)
self_tests = Table(
    "self_tests",
    metadata,
    key(),
    link("recorder_id", "recorders"),
    count("number"),
    text("tested_at"),
    count("passed"),
    link("import_id", "roster_imports", nullable=True),
    text("stated_at"),
    UniqueConstraint("recorder_id", "number", name="uq_self_tests"),
)
loans = Table(
    "loans",
    metadata,
    key(),
    link("recorder_id", "recorders"),
    count("number"),
    link("unit_id", "units"),
    text("out_at"),
    text("stated_at"),
    UniqueConstraint("recorder_id", "number", name="uq_loans"),
)
loan_ends = Table(
    "loan_ends",
    metadata,
    Column("id", Text, ForeignKey("loans.id"), primary_key=True),
    text("back_at"),
    text("stated_at"),
)
assignments = Table(
    "assignments",
    metadata,
    key(),
    link("recorder_id", "recorders"),
    count("number"),
    link("holder_id", "persons"),
    link("supervisor_id", "persons", nullable=True),
    text("out_at"),
    text("due_at"),
    maybe("back_at"),
    maybe("clock_offset_ms"),
    text("stated_at"),
    UniqueConstraint("recorder_id", "number", name="uq_assignments"),
    CheckConstraint("out_at <= due_at AND (back_at IS NULL OR out_at <= back_at)", name="in_order"),
    Index("ix_assignments_holder_id", "holder_id"),
    Index("ix_assignments_out_at", "out_at"),
    Index("ix_assignments_recorder_id", "recorder_id", "out_at"),
)
assignment_returns = Table(
    "assignment_returns",
    metadata,
    Column("id", Text, ForeignKey("assignments.id"), primary_key=True),
    text("back_at"),
    maybe("clock_offset_ms"),
    text("stated_at"),
)
ratio_waivers = Table(
    "ratio_waivers",
    metadata,
    key(),
    link("unit_id", "units"),
    count("number"),
    text("from_day"),
    text("to_day"),
    text("reason"),
    link("approver_id", "persons"),
    text("stated_at"),
    UniqueConstraint("unit_id", "number", name="uq_ratio_waivers"),
    CheckConstraint("from_day <= to_day", name="waiver_in_order"),
)
