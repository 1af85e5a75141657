"""A demolition of a case under test: filmed, written up, taken through its steps by the acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cases import case_file, case_steps, coverage_facts, finding_rows, findings, links, steps
from cases.case_file import NewFixation
from cases.case_steps import Decision
from evidence.case_vocabulary import ActionType, CaseState, Signed
from evidence.finding_facts import assessed, of_assessment
from evidence.finding_rules import About, changes
from tests.casework import Bureau, codes
from tests.filming import Clip, Outing, bring_back, camera, dock, hand_out

DAY = "2024-05-16"


def digest(number: int) -> str:
    """A document's digest."""
    return f"{number:064x}"


@dataclass
class Demolition:
    """A demolition of a case with footage, its papers in order; recordings by digest."""

    case: str
    action: str
    lead: str
    mate: str
    recordings: Sequence[str]


def demolished(office: Bureau, folder: Path, *clips: Clip) -> Demolition:
    """A demolition from 09:00 to 11:00, filmed by one camera in these clips."""
    office.clock.set(f"{DAY} 08:00")
    lead, mate, recorder = office.officer(), office.officer(), camera(office)
    case = office.case("〔2024〕15号")
    action = office.action(ActionType.FORCED_DEMOLITION, lead, mate, case=case)
    outing = Outing(lead, f"{DAY} 08:30", f"{DAY} 18:00", out_ms=0)
    hand_out(office, recorder, outing)
    office.ended(action, f"{DAY} 09:00", f"{DAY} 11:00", by=lead)
    office.described(action, lead, mate)
    bring_back(office, recorder, f"{DAY} 12:00", ahead_ms=0)
    recordings = dock(office, folder, recorder, clips=clips)
    for recording in recordings:
        with office.house.site.database.read() as connection:
            known = links.is_linked(connection, recording, action=action)
        if not known:
            links.link(office.ledger, recording, action=action, person=lead)
    return Demolition(case, action, lead, mate, recordings)


def until_executed(office: Bureau, made: Demolition) -> None:
    """Takes a case from a matter to executed."""
    ledger, who = office.ledger, made.lead
    case_steps.file(ledger, made.case, step=office.step(who, digest(1)))
    case_steps.move(ledger, made.case, to=CaseState.INVESTIGATING, step=office.step(who))
    decision = Decision("罚款", tuple(made.recordings))
    case_steps.decide(ledger, made.case, step=office.step(who, digest(2)), decision=decision)
    case_steps.move(ledger, made.case, to=CaseState.SERVED, step=office.step(who, digest(3)))
    case_steps.move(ledger, made.case, to=CaseState.EXECUTED, step=office.step(who))


def fix(office: Bureau, made: Demolition, *recordings: str, signed: Signed = Signed.SIGNED) -> None:
    """Fixes recordings in writing."""
    note = "拒绝签名" if signed is Signed.REFUSED else None
    new = NewFixation(recordings, signed, note)
    said = office.said(made.lead, digest(len(recordings) + 10))
    case_file.fix(office.ledger, made.case, said=said, new=new)


def close(office: Bureau, made: Demolition) -> list[str]:
    """What stands against closing the case."""
    step = office.step(made.lead)
    return codes(lambda: case_steps.close(office.ledger, made.case, step=step))


def settle(office: Bureau, made: Demolition) -> list[str]:
    """What stands against settling the action."""
    step = office.step(made.lead)
    return codes(lambda: steps.settle(office.ledger, made.action, step=step))


def found_gap(office: Bureau, made: Demolition) -> str:
    """Opens the finding that the action's verdict is, as following the log does."""
    with office.house.site.database.read() as connection:
        verdict = coverage_facts.assessment_of(connection, made.action, now=office.clock())
        assert verdict is not None
        about = About(office.unit, action=made.action, case=made.case)
        judged = of_assessment(assessed(made.action, verdict.body()), about)
        known = [one.known() for one in finding_rows.about(connection, [f"action/{made.action}"])]
    for change in changes(known, judged.holding):
        findings.carry_out(office.ledger, change, rule={})
    with office.house.site.database.read() as connection:
        (finding,) = finding_rows.about(connection, [f"action/{made.action}"])
    return finding.id
