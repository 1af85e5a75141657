"""The steps of a case, each past its guard, from a matter to the archive or to other hands.

Holds always: as in `cases.trying`; closing a case over a gap leaves the verdict as it is (D-07);
what a decision rests on is frozen with it (R-186); what was not filed is working material (R-188).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cases import arrived, case_facts, kept, manifest, reading
from cases.case_facts import AskedCase
from cases.case_file import CaseRecord, put_case_record
from cases.manifest import Manifest, Whole
from cases.records import Said
from cases.trying import Judged, Step, Try, take
from evidence.canonical import Json
from evidence.case_guards import (
    ArchiveFacts,
    archive_refusals,
    close_refusals,
    decide_refusals,
    file_refusals,
    move_refusals,
    submit_refusals,
    transfer_refusals,
)
from evidence.case_vocabulary import CaseFact, CaseState
from evidence.errors import ProgramMistake
from evidence.personal import REMARK
from evidence.refusals import Refusal
from storage.ledger import Act, Ledger

PLAIN = frozenset(
    {CaseState.INVESTIGATING, CaseState.COLLECTIVE, CaseState.SERVED, CaseState.EXECUTED}
)
"""States that need nothing but their order."""

Against = Callable[[Act, AskedCase], tuple[Refusal, ...]]


@dataclass(frozen=True)
class Decision:
    """What was decided: its outcome, and the recordings that it rests on."""

    outcome: str
    relied_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Move:
    """A step in the making: where it leads, what stands against it, what goes on record."""

    to: CaseState
    against: Against
    body: Callable[[Act], Mapping[str, Json]] = field(default=lambda _act: {})
    also: Callable[[Act], None] = field(default=lambda _act: None)


def move(ledger: Ledger, case_id: str, *, to: CaseState, step: Step) -> None:
    """A step that needs nothing but its order (`PLAIN`).

    Raises `StepRefused`, `BadInput` or `NotFound`, as everything below.
    """
    if to not in PLAIN:
        raise ProgramMistake(f"{to} has a guard of its own")
    _take(ledger, case_id, step=step, move=_Move(to, lambda _, about: _in_order(about, to)))


def file(
    ledger: Ledger, case_id: str, *, step: Step, is_filed: bool = True, reason: str | None = None
) -> None:
    """MATTER to FILED, or to NOT_FILED with its reason: its recordings are working material."""
    to = CaseState.FILED if is_filed else CaseState.NOT_FILED

    def against(_act: Act, about: AskedCase) -> tuple[Refusal, ...]:
        return file_refusals(about.case.state, to, has_reason=bool((reason or "").strip()))

    def body(act: Act) -> Mapping[str, Json]:
        said: dict[str, Json] = {"reason_ref": kept.keep(act, REMARK, value=reason)}
        if is_filed:
            return said
        recordings: list[Json] = [*sorted(case_facts.linked(act.connection, case_id))]
        return {**said, "class": manifest.WORKING_MATERIAL, "recordings": recordings}

    _take(ledger, case_id, step=step, move=_Move(to, against, body))


def submit_review(
    ledger: Ledger, case_id: str, *, step: Step, recordings: tuple[str, ...] | None = None
) -> None:
    """Sends a case to legal review with all its recordings (R-061), which makes a new round.

    `recordings` is what the bundle has; None: all that are linked.
    """

    def against(act: Act, about: AskedCase) -> tuple[Refusal, ...]:
        linked = case_facts.linked(act.connection, case_id)
        given = linked if recordings is None else frozenset(recordings)
        return submit_refusals(about.case.state, linked=linked, bundle=given)

    def also(act: Act) -> None:
        record = CaseRecord(CaseFact.REVIEW_SUBMITTED, case_facts.bundle(act.connection, case_id))
        put_case_record(act, case_id, said=_said(step), new=record)

    _take(ledger, case_id, step=step, move=_Move(CaseState.REVIEW, against, also=also))


def decide(ledger: Ledger, case_id: str, *, step: Step, decision: Decision) -> None:
    """To DECIDED: a major case past its review, an especially major one with its minutes."""
    relied_on: list[Json] = [*sorted(set(decision.relied_on))]
    outcome = kept.needed_line(decision.outcome, "OUTCOME")

    def against(act: Act, about: AskedCase) -> tuple[Refusal, ...]:
        facts = case_facts.decide(act.connection, about, relied_on=decision.relied_on)
        return decide_refusals(facts)

    def body(act: Act) -> Mapping[str, Json]:
        review = case_facts.review(act.connection, case_id)
        return {"outcome": outcome, "relied_on": relied_on, "review_round": review.round}

    _take(ledger, case_id, step=step, move=_Move(CaseState.DECIDED, against, body))


def close(ledger: Ledger, case_id: str, *, step: Step) -> None:
    """To CLOSED: every action settled or its gap answered for, every recording fixed."""

    def against(act: Act, about: AskedCase) -> tuple[Refusal, ...]:
        return close_refusals(case_facts.close(act.connection, about, now=act.at))

    def body(act: Act) -> Mapping[str, Json]:
        return {"actions": _states(act, case_id)}

    _take(ledger, case_id, step=step, move=_Move(CaseState.CLOSED, against, body))


def archive(ledger: Ledger, case_id: str, *, step: Step, is_whole: Whole) -> None:
    """To ARCHIVED with a manifest of every item; each recording is read again before."""
    with ledger.database.read() as connection:
        linked = case_facts.linked(connection, case_id)
    whole = linked - manifest.not_whole(linked, is_whole=is_whole)
    made: list[Manifest] = []

    def against(act: Act, about: AskedCase) -> tuple[Refusal, ...]:
        made.append(manifest.manifest_of(act.connection, about))
        facts = ArchiveFacts(
            state=about.case.state,
            stages=case_facts.stages(act.connection, about),
            missing=frozenset(made[-1].recordings) - whole,
        )
        return archive_refusals(facts)

    def also(act: Act) -> None:
        record = CaseRecord(CaseFact.MANIFEST, made[-1].body())
        put_case_record(act, case_id, said=_said(step), new=record)

    move = _Move(CaseState.ARCHIVED, against, lambda _: {"manifest": made[-1].sha256}, also)
    _take(ledger, case_id, step=step, move=move)


def transfer(ledger: Ledger, case_id: str, *, step: Step, to: str) -> None:
    """To TRANSFERRED: handed to another body, with its receipt (R-076)."""
    receiver = kept.needed_line(to, "RECEIVER")

    def against(_act: Act, about: AskedCase) -> tuple[Refusal, ...]:
        return transfer_refusals(about.case.state, has_receipt=step.document_sha256 is not None)

    move = _Move(CaseState.TRANSFERRED, against, lambda _: {"receiver": receiver})
    _take(ledger, case_id, step=step, move=move)


# --- the one road ---------------------------------------------------------------------------------


def _take(ledger: Ledger, case_id: str, *, step: Step, move: _Move) -> None:
    def judge(act: Act) -> Judged:
        about = case_facts.asked(act.connection, case_id, at=step.at)
        return Judged(move.against(act, about), about.policy)

    def write(act: Act) -> None:
        reached = step.reached(move.body(act))
        move.also(act)
        arrived.put_case_state(act, case_id, state=move.to, reached=reached)
        act.enter("case.stepped", {"case": case_id, "state": move.to.value})

    take(ledger, Try(f"case/{case_id}", move.to.value, step), judge=judge, write=write)


def _in_order(about: AskedCase, to: CaseState) -> tuple[Refusal, ...]:
    return move_refusals(about.case.state, to)


def _said(step: Step) -> Said:
    return Said(step.person, step.at, step.document_sha256)


def _states(act: Act, case_id: str) -> list[Json]:
    """Each action with the state in which the case is closed over it."""
    return [
        {"action": one, "state": reading.action(act.connection, one).state.value}
        for one in reading.actions_of_case(act.connection, case_id)
    ]
