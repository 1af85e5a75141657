"""Claims on cards and recorder numbers, held in the database so that all processes see them.

Holds always: a claim lives at most `lease_seconds` beyond the last renewal, and ends at once when
its process is known to be dead; one that was given up is never renewed, and where the database did
not hear of it, it is told again until it did; a number is doubled only while a session of another
card holds it. A claim only spares double work and marks doubles: no verdict rests on it, and two
processes that took one card anyway would seal the same item twice seen.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy import Connection, and_, select, update

from evidence.entry import time_text
from evidence.errors import EnvironmentTrouble
from evidence.vocabulary import SourceKind
from ingest.station import Station
from storage import schema
from storage.database import claim_lease, release_lease

log = logging.getLogger(__name__)

_SEPARATOR = "|"
_CARD = "card/"
_RECORDER = "recorder/"


def hold_card(station: Station, card: str, *, session_key: str) -> bool:
    """Claims a card for this dock; False while another live process holds it."""
    return _claim(station, f"{_CARD}{card}", detail=session_key) is None


def is_held_here(station: Station, card: str) -> bool:
    """Whether another dock of this very process holds the claim on a card; only for the words."""
    table = schema.leases
    held = select(table.c.owner).where(table.c.id == f"{_CARD}{card}")
    with station.site.database.read() as connection:
        owner = connection.execute(held).scalar() or ""
    return owner.partition(_SEPARATOR)[0] == station.process.name


def hold_recorder(station: Station, number: str, *, session_id: str) -> str | None:
    """Claims a recorder number; returns the session of another docked card that claims it too.

    A claim that outlived its session is taken over: to report it would mark for good two cards
    that never met.
    """
    holder = _claim(station, f"{_RECORDER}{number}", detail=session_id)
    return None if holder is None else holder.partition(_SEPARATOR)[2]


def release(station: Station, name: str, *, detail: str) -> None:
    """Gives a claim (`card/...` or `recorder/...`) back, if it is ours.

    Trouble of the database is no reason to fail: it is told again with the next renewal, and what
    is not renewed runs out by itself.
    """
    station.claims.discard((name, detail))
    try:
        with station.site.database.write() as connection:
            release_lease(connection, name, owner=_owner(station, detail))
    except EnvironmentTrouble as error:
        station.given_up.add((name, detail))
        log.warning("Claim %s could not be given back yet: %s", name, error)


def renew(station: Station) -> None:
    """Extends every claim that was made and not given back; tells again what was given back.

    Raises `EnvironmentTrouble`.
    """
    _tell_again(station)
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
        with suppress(EnvironmentTrouble):  # then other processes see that this one is dead
            _tell_again(station)


def _tell_again(station: Station) -> None:
    """Gives back what could not be given back before; what was claimed anew meanwhile stays."""
    if not station.given_up:
        return
    with station.site.database.locked() as connection:  # no claim is made at the same time
        told = tuple(station.given_up)
        for name, detail in told:
            release_lease(connection, name, owner=_owner(station, detail))
    station.given_up.difference_update(told)


def _claim(station: Station, name: str, *, detail: str) -> str | None:
    now = station.site.clock()
    until = now + timedelta(seconds=station.settings.lease_seconds)
    table = schema.leases
    with station.site.database.locked() as connection:  # two claims at once must not both succeed
        station.given_up.discard((name, detail))
        held = connection.execute(select(table.c.owner).where(table.c.id == name)).scalar()
        if held is not None and _has_outlived(
            station, connection, name=name, held=held, wanted_by=detail
        ):
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


def _has_outlived(
    station: Station, connection: Connection, *, name: str, held: str, wanted_by: str
) -> bool:
    """Whether a claim stands though what it was made for is over."""
    process, _, detail = held.partition(_SEPARATOR)
    if not station.process.is_alive(process):
        return True
    if process == station.process.name and (name, detail) in station.given_up:
        return True
    is_number = name.startswith(_RECORDER)
    return is_number and _is_over(connection, detail, process=process, beside=wanted_by)


def _is_over(connection: Connection, session: str, *, process: str, beside: str) -> bool:
    """Whether a session that claims a number is known to have ended before session `beside`.

    A card stands in one dock only, so a second session of it comes after the first. A watch gives
    the card back after the number; a one-shot run keeps its numbers until its last card is done.
    """
    sessions, claims = schema.dock_sessions, schema.leases
    both = select(sessions).where(sessions.c.id.in_([session, beside]))
    rows = {row.id: row for row in connection.execute(both)}
    if session not in rows:
        return False
    card = rows[session].card
    if beside in rows and rows[beside].card == card:
        return True
    held = connection.execute(select(claims.c.owner).where(claims.c.id == f"{_CARD}{card}"))
    owner = held.scalar() or ""
    is_watched = rows[session].source != SourceKind.ONE_SHOT.value
    return is_watched and owner.partition(_SEPARATOR)[0] != process


def _owner(station: Station, detail: str) -> str:
    return f"{station.process.name}{_SEPARATOR}{detail}"
