"""Rows of holds and retention for the honest store: one of each table, on record."""

import hashlib

from evidence.canonical import Json, dumps
from evidence.personal import REMARK
from tests.honest_people import Store


def add_retention(store: Store) -> None:
    """A hold that was reviewed and released, the end of a case file, a bureau's own periods."""
    said = {"person_id": "p1", "stated_at": store.at}
    listed = [min(store.contents)]
    nothing: dict[str, Json] = {"persons": [], "from": None, "to": None, "cases": [], "actions": []}
    store.row(
        "holds",
        id="h1",
        kind="COMPLAINT",
        unit_id="u1",
        basis="投诉〔2026〕1号",
        note=store.personal(REMARK, "当面投诉"),
        owner_id="p1",
        scope=dumps({**nothing, "recordings": listed}).decode(),
        listed=dumps([*listed]).decode(),
        review_on="2026-06-30",
        until_day=None,
        origin=None,
        **said,
    )
    store.enter("hold.placed", {"hold": "h1", "kind": "COMPLAINT", "objects": [*listed]})
    store.row(
        "hold_reviews",
        id="h1/0",
        hold_id="h1",
        number=0,
        review_on="2026-12-31",
        note=None,
        **said,
    )
    store.enter("hold.reviewed", {"hold": "h1", "review_on": "2026-12-31"})
    store.row(
        "hold_releases",
        id="h1",
        basis="办结〔2026〕1号",
        note=None,
        person_id="p1",
        released_at=store.at,
    )
    store.enter("hold.released", {"hold": "h1", "kind": "COMPLAINT"})
    _add_terms(store, said)
    _add_policy(store, said)


def _add_terms(store: Store, said: dict[str, str]) -> None:
    source = {"document": "某局档案管理办法", "article": "第十条", "quote": "保管三十年"}
    store.row(
        "case_terms",
        id="k1/0",
        case_id="k1",
        number=0,
        class_code="CASE_FILE",
        period="30 y",
        ends_on=None,
        real_estate=0,
        source=source["document"],
        article=source["article"],
        quote=source["quote"],
        needs_second=1,
        **said,
    )
    store.enter("case.term_stated", {"case": "k1", "term": "k1/0"})
    store.row("case_term_answers", id="k1/0", answer="APPROVED", note=None, **said)
    store.enter("case.term_answered", {"case": "k1", "term": "k1/0", "answer": "APPROVED"})
    store.row(
        "retention_versions",
        id="v1",
        unit_id="u1",
        number=0,
        from_day="2026-07-01",
        periods=dumps([{"class": "WORKING_MATERIAL", "period": "6 mo", **source}]).decode(),
        retroactive=1,
        touched=0,
        preview_sha256="4" * 64,
        note=None,
        **said,
    )
    store.enter("retention.proposed", {"version": "v1", "unit": "u1", "touched": 0})
    store.row(
        "retention_answers",
        id="v1",
        answer="APPROVED",
        touched=0,
        preview_sha256="4" * 64,
        note=None,
        **said,
    )
    store.enter("retention.answered", {"version": "v1", "answer": "APPROVED"})


def _add_policy(store: Store, said: dict[str, str]) -> None:
    body = "format = 1\n"
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    store.row(
        "own_policies",
        id="o1",
        profile="own@1",
        number=0,
        valid_from="2026-07-01",
        retroactive=0,
        body=body,
        sha256=sha256,
        note=None,
        **said,
    )
    store.enter("policy.proposed", {"policy": "o1", "profile": "own@1", "sha256": sha256})
    store.row("own_policy_answers", id="o1", answer="REFUSED", note=None, **said)
    store.enter("policy.answered", {"policy": "o1", "answer": "REFUSED"})
