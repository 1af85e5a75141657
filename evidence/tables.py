"""Which tables are evidence, and the columns that a row's digest covers.

Holds always: every table of the database is in exactly one list here. An EVIDENTIAL row is named
by an entry of the log each time it is written; an OPERATIONAL row never feeds a verdict and may be
lost; PERSONAL rows are erasable and bound by commitment; LOG tables are the log itself. A row
format is only ever extended: a new column means a new format number, and old rows keep theirs.

Every evidential table has the text key `id`; columns hold text, integers up to 2^53 - 1, or null.
"""

from collections.abc import Mapping
from types import MappingProxyType

from evidence.access_tables import ACCESS_TABLES
from evidence.case_tables import CASE_TABLES
from evidence.disposal_tables import DISPOSAL_TABLES
from evidence.link_tables import LINK_TABLES
from evidence.retention_tables import RETENTION_TABLES

Columns = tuple[str, ...]

EVIDENTIAL: Mapping[str, Mapping[int, Columns]] = MappingProxyType(
    {
        **ACCESS_TABLES,
        **CASE_TABLES,
        **DISPOSAL_TABLES,
        **LINK_TABLES,
        **RETENTION_TABLES,
        "own_policies": {
            1: (
                *("id", "profile", "number", "valid_from", "retroactive", "body", "sha256"),
                *("note", "person_id", "stated_at"),
            )
        },
        "own_policy_answers": {1: ("id", "answer", "note", "person_id", "stated_at")},
        "sites": {1: ("id", "origin", "log_key", "station_key", "created_at")},
        "vaults": {1: ("id", "kind", "created_at")},
        "recorders": {1: ("id", "make", "added_at")},
        "dock_sessions": {
            1: ("id", "dock", "source", "card", "card_basis", "label", "zone", "opened_at")
        },
        "inventories": {1: ("id", "session_id", "number", "files", "signed", "written_at")},
        "claims": {1: ("id", "session_id", "subject", "verdict", "value", "sources", "judged_at")},
        "recordings": {1: ("id", "size", "sealed_at")},
        "copies": {1: ("id", "recording_id", "vault_id", "read_back", "placed_at")},
        "digests": {1: ("id", "recording_id", "algorithm", "value", "computed_at")},
        "sightings": {
            1: (
                "id",
                "session_id",
                "recording_id",
                "path",
                "size",
                "mtime_ns",
                "kind",
                "labels",
                "priority",
                "name_time",
                "container_time",
                "container_zone",
                "file_time",
                "zone",
                "sealed_at",
            )
        },
        "observations": {
            1: ("id", "session_id", "recording_id", "path", "code", "facts", "observed_at")
        },
        "receipts": {1: ("id", "session_id", "number", "complete", "signed", "issued_at")},
        "clearings": {
            1: ("id", "receipt_id", "recording_id", "path", "result", "facts", "cleared_at")
        },
        "units": {1: ("id", "parent_id", "name", "added_at")},
        "persons": {1: ("id", "full_name", "officer_number", "added_at")},
        "accounts": {1: ("id", "person_id", "login", "added_at")},
        "account_states": {1: ("id", "account_id", "number", "state", "changed_at")},
        "memberships": {1: ("id", "account_id", "role", "unit_id", "since")},
        "membership_ends": {1: ("id", "ended_at")},
        "recorder_units": {1: ("id", "recorder_id", "number", "unit_id", "since")},
        "views": {1: ("id", "account_id", "person_id", "recording_id", "kind", "opened_at")},
        "view_ranges": {
            1: ("id", "view_id", "number", "what", "size", "ranges", "final", "written_at")
        },
        "tier_catalogues": {1: ("id", "number", "profile", "sha256", "valid_from", "imported_at")},
        "tier_rows": {
            1: (
                "id",
                "catalogue_id",
                "number",
                "file_row",
                "item",
                "occasion",
                "begins",
                "content",
                "ends",
                "tier",
                "period",
                "code",
            )
        },
        "calendar_years": {1: ("id", "year", "number", "source", "file_sha256", "imported_at")},
        "calendar_days": {1: ("id", "calendar_year_id", "day", "kind")},
        "unit_standings": {
            1: (
                *("id", "unit_id", "number", "from_day", "kind", "capacity_basis", "capacity_to"),
                *("principal_id", "powers", "filing_number", "profile", "stated_at"),
            )
        },
        "roster_imports": {
            1: ("id", "kind", "file_sha256", "rows_taken", "rows_refused", "imported_at")
        },
        "roster_undos": {1: ("id", "reason", "undone_at")},
        "postings": {
            1: (
                *("id", "person_id", "number", "from_day", "unit_id", "kind", "on_establishment"),
                *("on_post", "status", "reason", "import_id", "stated_at"),
            )
        },
        "certificates": {
            1: (
                *("id", "person_id", "kind", "certificate_number", "issuer", "valid_from"),
                *("valid_to", "import_id", "stated_at"),
            )
        },
        "certificate_events": {
            1: ("id", "certificate_id", "number", "event", "day", "year", "stated_at")
        },
        "undertakings": {1: ("id", "person_id", "number", "signed_on", "import_id", "stated_at")},
        "recorder_kinds": {
            1: (
                *("id", "recorder_id", "number", "kind", "serial", "retires_on"),
                *("import_id", "stated_at"),
            )
        },
        "recorder_conditions": {
            1: ("id", "recorder_id", "number", "condition", "since", "reason", "stated_at")
        },
        "self_tests": {
            1: ("id", "recorder_id", "number", "tested_at", "passed", "import_id", "stated_at")
        },
        "loans": {1: ("id", "recorder_id", "number", "unit_id", "out_at", "stated_at")},
        "loan_ends": {1: ("id", "back_at", "stated_at")},
        "assignments": {
            1: (
                *("id", "recorder_id", "number", "holder_id", "supervisor_id", "out_at"),
                *("due_at", "back_at", "clock_offset_ms", "stated_at"),
            )
        },
        "assignment_returns": {1: ("id", "back_at", "clock_offset_ms", "stated_at")},
        "ratio_waivers": {
            1: (
                *("id", "unit_id", "number", "from_day", "to_day", "reason"),
                *("approver_id", "stated_at"),
            )
        },
        "reviewings": {
            1: ("id", "person_id", "number", "from_day", "unit_id", "source", "stated_at")
        },
        "trainings": {
            1: ("id", "person_id", "number", "day", "tenths", "kind", "course", "stated_at")
        },
        "clean_ups": {
            1: (
                *("id", "unit_id", "number", "year", "listed", "list_sha256"),
                *("signer_id", "signed_on", "stated_at"),
            )
        },
        "places": {
            1: (
                *("id", "unit_id", "name", "kind", "rights_bearing", "signage"),
                *("since", "stated_at"),
            )
        },
        "place_ends": {1: ("id", "ended_at", "stated_at")},
        "place_devices": {1: ("id", "recorder_id", "number", "place_id", "since", "stated_at")},
        "stations": {1: ("id", "unit_id", "slots", "added_at")},
        "station_clocks": {
            1: ("id", "station_id", "number", "offset_ms", "measured_at", "stated_at")
        },
        "findings": {
            1: (
                *("id", "year", "ordinal", "kind", "subject", "unit_id", "principal_id"),
                *("action_id", "case_id", "recording_id", "rule", "facts", "opened_at"),
            )
        },
        "finding_events": {
            1: (
                *("id", "finding_id", "number", "event", "year", "ordinal", "person_id"),
                *("body", "stated_at"),
            )
        },
        "self_reports": {
            1: ("id", "subject", "number", "cause", "reason", "person_id", "stated_at")
        },
        "scrubs": {
            1: ("id", "vault_id", "mode", "objects", "bytes", "failed", "started_at", "ended_at")
        },
    }
)

OPERATIONAL = frozenset(
    {
        "leases",
        "seen_files",
        "fixity",
        "object_pins",
        "derivatives",
        "credentials",
        "invitations",
        "login_sessions",
        "login_attempts",
        "open_views",
        "listing",
        "listing_head",
        "entry_subjects",
        "case_follow",
        "policies_followed",
        "spans",
        "link_waiting",
        "assessments_due",
        "finding_follow",
        "clock_marks",
        "alembic_version",
    }
)
PERSONAL = frozenset({"personal_data"})
LOG = frozenset({"entries", "log_nodes", "log_head", "checkpoints"})

ALL = frozenset(EVIDENTIAL) | OPERATIONAL | PERSONAL | LOG

COMMITTED = frozenset(
    {"path", "label", "full_name", "officer_number", "login", "certificate_number", "reason"}
    | {"place", "title", "party", "note", "outsider", "purpose", "receiver"}
)
"""Columns that always hold a commitment or null; `claims.value` holds one for officers."""


def newest_format(table: str) -> int:
    """The row format that is written today."""
    return max(EVIDENTIAL[table])
