"""The evidential tables of disposal; `evidence.tables` takes them among its own."""

from collections.abc import Mapping
from types import MappingProxyType

Columns = tuple[str, ...]

DISPOSAL_TABLES: Mapping[str, Mapping[int, Columns]] = MappingProxyType(
    {
        "disposal_batches": {
            1: (
                *("id", "year", "ordinal", "list_sha256", "list", "note", "person_id"),
                "stated_at",
            )
        },
        "disposal_answers": {
            1: (
                *("id", "batch_id", "number", "answer", "list_sha256", "note", "person_id"),
                "stated_at",
            )
        },
        "tombstones": {
            1: (
                *("id", "recording_id", "number", "batch_id", "list_sha256", "sightings"),
                *("person_id", "stated_at"),
            )
        },
        "disposal_certificates": {
            1: ("id", "year", "ordinal", "batch_id", "list_sha256", "signed", "issued_at")
        },
        "clock_explanations": {
            1: (
                *("id", "number", "position", "kind", "note", "person_id", "second_id"),
                "stated_at",
            )
        },
    }
)
