"""Whether whoever asks may look at a recording: by role, as one of the team, or by a grant.

Holds always: a try at a recording that is there and out of reach is on record before it is refused
(R-017); what is not there is answered as ever; the same question is asked again while bytes go out,
so a grant that was revoked or has expired ends a stream as a role that ended does.
"""

from api.guard import Caller, extent_of
from api.world import World
from cases import access
from cases.access import Reach
from evidence.access import Ground
from evidence.errors import Forbidden, NotFound
from evidence.ratio import day_of
from people.logins import LoggedIn
from people.roles import Permission
from people.views import Because, Looker, ViewKind
from storage import listing

_PERMISSION = {
    ViewKind.PREVIEW: Permission.VIEW_RECORDING,
    ViewKind.ORIGINAL: Permission.TAKE_ORIGINAL,
}


def why_may_look(
    world: World, logged_in: LoggedIn, *, recording: str, kind: ViewKind, nearest: bool = True
) -> Because | None:
    """Why somebody may look, None where nothing lets them; the first ground if not the nearest.

    Raises `NotFound` for no such recording, `Forbidden` where no role lets them look at anything.
    """
    extent = extent_of(logged_in, _PERMISSION[kind])
    listing.catch_up(world.site.database)
    with world.site.database.read() as connection:
        rows = listing.of_recording(connection, recording)
        if not rows:
            raise NotFound("No such recording", why="NO_RECORDING", recording=recording)
        officer = extent.officer
        reach = Reach(
            is_own=officer is not None and any(row.officer == officer for row in rows),
            is_within=any(extent.covers(unit_id=row.unit, officer=None) for row in rows),
            may_by_team=kind is ViewKind.PREVIEW,
        )
        if reach.is_within and not nearest:
            return Because(Ground.ROLE)
        if kind is ViewKind.ORIGINAL and not (reach.is_own or reach.is_within):
            return None  # a grant to consult is no leave to take away
        return access.because(
            connection,
            logged_in.account.person,
            recording=recording,
            reach=reach,
            today=day_of(world.site.clock()),
        )


def check_may_look(world: World, caller: Caller, *, recording: str, kind: ViewKind) -> Because:
    """The same; a refusal is on record. Raises `NotFound` or `Forbidden` (NEEDS_GRANT)."""
    found = why_may_look(world, caller.logged_in, recording=recording, kind=kind)
    if found is None:
        account = caller.account
        looker = Looker(account.id, account.person, caller.logged_in.session)
        access.note_denial(world.ledger_of(account), looker, recording=recording, kind=kind)
        raise Forbidden("Nothing lets this person look", code="NEEDS_GRANT", recording=recording)
    return found


def check_still_may_look(
    world: World, logged_in: LoggedIn, *, recording: str, kind: ViewKind
) -> None:
    """The same in the middle of a stream, where nothing is put on record. Raises `NotFound`."""
    if why_may_look(world, logged_in, recording=recording, kind=kind, nearest=False) is None:
        raise NotFound("No such recording", why="NO_RECORDING", recording=recording)


def may_know_of(world: World, caller: Caller, *, recording: str) -> bool:
    """Whether somebody whose role does not reach a recording may look at it all the same."""
    try:
        found = why_may_look(world, caller.logged_in, recording=recording, kind=ViewKind.PREVIEW)
    except Forbidden:
        return False
    return found is not None
