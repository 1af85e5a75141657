"""Acts of disposal (处置): proposed, answered by two persons, carried out in two transactions.

Holds always: everything is judged again under the log's lock, in the transaction that writes the
tombstones, so a hold either comes before and keeps the bytes, or finds the tombstone and is
refused; the whole of a batch goes, or none of it; the tombstones are committed before the first
byte goes and the certificate is signed after the last one did; killed in between, it goes on at the
next start; a try that is refused is on record too, with its reasons.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from cases import disposal_rows, kept
from cases.disposal_clock import LogTimes, Machine, doubts_now
from cases.disposal_judging import Against, Judge, delay_days
from cases.disposal_rows import Batch
from evidence import note
from evidence.canonical import Json
from evidence.disposal import (
    MOST_IN_A_DAY,
    MOST_IN_BATCH,
    Answer,
    BatchBar,
    BatchState,
    Line,
    Told,
    against_answer,
    executable_on,
    frozen,
    words,
)
from evidence.disposal_certificate import CERTIFICATE, KEPT, REMOVED, Gone, certificate_body
from evidence.disposal_clock import SOURCES, Doubt
from evidence.entry import time_text
from evidence.errors import Refused
from evidence.personal import REMARK
from evidence.ratio import day_of
from storage import removing, schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow
from storage.removing import Shelf as Store
from storage.reporting import log_position
from storage.site import Site

_A_DAY = timedelta(days=1)
_NAMED = 5
"""How many recordings a sentence names; all of them stand beside it."""


@dataclass(frozen=True)
class House:
    """What disposal needs: who writes, which stores hold copies, and what tells the time."""

    site: Site
    ledger: Ledger
    machine: Machine
    stores: Sequence[Store]

    @classmethod
    def of(cls, site: Site, machine: Machine, *, ledger: Ledger | None = None) -> "House":
        """That of a site, in somebody's name if their ledger is given."""
        return cls(site, ledger or site.ledger, machine, removing.shelves(site))


