"""The one composition root: puts settings, clock, site and station together."""

import getpass
import os
import secrets
import threading
from pathlib import Path

from devices.makes import load_makes
from evidence.errors import NotFound
from evidence.personal import OS_USER, SALT_BYTES, Personal
from ingest.board import Board, Listener
from ingest.station import Station
from ingest.turns import Turns
from liuhen import clock
from liuhen.settings import Settings
from storage import site as sites
from storage.durable import write_durably
from storage.site import Actor, Site


def service() -> Actor:
    """The running service as an actor."""
    return Actor("service")


def operator() -> Actor:
    """The person at the terminal, by the name the system knows; it stands apart from the log."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.getuid()}"
    return Actor("operator", Personal(OS_USER, name, secrets.token_bytes(SALT_BYTES)))


def open_or_make(settings: Settings, actor: Actor) -> Site:
    """The site, made on first use."""
    return sites.open_site(settings.plan, clock.now, actor=actor)


def open_existing(settings: Settings, actor: Actor) -> Site:
    """The site; raises `NotFound` where there is none, and makes nothing."""
    if not sites.exists(settings.plan):
        raise NotFound("There is no site", data=str(settings.plan.data), code="NO_SITE")
    return sites.open_site(settings.plan, clock.now, actor=actor)


def station(settings: Settings, site: Site, *, listener: Listener | None = None) -> Station:
    """Everything docks share, for one process."""
    intake = settings.intake.settings()
    return Station(
        site=site,
        makes=load_makes(),
        settings=intake,
        process=clock.this_process(),
        lookup_key=_lookup_key(settings.plan.data / "keys" / "lookup.key"),
        board=Board(listener),
        turns=Turns(intake.slots),
        monotonic=clock.monotonic,
        stop=threading.Event(),
    )


def _lookup_key(path: Path) -> bytes:
    """The key by which file versions are recognised without storing their names."""
    if not path.exists():
        write_durably(path, secrets.token_bytes(32), mode=0o600)
    return path.read_bytes()
