"""Why a recording is not for everybody (R-168): stated as an act, the last word counts.

Holds always: a state secret is no level of access but is put aside in quarantine, where nothing is
granted of it; what nobody said anything of is NONE.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select

from cases import kept
from cases.quarantine import known_recording
from evidence.access import Confidentiality
from evidence.errors import BadInput
from evidence.personal import REMARK
from storage import schema
from storage.ledger import Ledger
from storage.ledger import Row as NewRow

STATE = "STATE"
_AT_ONCE = 500


def state(ledger: Ledger, recording: str, *, level: str, person: str, reason: str) -> None:
    """The act `confidentiality.stated`.

    Raises `NotFound`, or `BadInput` for no reason, no level, or STATE: that is for the quarantine.
    """
    if level == STATE:
        raise BadInput("A state secret is put aside in quarantine", why="LEVEL_STATE")
    if level not in set(Confidentiality):
        raise BadInput(f"{level} is no level", why="LEVEL", value=level[:40])
    with ledger.act() as act:
        known_recording(act.connection, recording)
        row: NewRow = {
            **act.numbered(schema.confidentialities, owner="recording_id", value=recording),
            "degree": level,
            "reason": kept.keep_needed(act, REMARK, value=reason, why="LEVEL_REASON"),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.confidentialities, row)
        act.enter("confidentiality.stated", {"recording": recording, "level": level})


def levels(connection: Connection, recordings: Collection[str]) -> Mapping[str, Confidentiality]:
    """The level of each of these recordings."""
    table = schema.confidentialities
    found = dict.fromkeys(recordings, Confidentiality.NONE)
    wanted = sorted(found)
    for start in range(0, len(wanted), _AT_ONCE):
        some = table.c.recording_id.in_(wanted[start : start + _AT_ONCE])
        last = select(table.c.recording_id, func.max(table.c.number).label("number"))
        newest = last.where(some).group_by(table.c.recording_id).subquery()
        same = (table.c.recording_id == newest.c.recording_id) & (table.c.number == newest.c.number)
        query = select(table.c.recording_id, table.c.degree).join_from(table, newest, same)
        found |= {
            row.recording_id: Confidentiality(row.degree) for row in connection.execute(query)
        }
    return found
