"""A bureau whose footage becomes due: its period, days that pass, and batches that two approve."""

import contextlib
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from cases import disposal, disposal_clock, disposal_rows
from cases.disposal import House, Proposal, Said
from cases.disposal_clock import NOTHING, Explanation, Machine
from cases.disposal_rows import Batch
from evidence.canonical import dumps
from evidence.disposal import Answer, Line
from evidence.disposal_clock import JumpKind
from evidence.errors import BadInput
from storage import schema
from storage.ledger import Row
from tests.casework import Bureau
from tests.docking import House as DockHouse
from tests.filming import between, dock


def set_period(office: Bureau, period: str, *, by: str, second: str) -> None:
    """Footage that is linked to nothing is kept for so long, whenever it was made."""
    rule = {"class": "UNLINKED", "period": period, "document": "本局规定", "article": "第一条"}
    with office.ledger.act() as act:
        row: Row = {
            **act.numbered(schema.retention_versions, owner="unit_id", value=office.unit),
            "from_day": "2020-01-01",
            "periods": dumps([{**rule, "quote": "保管期限"}]).decode(),
            "retroactive": 1,
            "touched": 0,
            "preview_sha256": "0" * 64,
            "note": None,
            "person_id": by,
            "stated_at": act.at_text,
        }
        act.insert(schema.retention_versions, row)
        agreed: Row = {
            "id": row["id"],
            "answer": "APPROVED",
            "touched": 0,
            "preview_sha256": "0" * 64,
            "note": None,
            "person_id": second,
            "stated_at": act.at_text,
        }
        act.insert(schema.retention_answers, agreed)
        act.enter("retention.changed", {"version": row["id"]})


@dataclass(frozen=True)
class Disposing:
    """A bureau and two persons who may let footage go; `machine` is what tells the time."""

    office: Bureau
    first: str
    second: str
    machine: Machine = NOTHING

    @classmethod
    def of(cls, office: Bureau, period: str = "3 mo") -> "Disposing":
        """With two officers and a period for what is linked to nothing."""
        first, second = office.officer(), office.officer()
        set_period(office, period, by=first, second=second)
        return cls(office, first, second)

    @property
    def house(self) -> House:
        """What the acts need."""
        return House.of(self.office.house.site, self.machine)

    def footage(self, folder: Path, recorder: str, *, day: str, clips: int = 1) -> list[str]:
        """Recordings of a day, docked that evening."""
        self.office.clock.set(f"{day} 18:00")
        with contextlib.suppress(BadInput):  # where it stood still for a short while only
            self.later(0)
        times = [between(f"10:{n:02}:00", f"10:{n:02}:30", day=day) for n in range(clips)]
        return dock(self.office, folder, recorder, clips=times)

    def later(self, days: int) -> None:
        """Days pass, in which the station stood still, as both persons say."""
        self.office.clock.now += timedelta(days=days)
        said = Explanation(JumpKind.STOOD_STILL, "停用", self.first, self.second)
        disposal_clock.explain_jumps(self.office.ledger, self.machine, said=said)

    def proposed(self, *recordings: str) -> Batch:
        """A batch of these, as it is on record."""
        new = Proposal(recordings, self.first, "期限已满，无继续保存价值")
        return self.batch(disposal.propose(self.house, new))

    def approved(self, *recordings: str, wait: int = 8) -> Batch:
        """A batch that both approved, some days ago."""
        batch = self.proposed(*recordings)
        for person in (self.first, self.second):
            self.approve(batch, person)
        self.office.clock.now += timedelta(days=wait)
        return self.batch(batch.id)

    def approve(self, batch: Batch, person: str) -> None:
        """A person approves the list as it is."""
        said = Said(Answer.APPROVED, person, batch.list_sha256)
        disposal.answer(self.house, batch.id, said=said)

    def carry_out(self, batch: Batch) -> str:
        """Carries it out; returns the certificate."""
        return disposal.carry_out(self.house, batch.id, person=self.second)

    def batch(self, batch_id: str) -> Batch:
        """The batch as it is on record."""
        with self.office.house.site.database.read() as connection:
            return disposal_rows.batch(connection, batch_id)

    def has(self, recording: str) -> bool:
        """Whether its bytes are in the vault."""
        return self.office.house.site.vault.size(recording) is not None


def put_batch(house: DockHouse, recording: str) -> str:
    """A batch of one recording as its row has it, whoever may see that, due or not."""
    line = Line(recording, 1, "UNLINKED", "1 y", "2020-01-01", "2021-01-01", "x")
    with house.site.ledger.act() as act:
        person = act.connection.execute(select(schema.persons.c.id).limit(1)).scalar_one()
        new = Proposal((recording,), person, "x")
        batch = disposal.insert_batch(act, [line], new=new)
        act.enter("disposal.proposed", {"batch": batch})
    return batch


def put_certificate(house: DockHouse, batch_id: str) -> str:
    """A certificate of a batch under which nothing went."""
    with house.site.ledger.act() as act:
        batch = replace(disposal_rows.batch(act.connection, batch_id), lines=())
        number = disposal.insert_certificate(act, house.site, batch=batch, outcomes={})
        act.enter("disposal.certified", {"batch": batch_id, "certificate": number})
    return number
