"""Rows of access for the honest store: one of each table, on record."""

from evidence.canonical import dumps
from evidence.personal import REMARK
from tests.honest_people import Store


def add_access(store: Store) -> None:
    """A grant that was approved, used and revoked, a refused try, and a review of the looks."""
    said = {"person_id": "p1", "stated_at": store.at}
    listed = [min(store.contents)]
    store.row(
        "access_grants",
        id="g1",
        kind="COPY",
        grantee="COURT",
        grantee_id="p1",
        outsider=store.personal(REMARK, "某区人民法院"),
        purpose=store.personal(REMARK, "调取证据"),
        basis="行政诉讼法 第四十条",
        document_number="调〔2026〕1号",
        case_id=None,
        recordings=dumps([*listed]).decode(),
        from_day="2026-06-01",
        to_day="2026-06-30",
        **said,
    )
    store.enter("access.requested", {"grant": "g1", "kind": "COPY", "objects": [*listed]})
    store.row("access_answers", id="g1", answer="APPROVED", note=None, **said)
    store.enter("access.approved", {"grant": "g1", "objects": [*listed]})
    _add_outgoing(store, said)
    store.row("view_grounds", id="v1", ground="GRANT", grant_id="g1")
    store.enter("recording.viewed", {"view": "v1", "recording": listed[0], "kind": "PREVIEW"})
    store.row("access_ends", id="g1", reason=store.personal(REMARK, "已毕"), **said)
    store.enter("access.revoked", {"grant": "g1", "objects": [*listed]})
    store.row(
        "access_denials", id="d1", recording_id=listed[0], account_id="a1", kind="PREVIEW", **said
    )
    store.enter("access.denied", {"recording": listed[0], "kind": "PREVIEW"})
    store.row(
        "confidentialities",
        id=f"{listed[0]}/0",
        recording_id=listed[0],
        number=0,
        degree="PRIVACY",
        reason=store.personal(REMARK, "有未成年人"),
        **said,
    )
    store.enter("confidentiality.stated", {"recording": listed[0], "level": "PRIVACY"})
    _add_review(store, said)


def _add_outgoing(store: Store, said: dict[str, str]) -> None:
    receiver = store.personal(REMARK, "书记员")
    store.row(
        "copies_out",
        id="g1/0",
        grant_id="g1",
        number=0,
        form="ORIGINAL",
        receiver=receiver,
        signed="liuhen copy v1",
        **said,
    )
    store.enter("access.copied", {"grant": "g1", "copy": "g1/0"})
    lent = {"medium": "移动硬盘 3 号", "due_on": "2026-06-10", "receiver": receiver}
    store.row("borrowings", id="g1/0", grant_id="g1", number=0, **lent, **said)
    store.enter("access.lent", {"grant": "g1", "borrowing": "g1/0"})
    store.row("borrowing_ends", id="g1/0", note=None, **said)
    store.enter("access.returned", {"grant": "g1", "borrowing": "g1/0"})


def _add_review(store: Store, said: dict[str, str]) -> None:
    store.row(
        "supervisions",
        id="2026-06/0",
        period="2026-06",
        number=0,
        first_day="2026-06-01",
        last_day="2026-06-30",
        looks=1,
        log_size=9,
        body=dumps({"flags": [], "raised": []}).decode(),
        note=None,
        **said,
    )
    store.enter("access.supervised", {"supervision": "2026-06/0", "period": "2026-06"})
