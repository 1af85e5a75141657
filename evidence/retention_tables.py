"""The evidential tables of holds and retention; `evidence.tables` takes them among its own."""

from collections.abc import Mapping
from types import MappingProxyType

Columns = tuple[str, ...]

RETENTION_TABLES: Mapping[str, Mapping[int, Columns]] = MappingProxyType(
    {
        "holds": {
            1: (
                *("id", "kind", "unit_id", "basis", "note", "owner_id", "scope", "listed"),
                *("review_on", "until_day", "origin", "person_id", "stated_at"),
            )
        },
        "hold_reviews": {
            1: ("id", "hold_id", "number", "review_on", "note", "person_id", "stated_at")
        },
        "hold_releases": {1: ("id", "basis", "note", "person_id", "released_at")},
        "case_terms": {
            1: (
                *("id", "case_id", "number", "class_code", "period", "ends_on", "real_estate"),
                *("source", "article", "quote", "needs_second", "person_id", "stated_at"),
            )
        },
        "case_term_answers": {1: ("id", "answer", "note", "person_id", "stated_at")},
        "retention_versions": {
            1: (
                *("id", "unit_id", "number", "from_day", "periods", "retroactive"),
                *("touched", "preview_sha256", "note", "person_id", "stated_at"),
            )
        },
        "retention_answers": {
            1: ("id", "answer", "touched", "preview_sha256", "note", "person_id", "stated_at")
        },
    }
)
