"""Reads what a guard of an action must know, as `evidence.guards` takes it.

Holds always: everything is read at one moment from what is on record; nothing here decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from cases import clocks, links, quarantine, reading
from cases.coverage_facts import assessment_of, tier_now
from cases.policy import policy_of
from cases.reading import Action, Record, TeamMember
from devices import holding
from devices.fleet import fleet
from evidence.assessment import Assessment, Exclusion
from evidence.case_vocabulary import (
    ActionFact,
    Awareness,
    IdentityMode,
    MetadataGroup,
    Signed,
    Signer,
)
from evidence.coverage import Modality
from evidence.enforcing import AnnualCheck, PersonKind, Standing, may_enforce
from evidence.guards import (
    CapacityBar,
    CoverageFact,
    PaperFact,
    PowerFact,
    SettleFacts,
    TeamFact,
    ToldFact,
    WitnessFact,
)
from evidence.interval import total
from evidence.policy import InForce
from evidence.ratio import day_of
from people.bodies import Body, bodies
from people.staff import members_of


@dataclass(frozen=True)
class Asked:
    """An action, the day by which it is judged, and the policy in force that day."""

    action: Action
    day: date
    policy: InForce


def asked(connection: Connection, action_id: str, *, at: datetime) -> Asked:
    """An action judged by the day of the act: that of its interval, else of `at`."""
    action = reading.action(connection, action_id)
    declared = reading.intervals(connection, action_id)
    day = day_of(declared[-1].start) if declared else day_of(at)
    return Asked(action, day, policy_of(connection, action.details.unit, day=day))


# --- who and in whose name ------------------------------------------------------------------------


def team(connection: Connection, about: Asked) -> tuple[TeamFact, ...]:
    """The team with what bars each that day."""
    there = reading.team(connection, about.action.id)
    known = members_of(connection, [one.person for one in there])
    check = AnnualCheck[about.policy.text("certificate.annual_check").upper()]
    standings = {
        one.id: may_enforce(one.facts, about.day, annual_check=check) for one in known.values()
    }
    return tuple(_team_fact(one, standings.get(one.person)) for one in there)


def _team_fact(member: TeamMember, standing: Standing | None) -> TeamFact:
    posting = None if standing is None else standing.posting
    return TeamFact(
        person=member.person,
        role=member.role,
        kind=None if posting is None else posting.kind,
        bars=() if standing is None else standing.bars,
        is_recorder_person=member.is_recorder_person,
    )


def body_of(connection: Connection, unit: str, *, day: date) -> Body | None:
    """The body that a unit is or acts for on a day."""
    return next((one for one in bodies(connection, day) if unit in one.units), None)


def capacity(body: Body | None, day: date) -> CapacityBar | None:
    """Why a body may not enforce that day; None where it may (R-048)."""
    if body is None or body.standing is None:
        return CapacityBar.NOT_STATED
    return None if body.standing.has_capacity(day) else CapacityBar.NO_CAPACITY


def power(connection: Connection, about: Asked, *, body: Body | None) -> PowerFact:
    """The item of the power list, and whether it is the body's that day (R-049, R-050).

    A body's own list stands in its standing of the day; the profile's holds as well, if it has one.
    """
    details = about.action.details
    code = details.power_item
    if code is None and details.case is not None:
        code = reading.case(connection, details.case).details.power_item
    if code is None:
        return PowerFact(None)
    own = () if body is None or body.standing is None else body.standing.powers
    listed = [str(row["code"]) for row in about.policy.rows("power_list")]
    lists = [one for one in (own, listed) if one]
    return PowerFact(code, all(code in one for one in lists) if lists else None)


def recorders(connection: Connection, about: Asked, *, at: datetime) -> tuple[str, ...]:
    """The working recorders that the team had in hand at a moment."""
    persons = [one.person for one in reading.team(connection, about.action.id)]
    just_after = at + timedelta(milliseconds=1)
    held = clocks.holds_within(connection, persons, since=at, until=just_after)
    found: list[str] = []
    for number in sorted({one.recorder for one in held}):
        device = fleet(connection, only=number).get(number)
        if device is not None and not holding.against_device(device.facts, at):
            found.append(number)
    return tuple(found)


# --- what is on record of it ----------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """The records of an action by kind, in order."""

    by_kind: Mapping[str, Sequence[Record]]

    def of(self, kind: ActionFact) -> Sequence[Record]:
        """The records of one kind."""
        return self.by_kind.get(kind.value, ())


def facts(connection: Connection, action_id: str) -> Facts:
    """All records of an action."""
    found: dict[str, list[Record]] = {}
    for record in reading.action_records(connection, action_id):
        found.setdefault(record.kind, []).append(record)
    return Facts(found)


def settle(connection: Connection, about: Asked, *, now: datetime) -> SettleFacts:
    """What bears on settling an action, its coverage judged at this moment."""
    there, policy = facts(connection, about.action.id), about.policy
    present = team(connection, about)
    return SettleFacts(
        state=about.action.state,
        type=about.action.details.type,
        category=about.action.details.category,
        coverage=coverage(assessment_of(connection, about.action.id, now=now)),
        groups=frozenset(
            MetadataGroup(str(one.body["group"])) for one in there.of(ActionFact.METADATA)
        ),
        required=required(about),
        papers=papers(there, officers=frozenset(one.person for one in present if one.is_officer)),
        least_signatures=policy.whole("signature.min_officers"),
        identity=frozenset(
            IdentityMode(str(one.body["mode"])) for one in there.of(ActionFact.IDENTITY)
        ),
        identity_modes=frozenset(IdentityMode(one) for one in policy.texts("identity.mode")),
        witnesses=_witnesses(connection, about, there=there),
        told=_told(connection, about, there=there),
        require_verbal=policy.flag("awareness.require_verbal"),
    )


def coverage(found: Assessment | None) -> CoverageFact:
    """The verdict with the uncovered seconds of picture and sound."""
    if found is None:
        return CoverageFact(None)
    seconds = {one: total(found.covered[one].gaps) for one in Modality}
    return CoverageFact(found.verdict.value, seconds[Modality.VIDEO], seconds[Modality.AUDIO])


def required(about: Asked) -> tuple[str, ...]:
    """The documents that actions of this type must have."""
    rows = about.policy.rows("action_type.required_docs")
    wanted = about.action.details.type.value
    return tuple(str(row["document"]) for row in rows if row["code"] == wanted)


def papers(there: Facts, *, officers: frozenset[str]) -> tuple[PaperFact, ...]:
    """Each document with its signatures, of which those by `officers` count (R-193)."""
    found: dict[str, str] = {}
    for one in there.of(ActionFact.DOCUMENT):
        found[str(one.document_sha256)] = str(one.body["code"])
    last: dict[tuple[str, str], Record] = {}
    for one in there.of(ActionFact.SIGNATURE):
        last[str(one.document_sha256), str(one.body["signer"])] = one
    return tuple(
        _paper(sha256, code, last=last, officers=officers) for sha256, code in found.items()
    )


def _paper(
    sha256: str,
    code: str,
    *,
    last: Mapping[tuple[str, str], Record],
    officers: frozenset[str],
) -> PaperFact:
    by_signer = {signer: one for (paper, signer), one in last.items() if paper == sha256}
    signed = {who for who, one in by_signer.items() if one.body["result"] == Signed.SIGNED.value}
    counterpart = by_signer.get(Signer.COUNTERPART.value)
    witness = by_signer.get(Signer.WITNESS.value)
    return PaperFact(
        sha256=sha256,
        code=code,
        officers=officers & signed,
        counterpart=_result(counterpart),
        counterpart_noted=counterpart is not None and "note_ref" in counterpart.body,
        witness=_result(witness),
    )


def _result(record: Record | None) -> Signed | None:
    return None if record is None else Signed(str(record.body["result"]))


def _witnesses(connection: Connection, about: Asked, *, there: Facts) -> tuple[WitnessFact, ...]:
    """The witnesses who were there; of the bureau is who has a posting in it that day (R-195)."""
    present = [one for one in there.of(ActionFact.WITNESS) if one.body["present"]]
    persons = [str(one.body["person"]) for one in present if "person" in one.body]
    known = members_of(connection, persons)
    found: list[WitnessFact] = []
    for one in present:
        member = known.get(str(one.body.get("person")))
        posting = None if member is None else may_enforce(member.facts, about.day).posting
        inside = posting is not None and posting.kind is not PersonKind.EXTERNAL
        found.append(WitnessFact(one.number, inside))
    return tuple(found)


def _told(connection: Connection, about: Asked, *, there: Facts) -> tuple[ToldFact, ...]:
    """How each linked recording was known of; covert ones are put aside and prove nothing."""
    said = there.of(ActionFact.AWARENESS)
    verbal = any(
        one.body["mode"] == Awareness.VERBAL_NOTICE.value and "offset_s" in one.body for one in said
    )
    there_now = links.recordings_of(connection, about.action.id)
    put_aside = quarantine.quarantined(connection, there_now)
    return tuple(
        ToldFact(recording, _mode(said, recording), verbal)
        for recording in there_now
        if Exclusion.COVERT not in put_aside.get(recording, frozenset())
    )


def _mode(said: Sequence[Record], recording: str) -> Awareness | None:
    """What is said of this very recording, else of the whole action; of each the last."""
    own = [one for one in said if one.body.get("recording") == recording]
    whole = [one for one in said if "recording" not in one.body]
    last = (own or whole)[-1:]
    return Awareness(str(last[0].body["mode"])) if last else None


def tier(connection: Connection, about: Asked) -> str:
    """The tier of an action by all that bears on it now."""
    return tier_now(connection, about.action, policy=about.policy).tier.value
