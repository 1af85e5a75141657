"""Who may enforce on a day, and why not: `may_enforce`, the one function everything asks.

Holds always: a verdict rests on dated facts alone and on no clock; of two postings that hold on a
day, the one that began later counts, and of two of the same day the one stated later; each reason
against is named, not only the first. 持证上岗: R-052 to R-058, R-103; part 3.1 of the requirements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PersonKind(StrEnum):
    """What somebody is to enforcement. Auxiliaries assist, and never count as officers."""

    OFFICER = "OFFICER"
    AUXILIARY = "AUXILIARY"
    EXTERNAL = "EXTERNAL"


class PostStatus(StrEnum):
    """Whether somebody serves. The last two do not end by themselves."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    DISQUALIFIED = "DISQUALIFIED"
    LEFT = "LEFT"


class AnnualCheck(StrEnum):
    """What a missing annual check of the certificate does: `certificate.annual_check`."""

    IGNORE = "IGNORE"
    FLAG = "FLAG"
    BLOCK = "BLOCK"


class Bar(StrEnum):
    """What stands against somebody's enforcing on a day."""

    NO_POSTING = "NO_POSTING"
    NOT_OFFICER = "NOT_OFFICER"
    NOT_ON_ESTABLISHMENT = "NOT_ON_ESTABLISHMENT"
    NOT_ON_POST = "NOT_ON_POST"
    SUSPENDED = "SUSPENDED"
    DISQUALIFIED = "DISQUALIFIED"
    LEFT = "LEFT"
    NO_CERTIFICATE = "NO_CERTIFICATE"
    CERT_NOT_YET = "CERT_NOT_YET"
    CERT_EXPIRED = "CERT_EXPIRED"
    CERT_REVOKED = "CERT_REVOKED"
    ANNUAL_CHECK_MISSING = "ANNUAL_CHECK_MISSING"


class HolderBar(StrEnum):
    """What else stands against somebody's taking a recorder out."""

    HELD = "HELD"
    NO_UNDERTAKING = "NO_UNDERTAKING"
    NO_SUPERVISOR = "NO_SUPERVISOR"
    SUPERVISOR_BARRED = "SUPERVISOR_BARRED"
    CLOCK_FAR_OFF = "CLOCK_FAR_OFF"


_BY_STATUS: Mapping[PostStatus, Bar | None] = {
    PostStatus.ACTIVE: None,
    PostStatus.SUSPENDED: Bar.SUSPENDED,
    PostStatus.DISQUALIFIED: Bar.DISQUALIFIED,
    PostStatus.LEFT: Bar.LEFT,
}


@dataclass(frozen=True, order=True)
class Posting:
    """Where and as what somebody serves from a day on, until another posting begins.

    `number` is the order in which postings were stated.
    """

    from_day: date
    number: int
    unit_id: str
    kind: PersonKind
    on_establishment: bool
    on_post: bool
    status: PostStatus = PostStatus.ACTIVE


@dataclass(frozen=True)
class Certificate:
    """An enforcement certificate: valid from and to these days, both included.

    `revoked_on` is the first day on which it is worth nothing; `checked` are the years whose
    annual check is on record.
    """

    valid_from: date
    valid_to: date
    revoked_on: date | None = None
    checked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PersonFacts:
    """All that is on record of one person and bears on enforcing."""

    postings: tuple[Posting, ...] = ()
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True)
class Standing:
    """The verdict for one person and day.

    `posting` is None where none had begun; `bars` are all reasons against; `flags` are remarks
    that do not bar.
    """

    posting: Posting | None
    bars: tuple[Bar, ...]
    flags: tuple[Bar, ...] = ()

    @property
    def may_enforce(self) -> bool:
        """Whether nothing stands against it."""
        return not self.bars

    @property
    def is_on_roster(self) -> bool:
        """Whether this is an officer in service on paper, certificate or not.

        Who is suspended is in no head count (R-046).
        """
        posting = self.posting
        return (
            posting is not None
            and posting.kind is PersonKind.OFFICER
            and posting.status is PostStatus.ACTIVE
        )


