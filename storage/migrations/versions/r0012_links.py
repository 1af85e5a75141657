"""Clock anchors, quarantine, links and assessments, and what is found by following the log."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    *("assessments", "clock_anchors", "link_answers", "link_ends", "links", "quarantines"),
    "segment_links",
)


def upgrade() -> None:
    """Adds tables and indexes; nothing that was there is touched."""
    _make_clocks()
    _make_links()
    _make_answers()
    _make_assessments()
    _make_operational()
    op.create_index("ix_claims_session_id", "claims", ["session_id"])
    op.create_index("ix_claims_value", "claims", ["value"])
    op.create_index("ix_assignments_recorder_id", "assignments", ["recorder_id", "out_at"])
    op.create_index("ix_persons_officer_number", "persons", ["officer_number"])
    only = sa.text("kind = 'officer-number'")
    op.create_index(
        "ix_personal_data_officer_number",
        "personal_data",
        ["value"],
        sqlite_where=only,
        postgresql_where=only,
    )
    protect(_APPEND_ONLY)


def downgrade() -> None:
    """Evidence has no way back: restore a backup instead."""
    raise NotImplementedError


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _key() -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), nullable=False, primary_key=True)


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _link(name: str, target: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _own_key(target: str) -> "sa.Column[str]":
    return sa.Column("id", sa.Text(), sa.ForeignKey(f"{target}.id"), primary_key=True)


def _numbered(owner: str, table: str) -> "sa.UniqueConstraint":
    return sa.UniqueConstraint(owner, "number", name=f"uq_{table}")


def _make_clocks() -> None:
    op.create_table(
        "clock_anchors",
        _key(),
        _text("subject"),
        _count("number"),
        _link("recorder_id", "recorders", nullable=True),
        _link("recording_id", "recordings", nullable=True),
        _text("device_at"),
        _text("true_at"),
        _link("person_id", "persons"),
        _text("note"),
        _text("stated_at"),
        _numbered("subject", "clock_anchors"),
    )
    op.create_table(
        "quarantines",
        _key(),
        _link("recording_id", "recordings"),
        _count("number"),
        _text("state"),
        _text("cause"),
        _text("note", nullable=True),
        _link("person_id", "persons", nullable=True),
        _text("stated_at"),
        _numbered("recording_id", "quarantines"),
    )


def _make_links() -> None:
    op.create_table(
        "links",
        _key(),
        _link("recording_id", "recordings"),
        _count("number"),
        _link("action_id", "actions"),
        _text("basis"),
        _text("reasons"),
        _link("person_id", "persons", nullable=True),
        _text("stated_at"),
        _numbered("recording_id", "links"),
    )
    op.create_index("ix_links_action_id", "links", ["action_id"])
    op.create_table(
        "link_ends",
        _own_key("links"),
        _text("reason"),
        _link("person_id", "persons"),
        _link("second_person", "persons"),
        _text("ended_at"),
    )


def _make_answers() -> None:
    op.create_table(
        "link_answers",
        _key(),
        _link("recording_id", "recordings"),
        _count("number"),
        _text("answer"),
        _link("person_id", "persons"),
        _text("stated_at"),
        _numbered("recording_id", "link_answers"),
    )
    op.create_table(
        "segment_links",
        _key(),
        _link("recording_id", "recordings"),
        _count("number"),
        _link("action_id", "actions"),
        _text("document_sha256"),
        _text("document_code"),
        _count("from_ms"),
        _count("to_ms"),
        _text("note"),
        _link("person_id", "persons"),
        _text("stated_at"),
        _numbered("recording_id", "segment_links"),
    )
    op.create_index("ix_segment_links_action_id", "segment_links", ["action_id"])


def _make_assessments() -> None:
    op.create_table(
        "assessments",
        _key(),
        _link("action_id", "actions"),
        _count("number"),
        _text("verdict"),
        _text("body"),
        _text("sha256"),
        _text("assessed_at"),
        _numbered("action_id", "assessments"),
    )


def _make_operational() -> None:
    follow = op.create_table(
        "case_follow",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _count("position"),
    )
    op.bulk_insert(follow, [{"id": 1, "position": 0}])
    op.create_table(
        "spans",
        _key(),
        *(_text(name) for name in ("side", "owner", "tie")),
        *(_count(name) for name in ("start_s", "end_s")),
    )
    op.create_index("ix_spans_tie", "spans", ["side", "tie", "start_s"])
    op.create_index("ix_spans_owner", "spans", ["side", "owner"])
    op.create_table(
        "link_waiting",
        _own_key("recordings"),
        *(_text(name) for name in ("since", "candidates")),
        _text("recorder_id", nullable=True),
    )
    op.create_index("ix_link_waiting_since", "link_waiting", ["since", "id"])
    op.create_table("assessments_due", _own_key("actions"), _count("at_s"))
    op.create_index("ix_assessments_due_at_s", "assessments_due", ["at_s"])
