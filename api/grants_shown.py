"""Grants of access as answers show them, and which of them somebody may see or answer."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from api import models_access as a
from api.guard import Caller, extent_of
from api.register_words import said
from cases import grants, reading
from cases.grants import Grant
from evidence.access import GrantKind, GrantState
from evidence.errors import Forbidden, NotFound
from people.roles import Extent, Permission
from people.staff import names_of
from storage import listing


def reaches(connection: Connection, extent: Extent, *, found: Grant) -> bool:
    """Whether all that a grant is about lies within."""
    if extent.everything:
        return True
    if found.objects.case is not None:
        return extent.contains(reading.case(connection, found.objects.case).details.unit)
    return all(_covers(connection, extent, recording=one) for one in found.objects.recordings)


def within(connection: Connection, caller: Caller, *, grant: str) -> Grant:
    """A grant whose objects lie within the caller's reach. Raises `NotFound`."""
    found = grants.find(connection, grant)
    if not reaches(connection, caller.extent, found=found):
        raise NotFound(f"There is no grant {grant}", why="NO_GRANT", grant=grant)
    return found


def own(connection: Connection, person: str, *, grant: str) -> Grant:
    """A grant that somebody asked for or uses. Raises `NotFound`."""
    found = grants.find(connection, grant)
    if person not in (found.requester, found.whom.person):
        raise NotFound(f"There is no grant {grant}", why="NO_GRANT", grant=grant)
    return found


def visible(connection: Connection, caller: Caller) -> list[Grant]:
    """One's own grants, and all within reach of whoever approves them or knows who looked."""
    found = (extent_or_none(caller, one) for one in _KNOWING)
    extents = [one for one in found if one is not None]
    person = caller.account.person
    return [
        one
        for one in grants.newest(connection)
        if person in (one.requester, one.whom.person)
        or any(reaches(connection, extent, found=one) for extent in extents)
    ]


_KNOWING = (Permission.APPROVE_ACCESS, Permission.READ_VIEWS)


def extent_or_none(caller: Caller, permission: Permission) -> Extent | None:
    """How far a permission of the caller reaches; None where no role gives it."""
    try:
        return extent_of(caller.logged_in, permission)
    except Forbidden:
        return None


def _covers(connection: Connection, extent: Extent, *, recording: str) -> bool:
    rows = listing.of_recording(connection, recording)
    return any(extent.covers(unit_id=row.unit, officer=None) for row in rows)


def shown(
    connection: Connection, found: Sequence[Grant], *, caller: Caller, today: date
) -> list[a.GrantShown]:
    """Grants with names and with what the reader may do with each."""
    people = {one.requester for one in found} | {one.whom.person for one in found}
    people |= {one.answered.person for one in found if one.answered is not None}
    people |= {one.revoked.person for one in found if one.revoked is not None}
    names = names_of(connection, people)
    approving = extent_or_none(caller, Permission.APPROVE_ACCESS)
    return [
        _shown(connection, one, names=names, today=today).model_copy(
            update={
                "may": _may(
                    one,
                    caller.account.person,
                    state=one.state(today),
                    is_approver=approving is not None and reaches(connection, approving, found=one),
                )
            }
        )
        for one in found
    ]


def _may(found: Grant, person: str, *, state: GrantState, is_approver: bool) -> list[str]:
    """The acts that would not be refused by right; the rules may still stand against them."""
    may: list[str] = []
    if state is GrantState.REQUESTED:
        is_third = person not in (found.requester, found.whom.person)
        may += ["approve", "refuse"] if is_approver and is_third else []
        may += ["withdraw"] if person == found.requester else []
    if state in (GrantState.ACTIVE, GrantState.APPROVED) and is_approver:
        may.append("revoke")
    if state is GrantState.ACTIVE:
        is_user = person == found.whom.person
        may += ["copy"] if is_user and found.kind is GrantKind.COPY else []
        may += ["lend"] if is_approver and found.kind is GrantKind.BORROW else []
    return may


def _shown(
    connection: Connection, one: Grant, *, names: dict[str, str | None], today: date
) -> a.GrantShown:
    answered, revoked, case = one.answered, one.revoked, one.objects.case
    return a.GrantShown(
        id=one.id,
        kind=said(one.kind),
        state=said(one.state(today)),
        grantee=said(one.whom.kind),
        person=one.whom.person,
        person_name=names.get(one.whom.person),
        outsider=one.whom.outsider,
        purpose=one.purpose,
        basis=one.basis,
        document_number=one.document_number,
        case=case,
        case_number=None if case is None else reading.case(connection, case).details.number,
        recordings=grants.objects_of(connection, one),
        from_day=one.term.first,
        to_day=one.term.last,
        requester=one.requester,
        requester_name=names.get(one.requester),
        requested_at=one.stated_at,
        approver=None if answered is None else answered.person,
        approver_name=None if answered is None else names.get(answered.person),
        answered_at=None if answered is None else answered.at,
        note=None if answered is None else answered.note,
        revoked_by=None if revoked is None else names.get(revoked.person),
        revoked_at=None if revoked is None else revoked.at,
        revoke_reason=None if revoked is None else revoked.reason,
        may=[],
    )
