"""What leaves under a grant: originals against a signed receipt, media that are due back."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from cases import confidentiality, grants, handing_out
from cases.grants import NewGrant, Objects, Whom
from cases.handing_out import RECEIPT, NewLoan
from evidence.access import GranteeKind, GrantKind, Term
from evidence.errors import BadInput, NotFound, Refused
from evidence.note import parse_statement, read
from evidence.ratio import day_of
from proof.keys import verify_ed25519
from storage.site import SitePlan
from tests.casework import Bureau, bureau
from tests.docking import put

CLIPS = {"DCIM/a.mp4": b"one", "DCIM/b.mp4": b"another"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        made.house.take(put(tmp_path / "card", CLIPS))
        yield made


def granted(office: Bureau, kind: GrantKind, *, to: GranteeKind = GranteeKind.COURT) -> str:
    """A grant of both recordings for a week, asked for by one and approved by another."""
    user, approver = office.officer(), office.officer()
    recordings = tuple(sorted(row["id"] for row in office.house.rows("recordings")))
    today = day_of(office.clock())
    new = NewGrant(
        kind=kind,
        whom=Whom(to, user, "某区人民法院"),
        purpose="审理",
        basis="行政诉讼法 第四十条",
        document_number="调〔2026〕1号",
        objects=Objects(recordings=recordings),
        term=Term(today, today + timedelta(days=7)),
        requester=user,
    )
    made = grants.request(office.ledger, new)
    grants.approve(office.ledger, made, person=approver)
    return made


def test_a_copy_is_whole_checkable_by_others_and_stands_in_a_signed_receipt(
    office: Bureau, tmp_path: Path
) -> None:
    site, grant, person = office.house.site, granted(office, GrantKind.COPY), office.officer()
    folder = tmp_path / "given"
    made = handing_out.give_originals(
        site, grant, folder=folder, receiver="书记员 王某", person=person
    )
    digests = sorted(hashlib.sha256(body).hexdigest() for body in CLIPS.values())
    names = {*digests, *(f"{one}.custody.jsonl" for one in digests), "SHA256SUMS", "receipt.txt"}
    assert {path.name for path in folder.iterdir()} == names
    sums = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    subprocess.run(sums, cwd=folder, check=True, capture_output=True)
    acts = [
        json.loads(line)["act"]
        for line in (folder / f"{digests[0]}.custody.jsonl").read_text("utf-8").splitlines()
    ]
    assert {"recording.sealed", "recording.exported"} <= set(acts)
    text = read(
        (folder / "receipt.txt").read_text("utf-8"), site.station_signer.key, verify=verify_ed25519
    )
    said = parse_statement(RECEIPT, text)
    assert [one["recording"] for one in said["recordings"]] == digests  # type: ignore[index,union-attr,call-overload]
    assert "书记员" not in text  # a commitment: the name can be erased, the receipt stays
    with site.database.read() as connection:
        assert handing_out.copies_of(connection, grant) == [made]
    assert made.receiver == "书记员 王某"
    office.house.assert_green()
    with pytest.raises(BadInput):
        handing_out.give_originals(site, grant, folder=folder, receiver="某", person=person)


def test_what_no_grant_covers_does_not_leave(office: Bureau, tmp_path: Path) -> None:
    site, person, folder = office.house.site, office.officer(), tmp_path / "given"

    def refused(grant: str) -> str:
        with pytest.raises(Refused) as caught:
            handing_out.give_originals(site, grant, folder=folder, receiver="某", person=person)
        assert not folder.exists()
        return caught.value.code

    assert refused(granted(office, GrantKind.CONSULT)) == "GRANT_NOT_COPY"
    assert refused(granted(office, GrantKind.BORROW)) == "GRANT_NOT_COPY"
    party = granted(office, GrantKind.COPY, to=GranteeKind.COUNTERPART)
    recording = office.house.rows("recordings")[0]["id"]
    confidentiality.state(
        office.ledger, recording, level="PRIVACY", person=person, reason="有未成年人"
    )
    assert refused(party) == "COPY_FORM"
    late = granted(office, GrantKind.COPY)
    office.clock.now += timedelta(days=8)
    assert refused(late) == "GRANT_NOT_ACTIVE"
    with pytest.raises(NotFound):
        handing_out.give_originals(site, "none", folder=folder, receiver="某", person=person)
    with pytest.raises(BadInput):
        handing_out.give_originals(site, late, folder=folder, receiver=" ", person=person)


def test_a_lent_medium_is_overdue_after_its_day_until_it_is_back(office: Bureau) -> None:
    ledger, person = office.ledger, office.officer()
    grant, today = granted(office, GrantKind.BORROW), day_of(office.clock())

    def lend(due: date, medium: str = "移动硬盘 3 号") -> str:
        return handing_out.lend(ledger, grant, new=NewLoan(medium, due, "王某"), person=person)

    for due in (today - timedelta(days=1), today + timedelta(days=8)):
        with pytest.raises(BadInput) as outside:
            lend(due)
        assert outside.value.facts["why"] == "LOAN_DUE"
    with pytest.raises(BadInput):
        lend(today, medium=" ")
    copying = granted(office, GrantKind.COPY)
    with pytest.raises(Refused) as other:
        handing_out.lend(ledger, copying, new=NewLoan("盘", today, "王某"), person=person)
    assert other.value.code == "GRANT_NOT_BORROW"
    first, second = lend(today + timedelta(days=2)), lend(today + timedelta(days=1))
    with office.house.site.database.read() as connection:
        found = handing_out.loans(connection)
    assert [one.id for one in found] == [second, first]  # what is due first
    late = today + timedelta(days=2)
    assert [one.is_overdue(late) for one in found] == [True, False]
    handing_out.take_back(ledger, second, person=person, said="完好")
    with pytest.raises(BadInput):
        handing_out.take_back(ledger, second, person=person)
    with office.house.site.database.read() as connection:
        back = handing_out.loan(connection, second)
        assert [one.id for one in handing_out.loans(connection, [grant])] == [first, second]
        assert handing_out.loans(connection, []) == []
    assert (back.is_overdue(late), back.back_note) == (False, "完好")
    office.house.assert_green()
