"""The act `media.measured`: what a recording really holds, once put on record.

Holds always: a recording has at most one statement of the same tool with the same result; a later
one counts instead of those before it, which stay. What is not measured yet is asked of the
recordings themselves (`storage.derivatives.lacking`), so losing the jobs loses nothing.
"""

import secrets
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from evidence.media import MediaFacts, labels_of, labels_text, stretches_of, stretches_text
from evidence.personal import MEDIA_PLACE, SALT_BYTES, Personal
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

_TABLE = schema.media_facts


class _Stated(Exception):
    """It is on record already: the act is undone before it wrote anything."""


def state(ledger: Ledger, sha256: str, *, facts: MediaFacts) -> bool:
    """Puts facts on record unless they are; says whether it did."""
    with suppress(_Stated), ledger.act() as act:
        if is_stated(act.connection, sha256, facts=facts):
            raise _Stated
        insert(act, sha256, facts=facts)
        act.enter("media.measured", {"recording": sha256})
        return True
    return False


def insert(act: Act, sha256: str, *, facts: MediaFacts) -> None:
    """Writes the row of one statement."""
    place = None
    if facts.place is not None:
        place = act.keep(Personal(MEDIA_PLACE, facts.place, secrets.token_bytes(SALT_BYTES)))
    row: NewRow = {
        **act.numbered(_TABLE, owner="recording_id", value=sha256),
        "tool": facts.tool,
        "video": stretches_text(facts.video),
        "sound": stretches_text(facts.sound),
        "labels": labels_text(facts.labels),
        "place": place,
        "measured_at": act.at_text,
    }
    act.insert(_TABLE, row)


def is_stated(connection: Connection, sha256: str, *, facts: MediaFacts) -> bool:
    """Whether the newest statement says this already; a place that was erased is not asked of."""
    row = connection.execute(_latest_of([sha256])).first()
    if row is None:
        return False
    known = _facts(row)
    same_place = row.place is not None and row.opened is None
    return known.tool == facts.tool and (
        (known.video, known.sound, known.labels)
        == (facts.video, facts.sound, tuple(sorted(set(facts.labels))))
        and (same_place or known.place == facts.place)
    )


def latest(connection: Connection, recordings: Collection[str]) -> dict[str, MediaFacts]:
    """The statement that counts of each recording that has one."""
    if not recordings:
        return {}
    rows = connection.execute(_latest_of(recordings))
    return {str(row.recording_id): _facts(row) for row in rows}


def _latest_of(recordings: Collection[str]) -> Select[Any]:
    personal = schema.personal_data
    newest = select(_TABLE.c.recording_id, func.max(_TABLE.c.number).label("number"))
    newest = newest.where(_TABLE.c.recording_id.in_(recordings)).group_by(_TABLE.c.recording_id)
    chosen = newest.subquery()
    same = and_(chosen.c.recording_id == _TABLE.c.recording_id, chosen.c.number == _TABLE.c.number)
    joined = _TABLE.join(chosen, same).join(personal, personal.c.id == _TABLE.c.place, isouter=True)
    return select(_TABLE, personal.c.value.label("opened")).select_from(joined)


def _facts(row: "Row[tuple[object, ...]]") -> MediaFacts:
    return MediaFacts(
        tool=row.tool,
        video=stretches_of(row.video),
        sound=stretches_of(row.sound),
        labels=labels_of(row.labels),
        place=row.opened,
    )
