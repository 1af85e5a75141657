"""Follows the custody log: what each entry may change is linked, put aside and assessed anew.

Holds always: `ingest` and `devices` do not know of this; the position is remembered after all that
an entry asks for is done, and everything asked for may be done again, so a kill loses nothing and
doubles nothing; two may follow at once, because whoever writes holds the log's lock meanwhile;
exactly what an entry bears on is looked at, found by its rows, never everything.
"""

import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, delete, insert, select, update

from cases import assess, footage, inbox, links, matching, quarantine, reading
from cases.policy import policy_of
from cases.quarantine import Said
from cases.touched import Touched, touched_by
from evidence import entry as entries
from evidence.errors import BadInput, Malformed, NotFound
from evidence.linking import Candidate, winner
from evidence.ratio import day_of
from people.policies import policies_digest
from storage import schema
from storage.database import Database
from storage.ledger import Ledger

log = logging.getLogger(__name__)

_BATCH = 200
_HEAD = schema.case_follow


def catch_up(ledger: Ledger, *, is_over: Callable[[], bool] = lambda: False) -> int:
    """Follows the log up to its head, then assesses what is due, what is new always first.

    Ends early once `is_over` says so; the rest is followed the next time. Returns how many entries
    that took. What cannot be judged, as for a value of policy that the bureau has not set, is said
    in the program's log and keeps nothing else waiting.
    """
    _note_policies(ledger.database)
    followed = 0
    while not is_over():
        if count := _follow_some(ledger, is_over):
            followed += count
        elif is_over() or not _sweep(ledger, is_over):
            break
    return followed


def _note_policies(database: Database) -> None:
    """Where the program brings other policies than before, every action is assessed anew."""
    table = schema.policies_followed
    with database.read() as connection:
        known = policies_digest(connection)
        before = connection.execute(select(table.c.sha256)).scalar()
        if before == known:
            return
        is_new = not connection.execute(select(_HEAD.c.position)).scalar_one()
        stale = set() if is_new else assess.declared_since(connection, None)
    with database.locked() as connection:
        assess.put_due(connection, stale)
        remember_policies(connection)


def remember_policies(connection: Connection) -> None:
    """That everything is judged, or will be, by the policies of this program."""
    table = schema.policies_followed
    connection.execute(delete(table))
    connection.execute(insert(table).values(id=1, sha256=policies_digest(connection)))


def _follow_some(ledger: Ledger, is_over: Callable[[], bool]) -> int:
    """How many entries were followed whole; 0 at the head, or where it was to end."""
    database = ledger.database
    with database.read() as connection:
        position = int(connection.execute(select(_HEAD.c.position)).scalar_one())
        bodies = _bodies(connection, position)
        if not bodies:
            return 0
        found = touched_by(connection, [entries.parse(body.encode()) for body in bodies])
    if not _work(ledger, found, is_over=is_over):
        return 0
    done = position + len(bodies)
    with database.write() as connection:  # two processes may follow at once: never back
        ahead = _HEAD.c.position < done
        connection.execute(update(_HEAD).where(ahead).values(position=done))
    return len(bodies)


def _bodies(connection: Connection, position: int) -> list[str]:
    table = schema.entries
    query = select(table.c.body).where(table.c.seq >= position).order_by(table.c.seq)
    return [str(body) for body in connection.execute(query.limit(_BATCH)).scalars()]


def _work(ledger: Ledger, found: Touched, *, is_over: Callable[[], bool]) -> bool:
    """Recordings that were put aside first, then windows, links and assessments; False if ended.

    An action is found at its old time too until every recording near that was looked at: a kill in
    between must not leave one that waits for an action which is elsewhere now.
    """
    for recording, cause in sorted(found.to_put_aside):
        quarantine.quarantine(ledger, recording, cause=cause, said=Said(None))
    recordings, actions = set(found.recordings), set(found.actions)
    for action in sorted(found.windows):
        recordings |= _remember_action(ledger, action)
    for recording in sorted(recordings):
        if is_over():
            return False
        actions |= _looked_at(ledger, recording)
    for action in sorted(actions):
        if is_over():
            return False
        _assess(ledger, action)
    with ledger.database.locked() as connection:
        for action in sorted(found.windows):
            matching.forget_old_time(connection, action)
        assess.put_due(connection, found.later)
    return True


def _looked_at(ledger: Ledger, recording: str) -> set[str]:
    """As `look_at`; what cannot be placed keeps nothing else waiting."""
    try:
        return look_at(ledger, recording)
    except (BadInput, Malformed, NotFound) as error:
        log.warning("Recording %s is not placed: %s", recording, error)
        return set()


def _remember_action(ledger: Ledger, action: str) -> set[str]:
    """Has an action found at its new time too; returns the recordings near it, now or before."""
    with ledger.database.locked() as connection:
        before = matching.recordings_known_near(connection, action)
        window = matching.remember_action(connection, action)
        now = [] if window is None else matching.recordings_near(connection, window)
    return {*before, *now}


def look_at(ledger: Ledger, recording: str) -> set[str]:
    """Places, links and remembers one recording; returns the actions that it belongs to."""
    with ledger.database.read() as connection:
        if not _is_footage(connection, recording):
            return set()
        matched = matching.match(connection, recording)
        chosen = winner(matched.found) if matched else None
        fresh = chosen if chosen and _is_unanswered(connection, recording) else None
        if fresh is not None and not _may_link(connection, fresh.action, ledger=ledger):
            fresh = None
    if fresh is not None:
        _link(ledger, recording, candidate=fresh)
    with ledger.database.locked() as connection:
        if matched is not None:
            matching.remember_footage(connection, matched.placed)
        inbox.remember(connection, recording, matched=matched)
        return {one.action for one in links.links_of(connection, recording)}


def _may_link(connection: Connection, action: str, *, ledger: Ledger) -> bool:
    """Whether the profile of the action's unit lets a clear winner be linked by nobody."""
    unit = reading.action(connection, action).details.unit
    policy = policy_of(connection, unit, day=day_of(ledger.clock()))
    return policy.value("link.auto") is True


def _is_footage(connection: Connection, recording: str) -> bool:
    kinds = {one.kind for one in footage.sightings_of(connection, recording)}
    return bool(kinds & footage.MEDIA) and recording != footage.EMPTY


def _is_unanswered(connection: Connection, recording: str) -> bool:
    """Whether nobody said anything of it yet: never linked, no answer, not put aside."""
    if links.links_of(connection, recording) or quarantine.quarantined(connection, [recording]):
        return False
    return links.state_of(connection, recording) is links.LinkState.UNLINKED


def _link(ledger: Ledger, recording: str, *, candidate: Candidate) -> None:
    """Links the one clear winner, unless somebody was first."""
    with suppress(links.AlreadyLinked), ledger.act() as act:
        links.check_never_linked(act.connection, recording)
        links.put_link(act, recording, action=candidate.action, reasons=candidate.reasons)


def _assess(ledger: Ledger, action: str) -> None:
    try:
        assess.assess(ledger, action)
    except (BadInput, Malformed, NotFound) as error:
        log.warning("Action %s is not assessed: %s", action, error)


def _sweep(ledger: Ledger, is_over: Callable[[], bool]) -> bool:
    """Assesses some of what is due; whether there was any."""
    now = ledger.clock()
    with ledger.database.read() as connection:
        late = assess.due(connection, now=now, limit=_BATCH)
    for action in late:
        if is_over():
            break
        _assess(ledger, action)
        with ledger.database.locked() as connection:
            assess.forget_due(connection, action, now=now)
    return bool(late)
