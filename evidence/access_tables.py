"""The evidential tables of access; `evidence.tables` takes them among its own."""

from collections.abc import Mapping
from types import MappingProxyType

Columns = tuple[str, ...]

_SAID = ("person_id", "stated_at")

ACCESS_TABLES: Mapping[str, Mapping[int, Columns]] = MappingProxyType(
    {
        "access_grants": {
            1: (
                *("id", "kind", "grantee", "grantee_id", "outsider", "purpose", "basis"),
                *("document_number", "case_id", "recordings", "from_day", "to_day", *_SAID),
            )
        },
        "access_answers": {1: ("id", "answer", "note", *_SAID)},
        "access_ends": {1: ("id", "reason", *_SAID)},
        "access_denials": {
            1: ("id", "recording_id", "account_id", "person_id", "kind", "stated_at")
        },
        "view_grounds": {1: ("id", "ground", "grant_id")},
        "confidentialities": {1: ("id", "recording_id", "number", "degree", "reason", *_SAID)},
        "copies_out": {1: ("id", "grant_id", "number", "form", "receiver", "signed", *_SAID)},
        "borrowings": {1: ("id", "grant_id", "number", "medium", "due_on", "receiver", *_SAID)},
        "borrowing_ends": {1: ("id", "note", *_SAID)},
        "supervisions": {
            1: (
                *("id", "period", "number", "first_day", "last_day", "looks", "log_size"),
                *("body", "note", *_SAID),
            )
        },
    }
)
