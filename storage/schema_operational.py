"""The tables that may be lost, and the erasable openings of personal data.

Holds always: as in `storage.schema`; no verdict rests on a row of these.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy import text as text_of

from storage.columns import count, key, link, maybe, metadata, text

_OFFICER_NUMBERS = text_of("kind = 'officer-number'")
personal_data = Table(
    "personal_data",
    metadata,
    key(),
    text("kind"),
    text("salt"),
    text("value"),
    Index(
        "ix_personal_data_officer_number",
        "value",
        sqlite_where=_OFFICER_NUMBERS,
        postgresql_where=_OFFICER_NUMBERS,
    ),
)
leases = Table("leases", metadata, key(), text("owner"), text("until"))
seen_files = Table(
    "seen_files",
    metadata,
    key(),
    link("recording_id", "recordings"),
    link("sighting_id", "sightings"),
)
fixity = Table(
    "fixity",
    metadata,
    Column("id", Text, ForeignKey("copies.id"), primary_key=True),
    text("state"),
    text("checked_at"),
    Index("ix_fixity_checked_at", "checked_at"),
)
object_pins = Table(
    "object_pins",
    metadata,
    key(),
    link("recording_id", "recordings"),
    text("version"),
    text("pinned_at"),
)
derivatives = Table(
    "derivatives",
    metadata,
    key(),
    link("recording_id", "recordings"),
    text("kind"),
    text("state"),
    text("tool"),
    text("facts"),
    text("files"),
    text("made_at"),
    count("attempts"),
    maybe("code"),
    Index("ix_derivatives_recording_id", "recording_id"),
    Index("ix_derivatives_state", "state", "made_at"),
)
credentials = Table(
    "credentials",
    metadata,
    Column("id", Text, ForeignKey("accounts.id"), primary_key=True),
    text("login"),
    maybe("password"),
    text("changed_at"),
    UniqueConstraint("login", name="uq_credentials_login"),
)
invitations = Table(
    "invitations",
    metadata,
    key(),
    link("account_id", "accounts", nullable=True),
    text("expires_at"),
)
login_sessions = Table(
    "login_sessions",
    metadata,
    key(),
    link("account_id", "accounts"),
    text("name"),
    text("csrf"),
    text("address"),
    text("agent"),
    text("began_at"),
    text("seen_at"),
    maybe("ended_at"),
    Index("ix_login_sessions_account_id", "account_id", "began_at"),
)
open_views = Table(
    "open_views",
    metadata,
    Column("id", Text, ForeignKey("views.id"), primary_key=True),
    maybe("session"),
)
login_attempts = Table(
    "login_attempts",
    metadata,
    key(),
    text("key"),
    text("at"),
    Index("ix_login_attempts_key", "key", "at"),
)
_BYTES = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its bytes, as this program sorts, whatever the database's own language."""

listing = Table(
    "listing",
    metadata,
    Column("id", _BYTES, ForeignKey("sightings.id"), primary_key=True),
    link("recording_id", "recordings"),
    link("session_id", "dock_sessions"),
    Column("sealed_at", _BYTES, nullable=False),
    text("kind"),
    text("dock"),
    maybe("recorder"),
    maybe("officer"),
    maybe("unit_id"),
    maybe("day"),
    Index("ix_listing_newest", "sealed_at", "id"),
    *(
        Index(f"ix_listing_{name}", column, "sealed_at", "id")
        for name, column in (
            ("kind", "kind"),
            ("dock", "dock"),
            ("recorder", "recorder"),
            ("officer", "officer"),
            ("unit", "unit_id"),
            ("day", "day"),
            ("session", "session_id"),
            ("recording", "recording_id"),
        )
    ),
    *(
        Index(f"ix_listing_unit_{name}", "unit_id", name, "sealed_at", "id")
        for name in ("kind", "dock", "day")
    ),
)
entry_subjects = Table(
    "entry_subjects",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
)
listing_head = Table(
    "listing_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    count("position"),
)
