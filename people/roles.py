"""The one table of role × permission × scope, and the one function that reads it.

Holds always: what no row grants is refused; a role counts only within the unit it was given for
and the units below; whoever holds a role at the root unit also sees what belongs to no unit yet.
An administrator keeps accounts and the register and does not thereby see a recording; nobody's role
lets a look go unrecorded, since that is done by the road to the bytes and not by this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from evidence.errors import Forbidden
from evidence.vocabulary import Role


class Permission(StrEnum):
    """What a person may ask of the system."""

    WATCH_DOCKS = "WATCH_DOCKS"
    LIST_RECORDINGS = "LIST_RECORDINGS"
    VIEW_RECORDING = "VIEW_RECORDING"
    TAKE_ORIGINAL = "TAKE_ORIGINAL"
    READ_CUSTODY = "READ_CUSTODY"
    READ_VIEWS = "READ_VIEWS"
    READ_LOG = "READ_LOG"
    READ_JOBS = "READ_JOBS"
    RETRY_JOBS = "RETRY_JOBS"
    READ_USERS = "READ_USERS"
    MANAGE_USERS = "MANAGE_USERS"
    MANAGE_SESSIONS = "MANAGE_SESSIONS"
    READ_RATIO = "READ_RATIO"
    READ_REPORTS = "READ_REPORTS"
    READ_STAFF = "READ_STAFF"
    MANAGE_STAFF = "MANAGE_STAFF"
    READ_DEVICES = "READ_DEVICES"
    HAND_OUT_DEVICES = "HAND_OUT_DEVICES"
    MANAGE_DEVICES = "MANAGE_DEVICES"
    MANAGE_RULES = "MANAGE_RULES"
    CONFIRM_RULES = "CONFIRM_RULES"
    READ_CASES = "READ_CASES"
    KEEP_CASES = "KEEP_CASES"
    IMPORT_CASES = "IMPORT_CASES"
    CONFIRM_CASES = "CONFIRM_CASES"
    LINK_FOOTAGE = "LINK_FOOTAGE"
    JUDGE_FOOTAGE = "JUDGE_FOOTAGE"
    READ_FINDINGS = "READ_FINDINGS"
    HANDLE_FINDINGS = "HANDLE_FINDINGS"
    READ_RETENTION = "READ_RETENTION"
    PLACE_HOLDS = "PLACE_HOLDS"
    RELEASE_HOLDS = "RELEASE_HOLDS"
    CHANGE_RETENTION = "CHANGE_RETENTION"
    CONFIRM_RETENTION = "CONFIRM_RETENTION"
    READ_DISPOSALS = "READ_DISPOSALS"
    HANDLE_DISPOSALS = "HANDLE_DISPOSALS"
    REQUEST_ACCESS = "REQUEST_ACCESS"
    APPROVE_ACCESS = "APPROVE_ACCESS"
    SUPERVISE_ACCESS = "SUPERVISE_ACCESS"


class Scope(StrEnum):
    """How far a permission reaches."""

    OWN = "OWN"  # recordings whose card names this officer, actions of whose team they are
    UNIT = "UNIT"  # the unit of the role and those below it
    SITE = "SITE"  # everything here, whatever the unit


_P, _S = Permission, Scope

TABLE: Mapping[Role, Mapping[Permission, Scope]] = {
    Role.OFFICER: {
        _P.WATCH_DOCKS: _S.SITE,
        _P.LIST_RECORDINGS: _S.OWN,
        _P.VIEW_RECORDING: _S.OWN,
        _P.READ_CUSTODY: _S.OWN,
        _P.READ_CASES: _S.UNIT,
        _P.KEEP_CASES: _S.OWN,
        _P.LINK_FOOTAGE: _S.OWN,
        _P.READ_FINDINGS: _S.OWN,
        _P.REQUEST_ACCESS: _S.SITE,
    },
    Role.REVIEWER: {
        _P.WATCH_DOCKS: _S.SITE,
        _P.LIST_RECORDINGS: _S.UNIT,
        _P.VIEW_RECORDING: _S.UNIT,
        _P.READ_CUSTODY: _S.UNIT,
        _P.READ_CASES: _S.UNIT,
        _P.CONFIRM_CASES: _S.UNIT,
        _P.JUDGE_FOOTAGE: _S.UNIT,
        _P.READ_FINDINGS: _S.UNIT,
        _P.READ_RETENTION: _S.UNIT,
        _P.PLACE_HOLDS: _S.UNIT,
        _P.REQUEST_ACCESS: _S.SITE,
    },
    Role.AUDITOR: {
        _P.LIST_RECORDINGS: _S.UNIT,
        _P.VIEW_RECORDING: _S.UNIT,
        _P.TAKE_ORIGINAL: _S.UNIT,
        _P.READ_CUSTODY: _S.UNIT,
        _P.READ_VIEWS: _S.UNIT,
        _P.READ_LOG: _S.SITE,
        _P.READ_JOBS: _S.SITE,
        _P.READ_USERS: _S.UNIT,
        _P.READ_RATIO: _S.UNIT,
        _P.READ_REPORTS: _S.UNIT,
        _P.READ_STAFF: _S.UNIT,
        _P.READ_DEVICES: _S.UNIT,
        _P.READ_CASES: _S.UNIT,
        _P.READ_FINDINGS: _S.UNIT,
        _P.READ_RETENTION: _S.UNIT,
        _P.PLACE_HOLDS: _S.UNIT,
        _P.RELEASE_HOLDS: _S.UNIT,
        _P.CONFIRM_RETENTION: _S.UNIT,
        _P.READ_DISPOSALS: _S.UNIT,
        _P.REQUEST_ACCESS: _S.SITE,
        _P.SUPERVISE_ACCESS: _S.UNIT,
    },
    Role.SUPERVISOR: {
        _P.WATCH_DOCKS: _S.SITE,
        _P.LIST_RECORDINGS: _S.UNIT,
        _P.VIEW_RECORDING: _S.UNIT,
        _P.READ_CUSTODY: _S.UNIT,
        _P.READ_VIEWS: _S.UNIT,
        _P.READ_JOBS: _S.SITE,
        _P.READ_USERS: _S.UNIT,
        _P.READ_RATIO: _S.UNIT,
        _P.READ_REPORTS: _S.UNIT,
        _P.READ_STAFF: _S.UNIT,
        _P.READ_DEVICES: _S.UNIT,
        _P.HAND_OUT_DEVICES: _S.UNIT,
        _P.CONFIRM_RULES: _S.UNIT,
        _P.READ_CASES: _S.UNIT,
        _P.KEEP_CASES: _S.UNIT,
        _P.IMPORT_CASES: _S.UNIT,
        _P.CONFIRM_CASES: _S.UNIT,
        _P.LINK_FOOTAGE: _S.UNIT,
        _P.READ_FINDINGS: _S.UNIT,
        _P.HANDLE_FINDINGS: _S.UNIT,
        _P.READ_RETENTION: _S.UNIT,
        _P.PLACE_HOLDS: _S.UNIT,
        _P.RELEASE_HOLDS: _S.UNIT,
        _P.CHANGE_RETENTION: _S.UNIT,
        _P.CONFIRM_RETENTION: _S.UNIT,
        _P.READ_DISPOSALS: _S.UNIT,
        _P.HANDLE_DISPOSALS: _S.UNIT,
        _P.REQUEST_ACCESS: _S.SITE,
        _P.APPROVE_ACCESS: _S.UNIT,
    },
    Role.ADMINISTRATOR: {
        _P.WATCH_DOCKS: _S.SITE,
        _P.READ_LOG: _S.SITE,
        _P.READ_JOBS: _S.SITE,
        _P.RETRY_JOBS: _S.SITE,
        _P.READ_USERS: _S.UNIT,
        _P.MANAGE_USERS: _S.UNIT,
        _P.MANAGE_SESSIONS: _S.UNIT,
        _P.READ_RATIO: _S.UNIT,
        _P.READ_STAFF: _S.UNIT,
        _P.MANAGE_STAFF: _S.UNIT,
        _P.READ_DEVICES: _S.UNIT,
        _P.HAND_OUT_DEVICES: _S.UNIT,
        _P.MANAGE_DEVICES: _S.UNIT,
        _P.MANAGE_RULES: _S.UNIT,
        _P.CONFIRM_RULES: _S.UNIT,
    },
}
"""What each role may do, and how far."""


@dataclass(frozen=True)
class Membership:
    """A role within a unit; `units` are that unit and all below, `is_root` the topmost."""

    id: str
    role: Role
    unit_id: str
    units: frozenset[str]
    is_root: bool


@dataclass(frozen=True)
class Extent:
    """How far one person's permission reaches.

    `everything` includes what has no unit; `units` are unit ids; `officer` is the number by which
    the person's own recordings are found; `homes` are the units in which own things are made. Each
    adds to the others.
    """

    everything: bool = False
    units: frozenset[str] = frozenset()
    officer: str | None = None
    homes: frozenset[str] = frozenset()

    def covers(self, *, unit_id: str | None, officer: str | None) -> bool:
        """Whether something of this unit and officer lies within."""
        if self.everything or (unit_id is not None and unit_id in self.units):
            return True
        return officer is not None and officer == self.officer

    def contains(self, unit_id: str) -> bool:
        """Whether the unit lies within."""
        return self.everything or unit_id in self.units


def extent(
    memberships: tuple[Membership, ...], permission: Permission, *, officer: str | None
) -> Extent:
    """How far these memberships let a person go; raises `Forbidden` where not at all."""
    reach = Extent()
    granted = False
    for membership in memberships:
        scope = TABLE[membership.role].get(permission)
        if scope is not None:
            granted = True
            reach = _wider(reach, membership, scope=scope, officer=officer)
    if not granted:
        raise Forbidden(f"No role of this person allows {permission}", permission=permission.value)
    return reach


def _wider(reach: Extent, membership: Membership, *, scope: Scope, officer: str | None) -> Extent:
    if scope is Scope.SITE or (scope is Scope.UNIT and membership.is_root):
        return replace(reach, everything=True)
    if scope is Scope.UNIT:
        return replace(reach, units=reach.units | membership.units)
    return replace(reach, officer=officer, homes=reach.homes | membership.units)
