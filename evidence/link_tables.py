"""The evidential tables of measured recordings, links and assessments, as `evidence.tables` lists.

Apart from there only for its length.
"""

from collections.abc import Mapping
from types import MappingProxyType

Columns = tuple[str, ...]

LINK_TABLES: Mapping[str, Mapping[int, Columns]] = MappingProxyType(
    {
        "media_facts": {
            1: (
                *("id", "recording_id", "number", "tool", "video", "sound", "labels", "place"),
                "measured_at",
            )
        },
        "clock_anchors": {
            1: (
                *("id", "subject", "number", "recorder_id", "recording_id", "device_at"),
                *("true_at", "person_id", "note", "stated_at"),
            )
        },
        "quarantines": {
            1: (
                *("id", "recording_id", "number", "state", "cause", "note", "person_id"),
                "stated_at",
            )
        },
        "links": {
            1: (
                *("id", "recording_id", "number", "action_id", "basis", "reasons", "person_id"),
                "stated_at",
            )
        },
        "link_ends": {1: ("id", "reason", "person_id", "second_person", "ended_at")},
        "link_answers": {1: ("id", "recording_id", "number", "answer", "person_id", "stated_at")},
        "segment_links": {
            1: (
                *("id", "recording_id", "number", "action_id", "document_sha256"),
                *("document_code", "from_ms", "to_ms", "note", "person_id", "stated_at"),
            )
        },
        "assessments": {
            1: ("id", "action_id", "number", "verdict", "body", "sha256", "assessed_at")
        },
    }
)
