"""The tables, as SQLAlchemy Core sees them; `storage/migrations` makes them.

Holds always: the evidential tables have exactly the columns that `evidence.tables` declares (a test
compares them, and compares this file with what the migrations build); rows of evidence, of the
log and of checkpoints are only ever inserted, which triggers in the database state again.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from evidence.tables import EVIDENTIAL
from storage.columns import count as _count
from storage.columns import key as _key
from storage.columns import link as _link
from storage.columns import maybe as _maybe
from storage.columns import metadata as metadata
from storage.columns import text as _text
from storage.schema_devices import assignment_returns as assignment_returns
from storage.schema_devices import assignments as assignments
from storage.schema_devices import loan_ends as loan_ends
from storage.schema_devices import loans as loans
from storage.schema_devices import ratio_waivers as ratio_waivers
from storage.schema_devices import recorder_conditions as recorder_conditions
from storage.schema_devices import recorder_kinds as recorder_kinds
from storage.schema_devices import self_tests as self_tests
from storage.schema_links import media_facts as media_facts
from storage.schema_staff import certificate_events as certificate_events
from storage.schema_staff import certificates as certificates
from storage.schema_staff import postings as postings
from storage.schema_staff import roster_imports as roster_imports
from storage.schema_staff import roster_undos as roster_undos
from storage.schema_staff import undertakings as undertakings
from storage.schema_staff import unit_standings as unit_standings

# --- evidence -------------------------------------------------------------------------------------

sites = Table(
    "sites",
    metadata,
    _key(),
    _text("origin"),
    _text("log_key"),
    _text("station_key"),
    _text("created_at"),
)
vaults = Table("vaults", metadata, _key(), _text("kind"), _text("created_at"))
recorders = Table("recorders", metadata, _key(), _text("make"), _text("added_at"))
dock_sessions = Table(
    "dock_sessions",
    metadata,
    _key(),
    _text("dock"),
    _text("source"),
    _text("card"),
    _text("card_basis"),
    _maybe("label"),
    _text("zone"),
    _text("opened_at"),
)
inventories = Table(
    "inventories",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _count("number"),
    _count("files"),
    _text("signed"),
    _text("written_at"),
)
claims = Table(
    "claims",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _text("subject"),
    _text("verdict"),
    _maybe("value"),
    _text("sources"),
    _text("judged_at"),
)
recordings = Table(
    "recordings",
    metadata,
    _key(),
    _count("size"),
    _text("sealed_at"),
    CheckConstraint("length(id) = 64 AND size >= 0", name="digest_and_size"),
    Index("ix_recordings_sealed_at", "sealed_at", "id"),
)
copies = Table(
    "copies",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _link("vault_id", "vaults"),
    _text("read_back"),
    _text("placed_at"),
)
digests = Table(
    "digests",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _text("algorithm"),
    _text("value"),
    _text("computed_at"),
)
sightings = Table(
    "sightings",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _link("recording_id", "recordings"),
    _text("path"),
    _count("size"),
    _text("mtime_ns"),
    _text("kind"),
    _text("labels"),
    _count("priority"),
    _maybe("name_time"),
    _maybe("container_time"),
    _maybe("container_zone"),
    _maybe("file_time"),
    _text("zone"),
    _text("sealed_at"),
    Index("ix_sightings_session_id", "session_id"),
    Index("ix_sightings_recording_id", "recording_id"),
)
observations = Table(
    "observations",
    metadata,
    _key(),
    _link("session_id", "dock_sessions", nullable=True),
    _link("recording_id", "recordings", nullable=True),
    _maybe("path"),
    _text("code"),
    _text("facts"),
    _text("observed_at"),
    Index("ix_observations_session_id", "session_id"),
)
receipts = Table(
    "receipts",
    metadata,
    _key(),
    _link("session_id", "dock_sessions"),
    _count("number"),
    _count("complete"),
    _text("signed"),
    _text("issued_at"),
    Index("ix_receipts_session_id", "session_id"),
)
clearings = Table(
    "clearings",
    metadata,
    _key(),
    _link("receipt_id", "receipts"),
    _link("recording_id", "recordings"),
    _text("path"),
    _text("result"),
    _text("facts"),
    _text("cleared_at"),
)
scrubs = Table(
    "scrubs",
    metadata,
    _key(),
    _link("vault_id", "vaults"),
    _text("mode"),
    _count("objects"),
    _count("bytes"),
    _count("failed"),
    _text("started_at"),
    _text("ended_at"),
)

# --- people and their looks -----------------------------------------------------------------------

units = Table(
    "units",
    metadata,
    _key(),
    _link("parent_id", "units", nullable=True),
    _text("name"),
    _text("added_at"),
)
persons = Table(
    "persons", metadata, _key(), _text("full_name"), _maybe("officer_number"), _text("added_at")
)
accounts = Table(
    "accounts",
    metadata,
    _key(),
    _link("person_id", "persons"),
    _text("login"),
    _text("added_at"),
)
account_states = Table(
    "account_states",
    metadata,
    _key(),
    _link("account_id", "accounts"),
    _count("number"),
    _text("state"),
    _text("changed_at"),
    UniqueConstraint("account_id", "number", name="uq_account_states"),
)
memberships = Table(
    "memberships",
    metadata,
    _key(),
    _link("account_id", "accounts"),
    _text("role"),
    _link("unit_id", "units"),
    _text("since"),
    Index("ix_memberships_account_id", "account_id"),
)
membership_ends = Table(
    "membership_ends",
    metadata,
    Column("id", Text, ForeignKey("memberships.id"), primary_key=True),
    _text("ended_at"),
)
recorder_units = Table(
    "recorder_units",
    metadata,
    _key(),
    _link("recorder_id", "recorders"),
    _count("number"),
    _link("unit_id", "units"),
    _text("since"),
    UniqueConstraint("recorder_id", "number", name="uq_recorder_units"),
)
views = Table(
    "views",
    metadata,
    _key(),
    _link("account_id", "accounts"),
    _link("person_id", "persons"),
    _link("recording_id", "recordings"),
    _text("kind"),
    _text("opened_at"),
    Index("ix_views_recording_id", "recording_id", "opened_at", "id"),
)
view_ranges = Table(
    "view_ranges",
    metadata,
    _key(),
    _link("view_id", "views"),
    _count("number"),
    _text("what"),
    _count("size"),
    _text("ranges"),
    _count("final"),
    _text("written_at"),
    Index("ix_view_ranges_view_id", "view_id", "number"),
)
calendar_years = Table(
    "calendar_years",
    metadata,
    _key(),
    _count("year"),
    _count("number"),
    _text("source"),
    _text("file_sha256"),
    _text("imported_at"),
    UniqueConstraint("year", "number", name="uq_calendar_years"),
)
calendar_days = Table(
    "calendar_days",
    metadata,
    _key(),
    _link("calendar_year_id", "calendar_years"),
    _text("day"),
    _text("kind"),
    Index("ix_calendar_days_calendar_year_id", "calendar_year_id"),
)

tier_catalogues = Table(
    "tier_catalogues",
    metadata,
    _key(),
    _count("number"),
    _text("profile"),
    _text("sha256"),
    _text("valid_from"),
    _text("imported_at"),
    UniqueConstraint("number", name="uq_tier_catalogues"),
)
tier_rows = Table(
    "tier_rows",
    metadata,
    _key(),
    _link("catalogue_id", "tier_catalogues"),
    _count("number"),
    _count("file_row"),
    _text("item"),
    _maybe("occasion"),
    _text("begins"),
    _maybe("content"),
    _text("ends"),
    _text("tier"),
    _maybe("period"),
    _maybe("code"),
    UniqueConstraint("catalogue_id", "number", name="uq_tier_rows"),
)

# --- the log --------------------------------------------------------------------------------------

entries = Table(
    "entries",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("body"),
    _text("leaf"),
)
log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    _text("hash"),
)
log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _count("size"),
    _maybe("last_at"),
)
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    _text("note"),
    _text("signed_at"),
)

# --- personal and operational ---------------------------------------------------------------------

personal_data = Table(
    "personal_data", metadata, _key(), _text("kind"), _text("salt"), _text("value")
)
leases = Table("leases", metadata, _key(), _text("owner"), _text("until"))
seen_files = Table(
    "seen_files",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _link("sighting_id", "sightings"),
)
fixity = Table(
    "fixity",
    metadata,
    Column("id", Text, ForeignKey("copies.id"), primary_key=True),
    _text("state"),
    _text("checked_at"),
    Index("ix_fixity_checked_at", "checked_at"),
)
derivatives = Table(
    "derivatives",
    metadata,
    _key(),
    _link("recording_id", "recordings"),
    _text("kind"),
    _text("state"),
    _text("tool"),
    _text("facts"),
    _text("files"),
    _text("made_at"),
    _count("attempts"),
    _maybe("code"),
    Index("ix_derivatives_recording_id", "recording_id"),
    Index("ix_derivatives_state", "state", "made_at"),
)
credentials = Table(
    "credentials",
    metadata,
    Column("id", Text, ForeignKey("accounts.id"), primary_key=True),
    _text("login"),
    _maybe("password"),
    _text("changed_at"),
    UniqueConstraint("login", name="uq_credentials_login"),
)
invitations = Table(
    "invitations",
    metadata,
    _key(),
    _link("account_id", "accounts", nullable=True),
    _text("expires_at"),
)
login_sessions = Table(
    "login_sessions",
    metadata,
    _key(),
    _link("account_id", "accounts"),
    _text("name"),
    _text("csrf"),
    _text("address"),
    _text("agent"),
    _text("began_at"),
    _text("seen_at"),
    _maybe("ended_at"),
    Index("ix_login_sessions_account_id", "account_id", "began_at"),
)
open_views = Table(
    "open_views",
    metadata,
    Column("id", Text, ForeignKey("views.id"), primary_key=True),
    _maybe("session"),
)
login_attempts = Table(
    "login_attempts",
    metadata,
    _key(),
    _text("key"),
    _text("at"),
    Index("ix_login_attempts_key", "key", "at"),
)
_BYTES = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its bytes, as this program sorts, whatever the database's own language."""

listing = Table(
    "listing",
    metadata,
    Column("id", _BYTES, ForeignKey("sightings.id"), primary_key=True),
    _link("recording_id", "recordings"),
    _link("session_id", "dock_sessions"),
    Column("sealed_at", _BYTES, nullable=False),
    _text("kind"),
    _text("dock"),
    _maybe("recorder"),
    _maybe("officer"),
    _maybe("unit_id"),
    _maybe("day"),
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
    _count("position"),
)

APPEND_ONLY = (*sorted(EVIDENTIAL), "entries", "log_nodes", "checkpoints")
"""Tables whose rows the database itself refuses to change or delete."""
