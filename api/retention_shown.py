"""Holds and periods as answers show them: with names instead of ids, with words beside codes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from api import models as m
from api import models_retention as t
from api.models_register import ClauseShown, Said
from api.register_words import all_said, said
from cases import kept, reading
from cases.case_terms import StatedTerm
from cases.holds import Hold
from cases.retention_changes import Preview, Stated
from evidence.entry import parse_time
from evidence.retention import (
    LITIGATION,
    Ground,
    PeriodRule,
    RetentionClass,
    RetentionReason,
    Source,
    Standing,
)
from people import units
from storage import schema

_MOST_MOVED = 200


def clause(source: Source) -> ClauseShown:
    """Where a period stands."""
    return ClauseShown(document=source.document, article=source.article, quote=source.quote)


def class_said(code: str) -> Said:
    """A class in words; one that the bureau named itself is called what it named it."""
    if code in set(RetentionClass):
        return said(RetentionClass(code))
    return Said(code=code, words=m.Words(zh=code, en=code))


class Shown:
    """Shows holds and periods of one answer, looking each name up once."""

    def __init__(self, connection: Connection, *, reader: str, today: date) -> None:
        self.connection = connection
        self.reader = reader
        self.today = today
        self._units = {unit.id: unit.name for unit in units.all_units(connection)}

    def holds(self, found: Sequence[Hold]) -> list[t.HoldShown]:
        """Holds with the names of who asked, answers, and let go."""
        people = self._people(
            person
            for one in found
            for person in (one.person, one.owner, *one.scope.persons, _released_by(one))
        )
        return [self._hold(one, people) for one in found]

    def _hold(self, one: Hold, people: Mapping[str, str]) -> t.HoldShown:
        released = one.released
        return t.HoldShown(
            id=one.id,
            kind=said(one.kind),
            state=said(one.state(self.today)),
            unit=one.unit,
            unit_name=self._units.get(one.unit or ""),
            basis=one.basis,
            note=one.note,
            owner_name=people.get(one.owner or ""),
            scope=self._scope(one, people),
            listed=len(one.listed),
            review_on=one.review_on,
            is_review_late=one.is_review_late(self.today),
            ends_on=one.until,
            follows_from=one.origin,
            person_name=people.get(one.person or ""),
            is_own=one.person == self.reader,
            placed_at=parse_time(one.placed_at),
            released_by_name=people.get(_released_by(one) or ""),
            release_basis=None if released is None else released.basis,
            release_note=None if released is None else released.note,
            released_at=None if released is None else parse_time(released.at),
        )

    def _scope(self, one: Hold, people: Mapping[str, str]) -> t.ScopeShown:
        cases = [reading.case(self.connection, case) for case in one.scope.cases]
        names = (people.get(person) for person in one.scope.persons)
        return t.ScopeShown(
            persons=[*one.scope.persons],
            person_names=[name for name in names if name is not None],
            since=one.scope.since,
            until=one.scope.until,
            cases=[*one.scope.cases],
            case_numbers=[case.details.number for case in cases],
            actions=[*one.scope.actions],
            recordings=[*one.scope.recordings],
        )

    def standing(self, one: Standing, held_by: Sequence[Hold]) -> t.StandingShown:
        """How long a recording is kept, and what holds it."""
        warned = RetentionReason.BELOW_LITIGATION_FLOOR in one.warnings
        return t.StandingShown(
            recording=one.recording,
            class_words=class_said(one.class_code),
            period=one.period,
            counted_from=one.start,
            ends_on=one.ends_on,
            due_on=one.due_on,
            is_due=one.is_due(self.today),
            is_ready=one.is_due(self.today) and not held_by,
            reasons=all_said(one.reasons),
            warnings=all_said(one.warnings),
            litigation_until=one.floor,
            litigation=clause(LITIGATION) if warned else None,
            sources=[clause(source) for source in one.sources],
            grounds=[_ground(ground) for ground in one.grounds],
            held_by=[
                t.HeldBy(
                    id=hold.id, kind=said(hold.kind), basis=hold.basis, review_on=hold.review_on
                )
                for hold in held_by
            ],
        )

    def versions(self, found: Sequence[Stated]) -> list[t.VersionShown]:
        """Versions with the names of who made and answered them."""
        people = self._people(person for one in found for person in (one.person, _answered_by(one)))
        return [self._version(one, people) for one in found]

    def _version(self, one: Stated, people: Mapping[str, str]) -> t.VersionShown:
        version, answered = one.version, one.answered
        return t.VersionShown(
            id=version.id,
            unit=version.unit,
            unit_name=self._units.get(version.unit),
            number=version.number,
            from_day=version.from_day,
            is_retroactive=version.is_retroactive,
            periods=[period(rule) for rule in version.rules],
            touched=one.touched,
            note=one.note,
            person_name=people.get(one.person or ""),
            is_own=one.person == self.reader,
            stated_at=parse_time(one.stated_at),
            answer=None if answered is None else said(answered.answer),
            answered_by_name=people.get(_answered_by(one) or ""),
            answered_at=None if answered is None else parse_time(answered.at),
        )

    def terms(self, found: Sequence[StatedTerm]) -> list[t.CaseTermShown]:
        """What was stated of the end of a case file."""
        people = self._people(one.person for one in found)
        return [
            t.CaseTermShown(
                id=one.id,
                class_code=one.term.class_code or "",
                period=one.term.period,
                ends_on=one.term.ends_on,
                is_real_estate=one.term.is_real_estate,
                source=None if one.term.source is None else clause(one.term.source),
                needs_second=one.needs_second,
                waits=one.waits,
                answer=None if one.answer is None else said(one.answer),
                person_name=people.get(one.person or ""),
                is_own=one.person == self.reader,
                stated_at=parse_time(one.stated_at),
            )
            for one in found
        ]

    def _people(self, named: Iterable[str | None]) -> Mapping[str, str]:
        """The names of these, whether they are of the register or have an account alone."""
        table = schema.persons
        ids = sorted({one for one in named if one is not None})
        rows = self.connection.execute(select(table).where(table.c.id.in_(ids))).all()
        texts = kept.opened(self.connection, (row.full_name for row in rows))
        return {row.id: texts[row.full_name] for row in rows if row.full_name in texts}


def period(rule: PeriodRule) -> t.PeriodShown:
    """The period of a class."""
    return t.PeriodShown(
        class_words=class_said(rule.class_code),
        period=rule.period,
        set_by=rule.by,
        sources=[clause(source) for source in rule.sources],
    )


def preview(seen: Preview) -> t.PreviewShown:
    """What a version touches, the first few hundred recordings by name."""
    return t.PreviewShown(
        touched=len(seen.moved),
        moved=[
            t.MovedShown(
                recording=one.recording,
                class_words=class_said(one.class_code),
                before=one.before,
                after=one.after,
            )
            for one in seen.moved[:_MOST_MOVED]
        ],
        shorter=[class_said(code) for code in seen.shorter],
        below_litigation=[class_said(code) for code in seen.below_floor],
        litigation=clause(LITIGATION),
        sha256=seen.sha256,
    )


def _ground(one: Ground) -> t.GroundShown:
    return t.GroundShown(
        class_code=one.class_code,
        why=said(one.why),
        subject=one.subject,
        period=one.period,
        counted_from=one.start,
        ends_on=one.ends_on,
        reasons=all_said(one.reasons),
        set_by=one.by,
        sources=[clause(source) for source in one.sources],
    )


def _released_by(one: Hold) -> str | None:
    return None if one.released is None else one.released.person


def _answered_by(one: Stated) -> str | None:
    return None if one.answered is None else one.answered.person
