"""How commands show grants of access, and who looked at the footage of a case."""

from datetime import date

from sqlalchemy import Connection

from cases import grants
from cases.access import Denied, LookOnRecord
from cases.grants import Grant
from cases.handing_out import CopyOut, Loan
from evidence.canonical import Json
from evidence.register_words import word
from liuhen.register_view import UNKNOWN, both

GRANT_COLUMNS = (
    *("编号 grant", "种类 kind", "状态 state", "使用人 person", "用途 purpose"),
    *("文号 document", "起 from", "止 to", "录像数 recordings"),
)
TRY_COLUMNS = ("时间 at", "录像 recording", "人员 person", "方式 kind", "依据 ground")


def grant_row(connection: Connection, one: Grant, *, today: date) -> tuple[str, ...]:
    """A grant as a row."""
    return (
        one.id,
        both(one.kind),
        both(one.state(today)),
        one.whom.outsider or one.whom.person[:16],
        one.purpose or UNKNOWN,
        one.document_number,
        one.term.first.isoformat(),
        one.term.last.isoformat(),
        str(len(grants.objects_of(connection, one))),
    )


def grant_json(connection: Connection, one: Grant, *, today: date) -> dict[str, Json]:
    """A grant as an object."""
    answered, revoked = one.answered, one.revoked
    return {
        "grant": one.id,
        "kind": one.kind.value,
        "state": _said(one, today),
        "grantee": one.whom.kind.value,
        "person": one.whom.person,
        "outsider": one.whom.outsider,
        "purpose": one.purpose,
        "basis": one.basis,
        "document_number": one.document_number,
        "case": one.objects.case,
        "recordings": [*grants.objects_of(connection, one)],
        "from": one.term.first.isoformat(),
        "to": one.term.last.isoformat(),
        "requester": one.requester,
        "requested_at": one.stated_at,
        "answer": None if answered is None else answered.answer.value,
        "approver": None if answered is None else answered.person,
        "answered_at": None if answered is None else answered.at,
        "note": None if answered is None else answered.note,
        "revoked_by": None if revoked is None else revoked.person,
        "revoked_at": None if revoked is None else revoked.at,
        "revoke_reason": None if revoked is None else revoked.reason,
    }


def try_row(one: LookOnRecord | Denied) -> tuple[str, ...]:
    """A look, or a try that was refused, as a row."""
    ground = "被拒 refused"
    if isinstance(one, LookOnRecord):
        ground = UNKNOWN if one.ground is None else both(one.ground.ground)
    return one.at, one.recording[:16], one.person[:16], one.kind.value, ground


def try_json(one: LookOnRecord | Denied) -> dict[str, Json]:
    """The same as an object."""
    because = one.ground if isinstance(one, LookOnRecord) else None
    return {
        "at": one.at,
        "recording": one.recording,
        "person": one.person,
        "kind": one.kind.value,
        "denied": isinstance(one, Denied),
        "ground": None if because is None else because.ground.value,
        "grant": None if because is None else because.grant,
    }


def _said(one: Grant, today: date) -> dict[str, Json]:
    state = one.state(today)
    chinese, english = word(state)
    return {"code": state.value, "message": {"zh": chinese, "en": english}}


LOAN_COLUMNS = ("编号 loan", "介质 medium", "应还 due", "领取人 receiver", "状态 state")


def loan_row(one: Loan, *, today: date) -> tuple[str, ...]:
    """A line of the list of loans."""
    late = "逾期 overdue" if one.is_overdue(today) else "在外 out"
    state = late if one.back_at is None else "已还 back"
    return (one.id, one.medium, one.due_on.isoformat(), one.receiver or UNKNOWN, state)


def loan_json(one: Loan, *, today: date) -> dict[str, Json]:
    """A loan as objects hold it."""
    return {
        "loan": one.id,
        "grant": one.grant,
        "medium": one.medium,
        "due_on": one.due_on.isoformat(),
        "overdue": one.is_overdue(today),
        "receiver": one.receiver,
        "person": one.person,
        "lent_at": one.stated_at,
        "back_at": one.back_at,
        "back_note": one.back_note,
    }


def copy_json(one: CopyOut) -> dict[str, Json]:
    """A copy that left, with its signed receipt."""
    return {
        "copy": one.id,
        "grant": one.grant,
        "form": one.form.value,
        "receiver": one.receiver,
        "person": one.person,
        "given_at": one.stated_at,
        "signed": one.signed,
    }
