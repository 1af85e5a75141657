"""The service itself: that it lives, its previews' jobs, and the head of its log."""

from importlib.metadata import version

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select

from api import models as m
from api.guard import Caller, needs
from api.responses import PROBLEMS
from api.world import world_of
from evidence.derivative import DerivativeState
from evidence.entry import time_text
from evidence.messages import preview_sentence
from people.roles import Permission
from storage import derivatives, schema
from storage.derivatives import Derivative
from storage.ledger import remember_head

router = APIRouter(prefix="/api", tags=["service"])

_MOST_FAILED = 100
_reading = Depends(needs(Permission.READ_JOBS))
_retrying = Depends(needs(Permission.RETRY_JOBS))
_log = Depends(needs(Permission.READ_LOG))


@router.get("/health", responses=PROBLEMS["open"])
def health(request: Request) -> m.Health:
    """That the service and its database answer."""
    site = world_of(request).site
    with site.database.read() as connection:
        connection.execute(select(schema.log_head.c.size))
    return m.Health(site=site.site_id, version=version("liuhen"))


@router.get("/jobs", responses=PROBLEMS["read"])
def jobs(request: Request, _caller: Caller = _reading) -> m.JobsShown:
    """How many previews there are in each state, and the newest failures."""
    database = world_of(request).site.database
    failed = derivatives.listing(database, DerivativeState.FAILED, limit=_MOST_FAILED)
    return m.JobsShown(counts=derivatives.counts(database), failed=[_failed(row) for row in failed])


@router.post("/jobs/retry", responses=PROBLEMS["change"])
def retry(request: Request, given: m.RetryGiven, _caller: Caller = _retrying) -> m.Retried:
    """Has failed previews tried anew."""
    database = world_of(request).site.database
    return m.Retried(retried=derivatives.retry(database, given.recording))


@router.get("/log", responses=PROBLEMS["read"])
def log_head(request: Request, _caller: Caller = _log) -> m.LogHead:
    """The newest signed checkpoint, to be kept elsewhere, and the key it verifies under."""
    site = world_of(request).site
    head, signed = remember_head(site.database, signer=site.log_signer)
    return m.LogHead(checkpoint=signed, key=site.log_signer.key.text(), size=head.size)


def _failed(row: Derivative) -> m.FailedJob:
    code = row.code or "NOT_PLAYABLE"
    chinese, english = preview_sentence(code, str(row.facts.get("message", "")), facts=row.facts)
    return m.FailedJob(
        recording=row.recording,
        kind=row.kind.value,
        code=code,
        words=m.Words(zh=chinese, en=english),
        attempts=row.attempts,
        made_at=time_text(row.made_at),
    )
