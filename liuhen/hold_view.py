"""How commands show holds, periods and what is due."""

from collections.abc import Sequence
from datetime import date

from cases.case_terms import StatedTerm
from cases.holds import Hold
from cases.retention_changes import Preview, Stated
from cases.retention_due import Due
from evidence.canonical import Json
from evidence.retention import LITIGATION, PeriodRule, RetentionReason, Standing
from liuhen.output import Output
from liuhen.register_view import UNKNOWN, all_said, both, said

HOLD_COLUMNS = (
    *("保全 hold", "事由 kind", "依据 basis", "状态 state", "复核 review", "逾期 late"),
    *("登记 at", "录像 found"),
)
DUE_COLUMNS = ("录像 recording", "类别 class", "期限 period", "到期 due", "保全 held by")
PERIOD_COLUMNS = ("类别 class", "期限 period", "来源 set by", "依据 source")
MOVED_COLUMNS = ("录像 recording", "类别 class", "原到期 before", "现到期 after")
_MOST_SHOWN = 50


def hold_row(one: Hold, *, today: date) -> tuple[str, ...]:
    """A hold as a row."""
    late = "逾期 late" if one.is_review_late(today) else ""
    return (
        *(one.id, both(one.kind), one.basis, both(one.state(today)), one.review_on.isoformat()),
        *(late, one.placed_at[:16], str(len(one.listed))),
    )


def hold_json(one: Hold, *, today: date) -> dict[str, Json]:
    """A hold as an object."""
    released: Json = None
    if one.released is not None:
        released = {
            "person": one.released.person,
            "basis": one.released.basis,
            "note": one.released.note,
            "at": one.released.at,
        }
    return {
        "hold": one.id,
        "kind": said(one.kind),
        "state": said(one.state(today)),
        "unit": one.unit,
        "basis": one.basis,
        "note": one.note,
        "owner": one.owner,
        "scope": one.scope.json(),
        "listed": [*sorted(one.listed)],
        "review_on": one.review_on.isoformat(),
        "review_late": one.is_review_late(today),
        "until": None if one.until is None else one.until.isoformat(),
        "follows_from": one.origin,
        "person": one.person,
        "placed_at": one.placed_at,
        "released": released,
    }


def standing_json(one: Standing, held_by: Sequence[Hold], *, today: date) -> dict[str, Json]:
    """How long a recording is kept, in codes and words, and what holds it."""
    warned = RetentionReason.BELOW_LITIGATION_FLOOR in one.warnings
    return {
        **one.json(),
        "due": one.is_due(today),
        "reasons": all_said(one.reasons),
        "warnings": all_said(one.warnings),
        "warned_by": LITIGATION.json() if warned else None,
        "held_by": [hold_json(hold, today=today) for hold in held_by],
        "ready": one.is_due(today) and not held_by,
    }


def say_standing(output: Output, one: Standing, *, held_by: Sequence[Hold], today: date) -> None:
    """The same as sentences."""
    due = UNKNOWN if one.due_on is None else one.due_on.isoformat()
    output.say(
        f"{one.recording[:16]}：{one.class_code}，期限 {one.period or UNKNOWN}，可处置日 {due}",
        f"{one.recording[:16]}: {one.class_code}, kept {one.period or UNKNOWN}, due on {due}",
    )
    for code in (*one.reasons, *one.warnings):
        output.say(both(code), "")
    if RetentionReason.BELOW_LITIGATION_FLOOR in one.warnings:
        output.say(
            f"{LITIGATION.document}{LITIGATION.article}：可诉至 {one.floor}",
            f"The act can be brought before a court until {one.floor}",
        )
    for source in one.sources:
        output.say(f"{source.document} {source.article}「{source.quote}」", "")
    if held_by:
        output.table(HOLD_COLUMNS, (hold_row(hold, today=today) for hold in held_by))


def due_row(one: Due) -> tuple[str, ...]:
    """Something that is due as a row."""
    kept = one.standing
    due = UNKNOWN if kept.due_on is None else kept.due_on.isoformat()
    holds = "、".join(f"{hold.id} {both(hold.kind)}" for hold in one.held_by)
    return kept.recording[:16], kept.class_code, kept.period or UNKNOWN, due, holds


def rule_row(one: PeriodRule) -> tuple[str, ...]:
    """A period as a row."""
    words = "；".join(f"{source.document} {source.article}" for source in one.sources)
    return one.class_code, one.period or UNKNOWN, one.by, words


def rule_json(one: PeriodRule) -> dict[str, Json]:
    """A period as an object."""
    sources: list[Json] = [source.json() for source in one.sources]
    return {
        "class": one.class_code,
        "period": one.period,
        "set_by": one.by,
        "sources": sources,
    }


def version_json(one: Stated) -> dict[str, Json]:
    """A version of the periods as an object."""
    periods: list[Json] = [rule_json(rule) for rule in one.version.rules]
    answered: Json = None
    if one.answered is not None:
        answered = {
            "answer": one.answered.answer.value,
            "person": one.answered.person,
            "note": one.answered.note,
            "at": one.answered.at,
        }
    return {
        "version": one.version.id,
        "unit": one.version.unit,
        "number": one.version.number,
        "from": one.version.from_day.isoformat(),
        "retroactive": one.version.is_retroactive,
        "periods": periods,
        "touched": one.touched,
        "preview_sha256": one.preview_sha256,
        "note": one.note,
        "person": one.person,
        "stated_at": one.stated_at,
        "answered": answered,
    }


def preview_json(one: Preview) -> dict[str, Json]:
    """What a version touches as an object."""
    return {
        "touched": len(one.moved),
        "moved": [moved.json() for moved in one.moved],
        "shorter": [*one.shorter],
        "below_litigation": [*one.below_floor],
        "litigation": LITIGATION.json(),
        "preview_sha256": one.sha256,
    }


def say_preview(output: Output, one: Preview) -> None:
    """What a version touches: how many, which, and what is to be minded."""
    output.say(
        f"影响 {len(one.moved)} 段录像的到期日；摘要 {one.sha256}",
        f"Moves the due day of {len(one.moved)} recordings; digest {one.sha256}",
    )
    rows = (
        (
            moved.recording[:16],
            moved.class_code,
            UNKNOWN if moved.before is None else moved.before.isoformat(),
            UNKNOWN if moved.after is None else moved.after.isoformat(),
        )
        for moved in one.moved[:_MOST_SHOWN]
    )
    output.table(MOVED_COLUMNS, rows)
    if one.shorter:
        names = "、".join(one.shorter)
        output.say(f"缩短：{names}；须由第二人批准", f"Shorter: {names}; a second person approves")
    if one.below_floor:
        names = "、".join(one.below_floor)
        output.say(
            f"短于起诉期限：{names}（{LITIGATION.document}{LITIGATION.article}）",
            f"Shorter than the time in which an act can be brought before a court: {names}",
        )


def term_json(one: StatedTerm) -> dict[str, Json]:
    """The end of a case file as an object."""
    term = one.term
    return {
        "term": one.id,
        "case": one.case,
        "class": term.class_code,
        "period": term.period,
        "ends_on": None if term.ends_on is None else term.ends_on.isoformat(),
        "real_estate": term.is_real_estate,
        "source": None if term.source is None else term.source.json(),
        "needs_second": one.needs_second,
        "answer": None if one.answer is None else one.answer.value,
        "person": one.person,
        "stated_at": one.stated_at,
    }
