"""What single routes of the matrix are sent, and what they answer past the table of roles."""

from collections.abc import Mapping

from evidence.vocabulary import Role
from tests.own_policy import own_text

LOOKS = frozenset(
    ("POST", f"/api/recordings/{{recording}}/{what}") for what in ("preview", "original")
)
"""Routes by which somebody looks."""

_SHA256 = "ab" * 32
_CLAUSE = {"document": "某局办法", "article": "第十条", "quote": "六个月"}
_PERIOD = {"class_code": "UNLINKED", "period": "6 mo", **_CLAUSE}
SAID: Mapping[str, object] = {
    "bearing": "NEUTRAL",
    "body_kind": "AGENCY",
    "category": "PENALTY",
    "cause": "OTHER",
    "class_code": "LONG",
    "choice": "RECORD",
    "code": "笔录",
    "device_at": "2024-03-01T01:00:00Z",
    "true_at": "2024-03-01T01:00:01Z",
    "document_code": "笔录",
    "document_sha256": _SHA256,
    "documents": [_SHA256],
    "end": "2024-03-01T02:00:00Z",
    "start": "2024-03-01T01:00:00Z",
    "from_ms": 0,
    "to_ms": 1,
    "group": "TIME",
    "in_favour": 4,
    "item": "CAUSE",
    "offset_ms": 5,
    "opinion": "AGREE",
    "reconsideration_until": "2099-01-01",
    "list_sha256": _SHA256,
    "originals": [_SHA256],
    "recording": _SHA256,
    "review_on": "2099-01-01",
    "signer": "COUNTERPART",
    "signers": ["p"],
    "stage": "START",
    "suit_until": "2099-06-01",
    "to": "FILED",
    "triage": "IMMEDIATE",
    "type": "INSPECTION",
    "condition": "REPAIR",
    "day": "2024-03-01",
    "due_at": "2099-01-01T00:00:00Z",
    "due_on": "2099-01-01",
    "event": "ANNUAL_CHECK",
    "first": "2024-01-01",
    "from_day": "2024-01-01",
    "kind": "CAMCORDER",
    "last": "2024-12-31",
    "passed": True,
    "role": Role.AUDITOR.value,
    "signed_on": "2024-01-01",
    "source": "STAFF",
    "tenths": 80,
    "to_day": "2099-12-31",
    "valid_from": "2100-01-01",  # after the certificate that everybody has
    "valid_to": "2104-01-01",
}
"""What stands in fields that name nothing of the site."""


BY_ROUTE: Mapping[tuple[str, str], object] = {
    ("answer", "answer"): "LATER",
    ("answers", "answer"): "REFUSED",
    **{(end, "body"): own_text({}, valid_from="2099-01-01") for end in ("preview", "own")},
    ("answer", "approve"): False,
    **{(end, "scope"): {} for end in ("found", "holds")},
    ("holds", "kind"): "MANUAL",
    **{(end, "periods"): [_PERIOD] for end in ("preview", "versions")},
    ("awareness", "mode"): "VISIBLE_DEVICE",
    ("confidentiality", "level"): "PRIVACY",
    ("grants", "kind"): "CONSULT",
    ("collective", "members"): 7,
    ("identity", "mode"): "SHOWN",
    ("quarantine", "cause"): "EXTERNAL",
    ("release", "cause"): "EXTERNAL",
    ("reports", "kind"): "holders",
}
"""What stands in a field by the end of the address, where the same name means other things."""

PAST: Mapping[tuple[str, str], int] = (
    {
        ("POST", f"/api/actions/{{action}}/{step}"): status
        for step, status in {
            "start": 409,
            "end": 409,
            "settle": 409,
            "notices": 422,
            "documents": 422,
            "segments": 422,
        }.items()
    }
    | {("POST", f"/api/cases/{{case}}/{fact}"): 422 for fact in ("opinions", "tags", "terms")}
    | {
        **{("POST", f"/api/holds{end}"): 422 for end in ("", "/found")},
        ("POST", "/api/retention/versions"): 422,
        ("POST", "/api/proposals/{proposal}/withdraw"): 409,  # it is somebody else's
        ("POST", "/api/disposals"): 404,  # it names what nobody has
        ("POST", "/api/disposals/{batch}/execution"): 409,  # two persons have not approved it
        ("POST", "/api/supervision/{period}/reviews"): 422,  # it is not over
        ("POST", "/api/grants"): 422,
        ("POST", "/api/grants/{grant}/approve"): 409,
        ("POST", "/api/grants/{grant}/revoke"): 422,
        ("POST", "/api/grants/{grant}/loans"): 409,  # it is one to consult
        ("POST", "/api/grants/{grant}/loans/{number}/return"): 404,  # nothing was lent
    }
)
"""What answers past the table: guards of steps, and facts that a bare request cannot be."""
