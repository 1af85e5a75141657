"""What is known of every stored copy."""

from dataclasses import asdict
from datetime import timedelta

from fastapi import APIRouter, Depends, Request

from api import models as m
from api.guard import Caller, needs
from api.models_copies import Copies, VaultCopies
from api.responses import PROBLEMS
from api.world import world_of
from evidence.entry import time_text
from evidence.ratio import day_of
from people.keeping_rule import scrub_rule
from people.roles import Permission
from storage import second

router = APIRouter(prefix="/api", tags=["service"])

_watching = Depends(needs(Permission.WATCH_DOCKS))


@router.get("/copies", responses=PROBLEMS["read"])
def copies(request: Request, _caller: Caller = _watching) -> Copies:
    """How many stored copies were verified in time, failed, or were not checked."""
    site = world_of(request).site
    now = site.clock()
    rule = scrub_rule(day_of(now))
    found = second.states(site, since=time_text(now - timedelta(days=rule.days)))
    first = next((one.copies for one in found if one.role == "FIRST"), 0)
    return Copies(
        vaults=[VaultCopies(**asdict(one)) for one in found],
        twice=second.copied_twice(site),
        recordings=first,
        every_days=rule.days,
        basis=m.Words(zh=rule.basis[0], en=rule.basis[1]),
    )
