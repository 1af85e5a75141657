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
from storage.schema_access import access_answers as access_answers
from storage.schema_access import access_denials as access_denials
from storage.schema_access import access_ends as access_ends
from storage.schema_access import access_grants as access_grants
from storage.schema_access import borrowing_ends as borrowing_ends
from storage.schema_access import borrowings as borrowings
from storage.schema_access import confidentialities as confidentialities
from storage.schema_access import copies_out as copies_out
from storage.schema_access import supervisions as supervisions
from storage.schema_access import view_grounds as view_grounds
from storage.schema_cases import action_intervals as action_intervals
from storage.schema_cases import action_records as action_records
from storage.schema_cases import action_statements as action_statements
from storage.schema_cases import action_states as action_states
from storage.schema_cases import action_team as action_team
from storage.schema_cases import actions as actions
from storage.schema_cases import case_imports as case_imports
from storage.schema_cases import case_records as case_records
from storage.schema_cases import case_statements as case_statements
from storage.schema_cases import case_steps as case_steps
from storage.schema_cases import cases as cases
from storage.schema_cases import step_tries as step_tries
from storage.schema_devices import assignment_returns as assignment_returns
from storage.schema_devices import assignments as assignments
from storage.schema_devices import loan_ends as loan_ends
from storage.schema_devices import loans as loans
from storage.schema_devices import ratio_waivers as ratio_waivers
from storage.schema_devices import recorder_conditions as recorder_conditions
from storage.schema_devices import recorder_kinds as recorder_kinds
from storage.schema_devices import self_tests as self_tests
from storage.schema_disposal import clock_explanations as clock_explanations
from storage.schema_disposal import clock_marks as clock_marks
from storage.schema_disposal import disposal_answers as disposal_answers
from storage.schema_disposal import disposal_batches as disposal_batches
from storage.schema_disposal import disposal_certificates as disposal_certificates
from storage.schema_disposal import tombstones as tombstones
from storage.schema_findings import finding_events as finding_events
from storage.schema_findings import finding_follow as finding_follow
from storage.schema_findings import findings as findings
from storage.schema_findings import self_reports as self_reports
from storage.schema_links import assessments as assessments
from storage.schema_links import assessments_due as assessments_due
from storage.schema_links import case_follow as case_follow
from storage.schema_links import clock_anchors as clock_anchors
from storage.schema_links import link_answers as link_answers
from storage.schema_links import link_ends as link_ends
from storage.schema_links import link_waiting as link_waiting
from storage.schema_links import links as links
from storage.schema_links import media_facts as media_facts
from storage.schema_links import policies_followed as policies_followed
from storage.schema_links import quarantines as quarantines
from storage.schema_links import segment_links as segment_links
from storage.schema_links import spans as spans
from storage.schema_operational import credentials as credentials
from storage.schema_operational import derivatives as derivatives
from storage.schema_operational import entry_subjects as entry_subjects
from storage.schema_operational import fixity as fixity
from storage.schema_operational import invitations as invitations
from storage.schema_operational import leases as leases
from storage.schema_operational import listing as listing
from storage.schema_operational import listing_head as listing_head
from storage.schema_operational import login_attempts as login_attempts
from storage.schema_operational import login_sessions as login_sessions
from storage.schema_operational import object_pins as object_pins
from storage.schema_operational import open_views as open_views
from storage.schema_operational import personal_data as personal_data
from storage.schema_operational import seen_files as seen_files
from storage.schema_policy import own_policies as own_policies
from storage.schema_policy import own_policy_answers as own_policy_answers
from storage.schema_proposals import proposal_answers as proposal_answers
from storage.schema_proposals import proposals as proposals
from storage.schema_register import clean_ups as clean_ups
from storage.schema_register import place_devices as place_devices
from storage.schema_register import place_ends as place_ends
from storage.schema_register import places as places
from storage.schema_register import reviewings as reviewings
from storage.schema_register import station_clocks as station_clocks
from storage.schema_register import stations as stations
from storage.schema_register import trainings as trainings
from storage.schema_retention import case_term_answers as case_term_answers
from storage.schema_retention import case_terms as case_terms
from storage.schema_retention import hold_releases as hold_releases
from storage.schema_retention import hold_reviews as hold_reviews
from storage.schema_retention import holds as holds
from storage.schema_retention import retention_answers as retention_answers
from storage.schema_retention import retention_versions as retention_versions
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
    Index("ix_claims_session_id", "session_id"),
    Index("ix_claims_value", "value"),
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
    "persons",
    metadata,
    _key(),
    _text("full_name"),
    _maybe("officer_number"),
    _text("added_at"),
    Index("ix_persons_officer_number", "officer_number"),
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

APPEND_ONLY = (*sorted(EVIDENTIAL), "entries", "log_nodes", "checkpoints")
"""Tables whose rows the database itself refuses to change or delete."""