def may_enforce(
    person: PersonFacts, day: date, *, annual_check: AnnualCheck = AnnualCheck.FLAG
) -> Standing:
    """Whether a person may enforce on a day, by what is on record.

    A certificate that is valid but lacks the annual check of the year before is barred or flagged
    as the profile says; one issued in that year needs none (R-103).
    """
    posting = posting_on(person.postings, day)
    bars = [Bar.NO_POSTING] if posting is None else list(_bars_of(posting))
    flags: list[Bar] = []
    against = _bar_of_certificates(person.certificates, day, annual_check=annual_check)
    if against is Bar.ANNUAL_CHECK_MISSING and annual_check is AnnualCheck.FLAG:
        flags.append(against)
    elif against is not None:
        bars.append(against)
    return Standing(posting, tuple(bars), tuple(flags))


def posting_on(postings: Iterable[Posting], day: date) -> Posting | None:
    """The posting that holds on a day; None before the first."""
    begun = [posting for posting in postings if posting.from_day <= day]
    return max(begun, default=None)


def _bars_of(posting: Posting) -> Iterable[Bar]:
    if posting.kind is not PersonKind.OFFICER:
        yield Bar.NOT_OFFICER
    if not posting.on_establishment:
        yield Bar.NOT_ON_ESTABLISHMENT
    if not posting.on_post:
        yield Bar.NOT_ON_POST
    bar = _BY_STATUS[posting.status]
    if bar is not None:
        yield bar


def _bar_of_certificates(
    certificates: Iterable[Certificate], day: date, *, annual_check: AnnualCheck
) -> Bar | None:
    """What stands against the best certificate there is; None where one is good."""
    found = {_bar_of(certificate, day, annual_check=annual_check) for certificate in certificates}
    if not found:
        return Bar.NO_CERTIFICATE
    return next(bar for bar in _BEST_FIRST if bar in found)


_BEST_FIRST = (
    *(None, Bar.ANNUAL_CHECK_MISSING, Bar.CERT_EXPIRED, Bar.CERT_REVOKED, Bar.CERT_NOT_YET),
)


def _bar_of(certificate: Certificate, day: date, *, annual_check: AnnualCheck) -> Bar | None:
    if certificate.revoked_on is not None and certificate.revoked_on <= day:
        return Bar.CERT_REVOKED
    if day > certificate.valid_to:
        return Bar.CERT_EXPIRED
    if day < certificate.valid_from:
        return Bar.CERT_NOT_YET
    last_year = day.year - 1
    checked = last_year in certificate.checked or certificate.valid_from.year >= last_year
    return None if checked or annual_check is AnnualCheck.IGNORE else Bar.ANNUAL_CHECK_MISSING


def turning_days(person: PersonFacts, *, annual_check: AnnualCheck) -> frozenset[date]:
    """Every day on which the verdict on a person may differ from the day before.

    Between two of them it is the same, so a history asks on these days alone. The first annual
    check that can be missing is that of the year after the issue, from the year after that on.
    """
    found = {posting.from_day for posting in person.postings}
    for certificate in person.certificates:
        found |= _turning_days_of(certificate, checks=annual_check is not AnnualCheck.IGNORE)
    return frozenset(found)


def _turning_days_of(certificate: Certificate, *, checks: bool) -> set[date]:
    found = {certificate.valid_from}
    if certificate.valid_to < date.max:
        found.add(date.fromordinal(certificate.valid_to.toordinal() + 1))
    if certificate.revoked_on is not None:
        found.add(certificate.revoked_on)
    if checks:
        last = min(certificate.valid_to.year, date.max.year)
        found |= {date(year, 1, 1) for year in range(certificate.valid_from.year + 2, last + 1)}
    return found
