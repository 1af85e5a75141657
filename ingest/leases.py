"""Claims on cards and recorder numbers, held in the database so that all processes see them.

Holds always: a claim lives at most `lease_seconds` beyond the last renewal, and ends at once when
its process is known to be dead; one that was given up is never renewed, even where the database
did not hear of it; it only spares double work and marks doubles: no verdict rests
on it, and two processes that took one card anyway would seal the same item twice seen.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import and_, select, update

from evidence.entry import time_text
from evidence.errors import EnvironmentTrouble
from ingest.station import Station
from storage import schema
from storage.database import claim_lease, release_lease

log = logging.getLogger(__name__)

_SEPARATOR = "|"


def hold_card(station: Station, card: str, *, session_key: str) -> bool:
    """Claims a card for this dock; False while another live process holds it."""
    return _claim(station, f"card/{card}", detail=session_key) is None


def hold_recorder(station: Station, number: str, *, session_id: str) -> str | None:
    """Claims a recorder number; returns the session of another docked card that claims it too."""
    holder = _claim(station, f"recorder/{number}", detail=session_id)
    return None if holder is None else holder.partition(_SEPARATOR)[2]


def release(station: Station, name: str, *, detail: str) -> None:
    """Gives a claim (`card/...` or `recorder/...`) back, if it is ours.

    Trouble of the database is no reason to fail: what is not renewed runs out by itself.
    """
    station.claims.discard((name, detail))
    try:
        with station.site.database.write() as connection:
            release_lease(connection, name, owner=_owner(station, detail))
    except EnvironmentTrouble as error:
        log.warning("Claim %s is left to run out: %s", name, error)


def renew(station: Station) -> None:
    """Extends every claim that was made and not given back."""
    until = time_text(station.site.clock() + timedelta(seconds=station.settings.lease_seconds))
    table = schema.leases
    with station.site.database.write() as connection:
        for name, detail in tuple(station.claims):
            ours = and_(table.c.id == name, table.c.owner == _owner(station, detail))
            connection.execute(update(table).where(ours).values(until=until))


@contextmanager
def renewing(station: Station) -> Iterator[None]:
    """Renews the claims of this process while the block runs."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(station.settings.lease_seconds / 3):
            try:
                renew(station)
            except EnvironmentTrouble as error:
                log.warning("Claims could not be renewed: %s", error)

    thread = threading.Thread(target=beat, name="leases")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _claim(station: Station, name: str, *, detail: str) -> str | None:
    now = station.site.clock()
    until = now + timedelta(seconds=station.settings.lease_seconds)
    table = schema.leases
    with station.site.database.locked() as connection:  # two claims at once must not both succeed
        held = connection.execute(select(table.c.owner).where(table.c.id == name)).scalar()
        if held is not None and not station.process.is_alive(held.partition(_SEPARATOR)[0]):
            connection.execute(table.delete().where(table.c.id == name))
        holder = claim_lease(
            connection,
            name,
            owner=_owner(station, detail),
            now=time_text(now),
            until=time_text(until),
        )
    if holder is None:
        station.claims.add((name, detail))
    return holder


def _owner(station: Station, detail: str) -> str:
    return f"{station.process.name}{_SEPARATOR}{detail}"