@dataclass(frozen=True)
class Bars:
    """All that stands against a step; nothing does where it is empty."""

    batch: tuple[tuple[BatchBar, Mapping[str, str | int]], ...] = ()
    lines: tuple[Against, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def codes(self) -> list[str]:
        """The machine codes, each once."""
        found = [one.value for one, _ in self.batch] + [one.bar.value for one in self.lines]
        return list(dict.fromkeys(found))

    def sentences(self) -> tuple[str, str]:
        """Everything in Chinese and English."""
        said = [words(bar, facts) for bar, facts in self.batch if bar is not BatchBar.LINES]
        said += [_doubt_words(one) for one in self.doubts]
        said += [
            (f"{one.recording[:12]} {one.said[0]}", f"{one.recording[:12]} {one.said[1]}")
            for one in self.lines[:_NAMED]
        ]
        if len(self.lines) > _NAMED:
            more = len(self.lines) - _NAMED
            said.append((f"另有 {more} 项", f"{more} more"))
        return "；".join(one for one, _ in said), "; ".join(two for _, two in said)

    def __bool__(self) -> bool:
        """Whether anything stands against it."""
        return bool(self.batch or self.lines or self.doubts)


class DisposalRefused(Refused):
    """A step of a disposal was refused; `bars` are all the reasons, and the try is on record."""

    code = "DISPOSAL_REFUSED"

    def __init__(self, bars: Bars) -> None:
        self.bars = bars
        chinese, english = bars.sentences()
        super().__init__(english, reason_zh=chinese, reasons=" ".join(bars.codes))


# --- proposing and answering ----------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """What somebody wants to let go, with the appraisal (鉴定意见) in words; `person` is an id."""

    recordings: tuple[str, ...]
    person: str
    appraisal: str


def propose(house: House, new: Proposal) -> str:
    """The act `disposal.proposed`: the list is frozen by its digest; returns the batch.

    Raises `DisposalRefused`, `NotFound` or `BadInput`.
    """
    wanted = sorted(set(new.recordings))
    with house.ledger.act() as act:
        person = kept.known_person(act.connection, new.person)
        clock = _clock_bars(act, house)
        bars = [*clock.batch, *_size_bars(wanted)]
        lines: list[Line] = []
        against: list[Against] = []
        if not bars:
            judge = _judge(act, house)
            for one in wanted:
                line, found = judge.judged(one)
                lines += [] if line is None else [line]
                against += found
        refused = _bars(bars, against, doubts=clock.doubts)
        batch = "" if refused else insert_batch(act, lines, new=new)
        facts: dict[str, Json] = {"batch": batch, "recordings": [*wanted]}
        if refused:
            _deny(act, "disposal.proposed", facts=facts, bars=refused, person=person)
        else:
            act.enter("disposal.proposed", {**facts, "person": person})
    _raise(refused)
    return batch


def insert_batch(act: Act, lines: Sequence[Line], *, new: Proposal) -> str:
    """Writes a batch of lines within an act; returns it."""
    text, sha256 = frozen(lines)
    table = schema.disposal_batches
    year = day_of(act.at).year
    highest = select(func.max(table.c.ordinal)).where(table.c.year == year)
    ordinal = 1 + int(act.connection.execute(highest).scalar() or 0)
    row: NewRow = {
        "id": f"DB-{year}-{ordinal}",
        "year": year,
        "ordinal": ordinal,
        "list_sha256": sha256,
        "list": text,
        "note": kept.keep_needed(act, REMARK, value=new.appraisal, why="APPRAISAL"),
        "person_id": new.person,
        "stated_at": act.at_text,
    }
    act.insert(table, row)
    return str(row["id"])


@dataclass(frozen=True)
class Said:
    """Somebody's answer to the list of this digest, with a note; `person` is an id."""

    answer: Answer
    person: str
    list_sha256: str
    note: str | None = None


def answer(house: House, batch_id: str, *, said: Said) -> BatchState:
    """The act `disposal.answered`; returns where the batch stands then.

    Raises `DisposalRefused` (SAME_PERSON, OTHER_LIST, CLOCK …), `NotFound` or `BadInput`.
    """
    with house.ledger.act() as act:
        batch = disposal_rows.batch(act.connection, batch_id)
        person = kept.known_person(act.connection, said.person)
        told = Told(said.answer, person, said.list_sha256, day_of(act.at))
        against = against_answer(
            batch.told, said=told, state=batch.state, list_sha256=batch.list_sha256
        )
        clock = _clock_bars(act, house) if said.answer is Answer.APPROVED else Bars()
        refused = _bars([*clock.batch, *((one, {}) for one in against)], doubts=clock.doubts)
        if not refused:
            row: NewRow = {
                **act.numbered(schema.disposal_answers, owner="batch_id", value=batch_id),
                "answer": said.answer.value,
                "list_sha256": said.list_sha256,
                "note": kept.keep(act, REMARK, value=said.note),
                "person_id": person,
                "stated_at": act.at_text,
            }
            act.insert(schema.disposal_answers, row)
        facts: dict[str, Json] = {"batch": batch_id, "answer": said.answer.value}
        if refused:
            _deny(act, "disposal.answered", facts=facts, bars=refused, person=person)
        else:
            act.enter("disposal.answered", {**facts, "person": person})
    _raise(refused)
    with house.ledger.database.read() as connection:
        return disposal_rows.batch(connection, batch_id).state


# --- carrying out ---------------------------------------------------------------------------------


def rehearse(house: House, batch_id: str) -> Bars:
    """The dry run: all that would stand against carrying it out now; writes nothing."""
    ledger = house.ledger
    with ledger.database.read() as connection:
        batch = disposal_rows.batch(connection, batch_id)
        act = Act(connection, ledger.clock(), actor=ledger.actor, signer=ledger.signer)
        return _against_burial(act, house, batch=batch)


def carry_out(house: House, batch_id: str, *, person: str) -> str:
    """Buries, removes and certifies a batch; returns the certificate.

    Raises `DisposalRefused` where anything changed since it was approved; `StorageFailed` or
    `VaultUnavailable` between tombstone and certificate, and the next start goes on.
    """
    bury(house, batch_id, person=person)
    return finish(house, batch_id)


def bury(house: House, batch_id: str, *, person: str) -> None:
    """Transaction 1, the act `disposal.buried`: a tombstone for each line, and no byte touched."""
    with house.ledger.act() as act:
        batch = disposal_rows.batch(act.connection, batch_id)
        known = kept.known_person(act.connection, person)
        refused = _against_burial(act, house, batch=batch)
        if not refused:
            for line in batch.lines:
                _insert_tombstone(act, line, batch=batch, person=known)
        facts: dict[str, Json] = {
            "batch": batch_id,
            "list_sha256": batch.list_sha256,
            "recordings": disposal_rows.recordings_of(batch.lines),
        }
        if refused:
            _deny(act, "disposal.buried", facts=facts, bars=refused, person=known)
        else:
            act.enter("disposal.buried", {**facts, "person": known})
    _raise(refused)


def _insert_tombstone(act: Act, line: Line, *, batch: Batch, person: str) -> None:
    seen = schema.sightings
    counted = select(func.count()).where(seen.c.recording_id == line.recording)
    row: NewRow = {
        **act.numbered(schema.tombstones, owner="recording_id", value=line.recording),
        "batch_id": batch.id,
        "list_sha256": batch.list_sha256,
        "sightings": int(act.connection.execute(counted).scalar_one()),
        "person_id": person,
        "stated_at": act.at_text,
    }
    act.insert(schema.tombstones, row)


def finish(house: House, batch_id: str, *, halt: Callable[[], None] = lambda: None) -> str:
    """The bytes, then transaction 2, the act `disposal.certified`; returns the certificate.

    `halt` is called between the two, and may raise to stop there as a kill would. Whoever comes
    second to certify finds it done.
    """
    with house.site.database.read() as connection:
        batch = disposal_rows.batch(connection, batch_id)
    if batch.certificate is not None:
        return batch.certificate
    outcomes = {
        line.recording: REMOVED
        if removing.remove(house.site, line.recording, stores=house.stores)
        else KEPT
        for line in batch.lines
        if line.recording in batch.buried
    }
    halt()
    return _certify(house, batch_id, outcomes=outcomes)


class _Certified(Refused):
    """Somebody else was as far already; `certificate` is theirs."""

    def __init__(self, certificate: str) -> None:
        super().__init__("It is certified", certificate=certificate)
        self.certificate = certificate


def _not_certified(act: Act, batch_id: str) -> Batch:
    """The batch; raises `_Certified`, which ends the act without an entry."""
    batch = disposal_rows.batch(act.connection, batch_id)
    if batch.certificate is not None:
        raise _Certified(batch.certificate)
    return batch


def _certify(house: House, batch_id: str, *, outcomes: Mapping[str, str]) -> str:
    try:
        with house.ledger.act() as act:
            batch = _not_certified(act, batch_id)
            number = insert_certificate(act, house.site, batch=batch, outcomes=outcomes)
            act.enter("disposal.certified", {"batch": batch_id, "certificate": number})
    except _Certified as found:
        return found.certificate
    return number


def insert_certificate(act: Act, site: Site, *, batch: Batch, outcomes: Mapping[str, str]) -> str:
    """Signs and writes the certificate of a batch within an act; returns its number."""
    table = schema.disposal_certificates
    year = day_of(act.at).year
    highest = select(func.max(table.c.ordinal)).where(table.c.year == year)
    ordinal = 1 + int(act.connection.execute(highest).scalar() or 0)
    number = f"DC-{year}-{ordinal}"
    position = log_position(act.connection).checkpoint
    approvers: list[Json] = [*batch.approvers]
    head: dict[str, Json] = {
        "site": site.site_id,
        "certificate": number,
        "batch": batch.id,
        "list_sha256": batch.list_sha256,
        "proposer": batch.person,
        "approvers": approvers,
        "executor": batch.executor,
        "buried_at": batch.buried_at,
        "issued_at": act.at_text,
        "log": {"origin": position.origin, "size": position.size, "root": position.root.hex()},
    }
    lines = [Gone(one, batch.buried[one.recording], outcomes[one.recording]) for one in batch.lines]
    statement = note.statement(CERTIFICATE, certificate_body(head, lines))
    row: NewRow = {
        "id": number,
        "year": year,
        "ordinal": ordinal,
        "batch_id": batch.id,
        "list_sha256": batch.list_sha256,
        "signed": site.station_signer.note(statement),
        "issued_at": act.at_text,
    }
    act.insert(table, row)
    return number


def resume(house: House) -> list[str]:
    """Goes on with what was buried and not certified; returns the certificates."""
    with house.site.database.read() as connection:
        waiting = disposal_rows.unfinished(connection)
    removing.drop_leftovers(house.site)
    return [finish(house, one) for one in waiting]


# --- what stands against it -----------------------------------------------------------------------


def _against_burial(act: Act, house: House, *, batch: Batch) -> Bars:
    clock = _clock_bars(act, house)
    if clock:  # by a wrong clock nothing else can be told
        return clock
    bars = _order_bars(act, batch)
    _, found = frozen(batch.lines)
    if found != batch.list_sha256:
        bars.append((BatchBar.OTHER_LIST, {}))
    recent = disposal_rows.buried_since(act.connection, time_text(act.at - _A_DAY))
    if recent + len(batch.lines) > MOST_IN_A_DAY:
        bars.append((BatchBar.TOO_MANY_TODAY, {"most": MOST_IN_A_DAY}))
    against: list[Against] = []
    if batch.state not in (BatchState.EXECUTED, BatchState.CERTIFIED):
        judge = _judge(act, house)
        for line in batch.lines:
            against += judge.against_frozen(line, batch=batch.id)
    return _bars(bars, against)


def _order_bars(act: Act, batch: Batch) -> list[tuple[BatchBar, Mapping[str, str | int]]]:
    """Whether two persons approved, and the delay since is over."""
    if batch.state is not BatchState.APPROVED_2:
        is_open = batch.state in (BatchState.DRAFT, BatchState.APPROVED_1)
        return [(BatchBar.NOT_APPROVED if is_open else BatchBar.NOT_OPEN, {})]
    today = day_of(act.at)
    until = executable_on(batch.told, delay_days=delay_days(act.connection, today))
    if until is None or today < until:
        return [(BatchBar.TOO_EARLY, {"until": "?" if until is None else until.isoformat()})]
    return []


def _size_bars(
    wanted: Sequence[str],
) -> list[tuple[BatchBar, Mapping[str, str | int]]]:
    if not wanted:
        return [(BatchBar.EMPTY, {})]
    return [(BatchBar.TOO_MANY, {"most": MOST_IN_BATCH})] if len(wanted) > MOST_IN_BATCH else []


def _clock_bars(act: Act, house: House) -> Bars:
    log = LogTimes.read(act.connection)
    found = doubts_now(act.connection, now=act.at, machine=house.machine, log=log)
    return Bars(((BatchBar.CLOCK, {}),), doubts=tuple(found)) if found else Bars()


def _judge(act: Act, house: House) -> Judge:
    log = LogTimes.read(act.connection)
    return Judge.of(act.connection, now=act.at, log=log, stores=house.stores)


def _bars(
    batch: Sequence[tuple[BatchBar, Mapping[str, str | int]]],
    lines: Sequence[Against] = (),
    *,
    doubts: Sequence[Doubt] = (),
) -> Bars:
    also: list[tuple[BatchBar, Mapping[str, str | int]]] = [(BatchBar.LINES, {})] if lines else []
    return Bars((*batch, *also), tuple(lines), tuple(doubts))


def _deny(act: Act, step: str, *, facts: Mapping[str, Json], bars: Bars, person: str) -> None:
    """Enters that it was tried and refused: a try is on record as well (R-041)."""
    codes: list[Json] = [*bars.codes]
    body = {one: value for one, value in facts.items() if value != ""}
    act.enter("disposal.denied", {**body, "step": step, "codes": codes, "person": person})


def _raise(refused: Bars) -> None:
    if refused:
        raise DisposalRefused(refused)


def _doubt_words(doubt: Doubt) -> tuple[str, str]:
    chinese, english = SOURCES[doubt.source]
    at, now = time_text(doubt.at)[:16], time_text(doubt.now)[:16]
    return f"{chinese} {at}，本机时钟 {now}", f"the {english} says {at}, this clock {now}"
