"""The evidential tables of cases and actions; `evidence.tables` takes them among its own."""

from collections.abc import Mapping
from types import MappingProxyType

Columns = tuple[str, ...]

_STATED = ("person_id", "stated_at")

CASE_TABLES: Mapping[str, Mapping[int, Columns]] = MappingProxyType(
    {
        "case_imports": {
            1: ("id", "kind", "file_sha256", "rows_taken", "rows_refused", "imported_at")
        },
        "cases": {1: ("id", "source", "external_id", "added_at")},
        "case_statements": {
            1: (
                *("id", "case_id", "number", "case_number", "unit_id", "category"),
                *("category_name", "power_item", "title", "party", "is_major"),
                *("especially_major", "import_id", "stated_at"),
            )
        },
        "case_steps": {1: ("id", "case_id", "number", "state", "at", "body", *_STATED)},
        "case_records": {
            1: ("id", "case_id", "number", "kind", "at", "document_sha256", "body", *_STATED)
        },
        "actions": {1: ("id", "source", "external_id", "added_at")},
        "action_statements": {
            1: (
                *("id", "action_id", "number", "case_id", "unit_id", "type", "type_name"),
                *("category", "category_name", "power_item", "place", "room_id"),
                *("touches_liberty", "touches_life_health", "touches_major_property"),
                *("tier_raised", "planned_from", "planned_to", "import_id", "stated_at"),
            )
        },
        "action_states": {1: ("id", "action_id", "number", "state", "at", "body", *_STATED)},
        "action_intervals": {
            1: (
                *("id", "action_id", "number", "starts_at", "ends_at", "basis_sha256"),
                *("reason", "declared_by", "second_person", "stated_at"),
            )
        },
        "action_team": {
            1: (
                *("id", "action_id", "number", "person_id", "role", "is_recorder_person"),
                *("came_at", "left_at", "is_withdrawn", "stated_at"),
            )
        },
        "action_records": {
            1: ("id", "action_id", "number", "kind", "at", "document_sha256", "body", *_STATED)
        },
        "proposals": {
            1: ("id", "subject", "number", "kind", "body", "reason", "person_id", "stated_at")
        },
        "proposal_answers": {1: ("id", "answer", "note", "person_id", "stated_at")},
        "step_tries": {1: ("id", "subject", "step", "passed", "refusals", "person_id", "tried_at")},
    }
)
