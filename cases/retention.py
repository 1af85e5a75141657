"""How long a recording is kept, told from what is on record of it today.

Holds always: footage of a case follows its case file, of several the longest (R-187, R-203); what a
decision rests on is never let go before that file ends (R-186); what was not filed, was cancelled
or is of no case by somebody's answer is working material, and what nobody tied to anything is a
class of its own (R-188, D-22); a period holds for what began under it, and for what was there
before only if a second person approved that too. Nothing is decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection, select

from cases import footage, holds_found, links, reading
from cases.clocks import SECOND_US, moment
from cases.policy import owner_of, policy_of
from cases.quarantine import known_recording
from cases.reading import Action, Case
from cases.retention_rules import Versions, case_term
from evidence.case_vocabulary import ActionState, ActionType, CaseState
from evidence.clockfix import ClockBasis
from evidence.entry import parse_time
from evidence.errors import BadInput, NotFound
from evidence.policy import InForce
from evidence.policy_kinds import CASE_ARCHIVE
from evidence.ratio import day_of
from evidence.retention import (
    CaseFile,
    CaseTerm,
    Ground,
    Made,
    PeriodRule,
    RetentionClass,
    RetentionReason,
    Source,
    Standing,
    counted,
    is_shorter,
    of_case,
    stand,
)
from people import calendar, catalogues
from storage import schema

_NAME = "retention.periods"
_ENDED = frozenset({CaseState.ARCHIVED, CaseState.TRANSFERRED})
_UNFILED = frozenset({CaseState.NOT_FILED, CaseState.ARCHIVED})


def standing(connection: Connection, recording: str, *, today: date) -> Standing:
    """How long a recording is kept as things stand on a day, and by what.

    Never due where anything that it rests on is unknown; holds are asked apart. For many
    recordings make one `Shelf.of` and ask that. Raises `NotFound`.
    """
    return Shelf.of(connection, today).standing(recording)


def periods_in_force(connection: Connection, unit: str | None, *, today: date) -> list[PeriodRule]:
    """The period of each class for what begins today in a unit, the four of the house first.

    The bureau itself where no unit is named.
    """
    shelf = Shelf.of(connection, today)
    unit = unit or shelf.versions.top
    named = [*RetentionClass, *sorted(shelf.named(unit) - set(RetentionClass))]
    return [shelf.rule(str(code), unit=unit, start=today) for code in named]


@dataclass
class Shelf:
    """Answers for many recordings on one connection and one day, asking for each rule once."""

    connection: Connection
    today: date
    versions: Versions
    known_years: frozenset[int]
    _policies: dict[tuple[str | None, date], InForce | None] = field(default_factory=dict)
    _files: dict[str, CaseFile] = field(default_factory=dict)
    _relied: Mapping[str, frozenset[str]] | None = None

    @classmethod
    def of(
        cls, connection: Connection, today: date, *, versions: Versions | None = None
    ) -> "Shelf":
        """What holds on a day; by other versions than those approved, where they are given."""
        years = frozenset(held.year.number for held in calendar.years_in_force(connection))
        return cls(connection, today, versions or Versions.approved(connection), years)

    def standing(self, recording: str) -> Standing:
        """As the function of that name."""
        known_recording(self.connection, recording)
        return stand(recording, self._grounds(recording), known_years=self.known_years)

    # --- what keeps a recording -------------------------------------------------------------------

    def _grounds(self, recording: str) -> list[Ground]:
        relied_on = self._relied_on().get(recording, frozenset())
        found = list[Ground]()
        for one in links.standing_links(self.connection, recording):
            found.extend(self._of_action(one.action, relied_on))
        seen = {ground.subject for ground in found}
        for case in sorted(relied_on):
            if f"case/{case}" not in seen:
                found.append(self._of_case(case, RetentionReason.RELIED_ON))
        if not any(
            ground.subject.startswith("action/") or ground.subject.startswith("case/")
            for ground in found
        ):
            found.append(self._of_nothing(recording))
        return found

    def _of_action(self, action_id: str, relied_on: frozenset[str]) -> Iterable[Ground]:
        action = reading.action(self.connection, action_id)
        if action.state is ActionState.CANCELLED:
            yield self._working(
                f"action/{action_id}",
                RetentionReason.CANCELLED,
                unit=action.details.unit,
                start=day_of(action.state_at),
            )
            return
        yield from self._listed(action)
        case = action.details.case
        if case is not None:
            is_relied_on = case in relied_on
            why = RetentionReason.RELIED_ON if is_relied_on else RetentionReason.OF_CASE
            yield self._of_case(case, why)
            return
        day = self._acted_on(action)
        rule = self.rule(RetentionClass.ACTION_FILE, unit=action.details.unit, start=day)
        ground = _ground(rule, RetentionReason.OF_ACTION, subject=f"action/{action_id}", start=day)
        ground = replace(ground, act_day=day, is_real_estate=_is_real_estate(action))
        yield counted(ground, not_started=RetentionReason.ACTION_OPEN)

    def _of_case(self, case_id: str, why: RetentionReason) -> Ground:
        case = reading.case(self.connection, case_id)
        unfiled = self._unfiled_on(case)
        if unfiled is not None:
            subject, reason = f"case/{case_id}", RetentionReason.NOT_FILED
            return self._working(subject, reason, unit=case.details.unit, start=unfiled)
        file = self._file(case)
        rule = self.rule(RetentionClass.CASE_FILE, unit=case.details.unit, start=file.ended_on)
        return of_case(file, rule, why=why)

    def _working(
        self, subject: str, why: RetentionReason, *, unit: str | None, start: date
    ) -> Ground:
        rule = self.rule(RetentionClass.WORKING_MATERIAL, unit=unit, start=start)
        return counted(_ground(rule, why, subject=subject, start=start), not_started=why)

    def _of_nothing(self, recording: str) -> Ground:
        """What is linked to nothing: working material by an answer, else unlinked."""
        made, unit = self._made(recording)
        subject = f"recording/{recording}"
        answered = self._answered_on(recording)
        if answered is not None:
            why = RetentionReason.ANSWERED_NO_CASE
            return self._working(subject, why, unit=unit, start=answered)
        start, basis = made.start
        rule = self.rule(RetentionClass.UNLINKED, unit=unit, start=start)
        ground = _ground(rule, RetentionReason.LINKED_TO_NOTHING, subject=subject, start=start)
        return counted(replace(ground, reasons=(basis,)), not_started=basis)

    def _listed(self, action: Action) -> Iterable[Ground]:
        """What the list of what is recorded says of the action's item, where it is a time."""
        day = self._acted_on(action)
        for rule in self._item_rules(action, day or self.today):
            ground = _ground(
                rule, RetentionReason.LISTED_ITEM, subject=f"action/{action.id}/item", start=day
            )
            yield counted(ground, not_started=RetentionReason.ACTION_OPEN)

    def _item_rules(self, action: Action, day: date) -> Iterable[PeriodRule]:
        code = action.details.type.value
        own = catalogues.in_force(self.connection, day)
        for item in () if own is None else own.items:
            if own is not None and item.code == code and item.period not in (None, CASE_ARCHIVE):
                words = f"{item.item}：{item.period}"
                source = Source("音像记录事项清单", f"第 {item.row} 行", words)
                yield PeriodRule(code, item.period, f"catalogue/{own.id}", (source,))
        policy = self._policy(action.details.unit, day)
        for row in () if policy is None else policy.rows("tier.catalogue"):
            period = row.get("period")
            if policy is not None and row["code"] == code and period not in (None, CASE_ARCHIVE):
                sources = _sources(policy, "tier.catalogue")
                yield PeriodRule(code, str(period), policy.profile.name, sources)

    # --- rules ------------------------------------------------------------------------------------

    def rule(self, class_code: str, *, unit: str | None, start: date | None) -> PeriodRule:
        """The period of a class for what began on a day, None for what has not begun.

        The bureau's own approved version where one applies, else the profile in force; of what the
        profile said then and says today the longer counts, since nothing shortens by itself.
        """
        own = self.versions.rule(class_code, unit=unit, start=start, today=self.today)
        if own is not None:
            return own
        now = self._shipped(class_code, unit, day=self.today)
        then = None if start is None else self._shipped(class_code, unit, day=start)
        if now is None:
            return PeriodRule(class_code, None, "")
        return then if then is not None and is_shorter(now.period, then.period) else now

    def named(self, unit: str | None) -> frozenset[str]:
        """The classes that the profile or a version of the unit names."""
        policy = self._policy(unit, self.today)
        rows = () if policy is None else policy.rows(_NAME)
        return frozenset(str(row["class"]) for row in rows) | self.versions.classes

    def _shipped(self, class_code: str, unit: str | None, *, day: date) -> PeriodRule | None:
        policy = self._policy(unit, day)
        if policy is None:
            return None
        said = policy.said(_NAME)
        by = policy.profile.name if said is None else said.profile.name
        for row in policy.rows(_NAME):
            if row["class"] == class_code:
                return PeriodRule(class_code, str(row["period"]), by, _sources(policy, _NAME))
        return PeriodRule(class_code, None, by, _sources(policy, _NAME))

    def _policy(self, unit: str | None, day: date) -> InForce | None:
        """The profile of a unit on a day; None where none is known, or it says nothing usable."""
        key = unit, day
        if key not in self._policies:
            try:
                found: InForce | None = policy_of(self.connection, unit, day=day)
            except (BadInput, NotFound):
                found = None
            self._policies[key] = found
        return self._policies[key]

    def _relied_on(self) -> Mapping[str, frozenset[str]]:
        """The cases whose decision rests on each recording, read once."""
        if self._relied is None:
            self._relied = holds_found.relied_on(self.connection)
        return self._relied

    # --- facts ------------------------------------------------------------------------------------

    def _file(self, case: Case) -> CaseFile:
        if case.id not in self._files:
            self._files[case.id] = self._read_file(case)
        return self._files[case.id]

    def _read_file(self, case: Case) -> CaseFile:
        term = case_term(self.connection, case.id) or CaseTerm()
        decided = [
            one.at
            for one in reading.case_steps(self.connection, case.id)
            if one.kind == CaseState.DECIDED.value
        ]
        actions = [
            reading.action(self.connection, one)
            for one in reading.actions_of_case(self.connection, case.id)
        ]
        days = [day for day in map(self._acted_on, actions) if day is not None]
        acted = day_of(decided[-1]) if decided else max(days, default=None)
        has_ended = case.state in _ENDED
        return CaseFile(
            id=case.id,
            has_ended=has_ended,
            ended_on=day_of(case.state_at) if has_ended else None,
            act_day=acted,
            term_class=term.class_code,
            term_period=term.period,
            ends_on=term.ends_on,
            term_source=term.source,
            is_real_estate=term.is_real_estate or any(map(_is_real_estate, actions)),
        )

    def _unfiled_on(self, case: Case) -> date | None:
        """The day on which a matter was left unfiled, where it was not taken up again since."""
        steps = reading.case_steps(self.connection, case.id)
        left = [one for one in steps if one.kind == CaseState.NOT_FILED.value]
        if not left or any(
            CaseState(one.kind) not in _UNFILED for one in steps if one.number > left[-1].number
        ):
            return None
        return day_of(left[-1].at)

    def _acted_on(self, action: Action) -> date | None:
        """The day on which an action ended; None where nobody says so."""
        declared = reading.intervals(self.connection, action.id)
        if declared:
            return day_of(declared[-1].end)
        ended = action.state in (ActionState.ENDED, ActionState.SETTLED)
        return day_of(action.state_at) if ended else None

    def _made(self, recording: str) -> tuple[Made, str | None]:
        """When a recording was made, and the unit whose recorder made it."""
        docked = self._docked_on(recording)
        seen = footage.sightings_of(self.connection, recording)
        best = next((one for one in seen if one.recorder is not None), None)
        unit = None
        if best is not None and best.recorder is not None:
            unit = owner_of(self.connection, best.recorder, at=best.docked_at)
        try:
            placed = footage.placed(self.connection, recording)
        except NotFound:
            placed = None
        if placed is None:
            return Made(None, docked, is_trusted=False), unit
        is_anchored = placed.timed.clock.basis is ClockBasis.REVIEWER
        recorded = day_of(moment(placed.span.end * SECOND_US))
        made = Made(recorded, docked, placed.timed.is_trusted, is_anchored)
        return made, unit

    def _docked_on(self, recording: str) -> date:
        """The day on which a recording was sealed, and never one before there was this site."""
        table, sites = schema.recordings, schema.sites
        sealed = select(table.c.sealed_at).where(table.c.id == recording)
        created = select(sites.c.created_at)
        days = [
            parse_time(str(self.connection.execute(one).scalar_one())) for one in (sealed, created)
        ]
        return day_of(max(days))

    def _answered_on(self, recording: str) -> date | None:
        table = schema.link_answers
        query = select(table).where(table.c.recording_id == recording)
        last = self.connection.execute(query.order_by(table.c.number.desc()).limit(1)).first()
        if last is None or last.answer != links.LinkAnswer.NO_CASE.value:
            return None
        return day_of(parse_time(last.stated_at))


def _ground(rule: PeriodRule, why: RetentionReason, *, subject: str, start: date | None) -> Ground:
    return Ground(
        class_code=rule.class_code,
        why=why,
        subject=subject,
        period=rule.period,
        start=start,
        ends_on=None,
        by=rule.by,
        sources=rule.sources,
        rule_class=rule.class_code,
    )


def _is_real_estate(action: Action) -> bool:
    return action.details.type is ActionType.FORCED_DEMOLITION


def _sources(policy: InForce | None, name: str) -> tuple[Source, ...]:
    said = None if policy is None else policy.said(name)
    if said is None:
        return ()
    cited = said.statement.citations
    return tuple(Source(one.source.title, one.article, one.quote) for one in cited)
