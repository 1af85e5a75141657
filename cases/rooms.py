"""In which registered room a device is fitted (执法办案场所, R-145, R-150)."""

from datetime import datetime

from sqlalchemy import Connection, select

from evidence.entry import time_text
from storage import schema


def room_of(connection: Connection, recorder: str, *, at: datetime) -> str | None:
    """The room in which a device was fitted at a moment; None for one that is carried."""
    table = schema.place_devices
    query = select(table.c.place_id).where(
        table.c.recorder_id == recorder, table.c.since <= time_text(at)
    )
    row = connection.execute(query.order_by(table.c.number.desc()).limit(1)).first()
    return None if row is None else row.place_id
