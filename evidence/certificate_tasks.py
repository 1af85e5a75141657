"""What is to be done about a certificate: renew, check, collect, destroy (R-056, R-058, R-115).

Holds always: a certificate is dead where its days are over, it was revoked, or its bearer is gone;
what is dead is collected, then destroyed, and asked for until then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from evidence.enforcing import (
    Bar,
    Certificate,
    PersonFacts,
    PersonKind,
    Posting,
    PostStatus,
    may_enforce,
    posting_on,
)


class CertificateTask(StrEnum):
    """What is to be done next."""

    RENEW = "RENEW"
    CHECK = "CHECK"
    COLLECT = "COLLECT"
    DESTROY = "DESTROY"


_GONE = (PostStatus.LEFT, PostStatus.DISQUALIFIED)


@dataclass(frozen=True)
class PaperState:
    """A certificate, and since when it is collected and destroyed, if it is."""

    certificate: Certificate
    collected_on: date | None = None
    destroyed_on: date | None = None


def task_of(
    paper: PaperState, day: date, *, person: PersonFacts, others: Iterable[Certificate], warn: int
) -> CertificateTask | None:
    """What is to be done about a certificate on a day; `warn` is in days before its end.

    `others` are the other certificates of the same kind: what goes on under one needs no renewal.
    """
    posting = posting_on(person.postings, day)
    if _is_dead(paper.certificate, day, posting=posting):
        return _of_dead(paper, day)
    if posting is None or posting.kind is not PersonKind.OFFICER:
        return None
    held = paper.certificate
    ends_soon = (held.valid_to - day) <= timedelta(days=warn)
    if ends_soon and not any(_goes_on(held, other) for other in others):
        return CertificateTask.RENEW
    alone = may_enforce(PersonFacts(person.postings, (held,)), day)
    return CertificateTask.CHECK if Bar.ANNUAL_CHECK_MISSING in alone.flags else None


def _is_dead(held: Certificate, day: date, *, posting: Posting | None) -> bool:
    is_revoked = held.revoked_on is not None and held.revoked_on <= day
    is_gone = posting is not None and posting.status in _GONE
    return day > held.valid_to or is_revoked or is_gone


def _of_dead(paper: PaperState, day: date) -> CertificateTask | None:
    if paper.destroyed_on is not None and paper.destroyed_on <= day:
        return None
    is_collected = paper.collected_on is not None and paper.collected_on <= day
    return CertificateTask.DESTROY if is_collected else CertificateTask.COLLECT


def _goes_on(held: Certificate, other: Certificate) -> bool:
    """Whether another begins no later than the day after this one's last."""
    begins = other.valid_from <= held.valid_to + timedelta(days=1)
    return begins and other.valid_to > held.valid_to and other.revoked_on is None
