"""Role x route x scope: every cell made from the table of roles and from the routes themselves.

What a cell should answer is told by `expected`, which reads `people.roles.TABLE` and nothing else
of the program; `Prober.ask` asks the running service for it.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import httpx

from devices import upkeep
from devices.places import NewPlace, add_place
from evidence.derivative import DerivativeKind
from evidence.places import PlaceKind
from evidence.ratio import day_of
from evidence.report import ReportKind
from evidence.vocabulary import Role
from people import accounts, logins, units
from people.bodies import UnitKind, UnitStanding, state_unit
from people.roles import TABLE, Permission, Scope
from people.views import Looker, ViewKind, open_view
from tests import case_targets, registering
from tests.disposing import put_batch, put_certificate
from tests.docking import House
from tests.matrix_ways import BY_ROUTE, LOOKS, PAST, SAID
from tests.routes import Endpoint, guarded_by
from tests.serving import CLIPS, OFFICER, SHORT, At, Clip, Person, Serving

ABSENT = "absent"
_WITHIN_A = (At.A, At.BELOW)
_NAMES = itertools.count(1)
_Make = Callable[[], dict[str, str]]


@dataclass(frozen=True)
class Target:
    """What a request is about: a recording, or a unit and the people in it; None: neither."""

    name: str
    at: At | None = None
    clip: Clip | None = None
    exists: bool = True


NOTHING = Target("everything")
RECORDINGS = [
    *(Target(clip.value, CLIPS[clip][0], clip) for clip in SHORT),
    Target(ABSENT, exists=False),
]
UNITS = [Target(at.value, at) for at in At if at != At.NOWHERE]
PEOPLE = [Target(at.value, at) for at in At]
ABSENT_UNIT = Target(ABSENT, exists=False)
WHOLE = (
    *("/api/calendar", "/api/calendar/preview", "/api/catalogue", "/api/catalogue/preview"),
    *("/api/policies/preview", "/api/policies/own", "/api/policies/own/{policy}/answer"),
)
"""Routes whose changes hold for the whole bureau, so that a part of it is too little."""


def targets(endpoint: Endpoint) -> list[Target]:
    """The scopes that a route is asked in, told from what its address and body name."""
    named = set(endpoint.path.replace("}", "{").split("{")[1::2])
    fields = set(endpoint.body.model_fields) if endpoint.body else set()
    if named & {"recording", "view", "batch", "certificate"} and "{person}" not in endpoint.path:
        return RECORDINGS
    if endpoint.path.endswith(("/check-out", "/check-in")):
        return [*UNITS, ABSENT_UNIT]  # what is of no unit cannot be handed out
    if named & {"account", "name", "device"}:
        return [*PEOPLE, ABSENT_UNIT]
    if named & {"unit", "person", "roster_id", "place", *_MAKERS}:
        return [*UNITS, ABSENT_UNIT]
    return [*UNITS, ABSENT_UNIT] if fields & {"unit", "parent"} else [NOTHING]


def covers(role: Role, at: At, permission: Permission, *, target: Target) -> bool | None:
    """Whether the table lets this role, held there, reach the target; None: not at all."""
    scope = TABLE[role].get(permission)
    if scope is None:
        return None
    if scope is Scope.OWN and (target.clip or permission is Permission.READ_FINDINGS):
        return target is NOTHING or (target.clip is not None and CLIPS[target.clip][1] == OFFICER)
    if target is NOTHING or scope is Scope.SITE or at == At.ROOT:
        return True
    return target.at in (_WITHIN_A if at == At.A else (at,))


def expected(endpoint: Endpoint, person: Person, target: Target) -> int:
    """The status that the table demands."""
    permission = guarded_by(endpoint)
    if permission is None:  # for whoever has logged in
        return endpoint.status if target.exists else 404
    reach = covers(person.role, person.at, permission, target=target)
    passed = PAST.get(endpoint.key, endpoint.status)
    is_whole = endpoint.is_change and endpoint.path in WHOLE
    if (is_whole or "/supervision" in endpoint.path) and person.at != At.ROOT:
        return 403
    if "{view}" in endpoint.path and not target.exists:
        return 404  # a view that is nobody's is looked for before any right to it
    if "{role}" in endpoint.path and target.at == At.NOWHERE:
        return 403 if reach is None else 404  # who holds no role has none to lose
    if reach is None:
        return 403
    if endpoint.key in LOOKS and target.exists and not reach:
        return 403  # a try at what is there is refused as one, and on record
    return passed if reach and target.exists else 404


@dataclass
class Prober:
    """Asks one service as one person, and counts."""

    serving: Serving
    client: httpx.Client
    person: Person
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def judge(self, endpoint: Endpoint, target: Target) -> None:
        """Asks one cell and compares."""
        wanted, status = expected(endpoint, self.person, target), self.ask(endpoint, target)
        self.counts[str(status)] += 1
        self.counts["cells"] += 1
        self.counts["unexpected passes"] += status < 400 <= wanted
        if status != wanted:
            where = f"{self.person.role} at {self.person.at}, {target.name}"
            self.wrong.append(
                f"{endpoint.method} {endpoint.path} for {where}: {status}, not {wanted}"
            )

    def ask(self, endpoint: Endpoint, target: Target) -> int:
        """The status of one request about the target."""
        address, body = self.filled(endpoint, target)
        file = self.file(endpoint)
        with self.client.stream(endpoint.method, address, json=body, content=file) as said:
            return said.status_code

    def filled(self, endpoint: Endpoint, target: Target) -> tuple[str, dict[str, Any] | None]:
        """Address and body of a request about the target; what it needs is made for it."""
        values, body = self.parts(endpoint, target)
        return endpoint.path.format(**values), body

    def parts(
        self, endpoint: Endpoint, target: Target
    ) -> tuple[dict[str, str], dict[str, Any] | None]:
        """What the address names, and the body."""
        values = self._values(endpoint, target)
        end = endpoint.path.rpartition("/")[2]
        body = {name: self._field(name, target, end=end) for name in self._fields(endpoint)}
        return values, body if endpoint.body else None

    def _fields(self, endpoint: Endpoint) -> Iterator[str]:
        fields = endpoint.body.model_fields if endpoint.body else {}
        yield from (name for name, field in fields.items() if field.is_required())

    def file(self, endpoint: Endpoint) -> bytes | None:
        """A file without a fault, of A, which everybody may name who may import at all."""
        make = registering.FILES.get(endpoint.path.removesuffix("/preview"))
        return make(self.serving.units[At.A]) if make and endpoint.is_change else None

    def _values(self, endpoint: Endpoint, target: Target) -> dict[str, str]:
        """What the address names: made for this request where it uses it up, else once a site."""
        is_used_up = endpoint.is_change and expected(endpoint, self.person, target) < 400
        values: dict[str, str] = {}
        for key, make in self._makers(endpoint.path, target):
            values |= make() if is_used_up else self._kept((key, target), make)
        return values

    def _kept(self, key: object, make: _Make) -> dict[str, str]:
        if key not in self.serving.kept:
            self.serving.kept[key] = make()
        return self.serving.kept[key]

    def _makers(self, path: str, target: Target) -> Iterator[tuple[object, _Make]]:
        """How each thing that an address names is made, and what tells it from others like it."""
        if "{recording}" in path:
            yield "recording", lambda: {"recording": self._recording(target)}
        if path.startswith("/api/disposals/{"):
            yield "batch", lambda: {"batch": self._batch(target)}
        if path.startswith("/api/disposals/certificates/{"):
            yield "paper", lambda: {"certificate": self._paper(target)}
        if "{unit}" in path:
            is_stated = path.endswith(("/standings", "/waivers"))  # what is stated stays
            unit = self._new_unit if is_stated else self._unit
            yield ("unit", is_stated), lambda: {"unit": unit(target)}
        if path == "/api/reports/{kind}":
            yield "report", lambda: {"kind": ReportKind.HOLDERS.value}
        if "{period}" in path:
            this = f"{day_of(self.serving.house.site.clock()):%Y-%m}"
            yield "period", lambda: {"period": this}
        if "{policy}" in path:
            yield "policy", lambda: {"policy": case_targets.policy_of(self.serving.house)}
        if "{number}" in path:
            yield "number", lambda: {"number": "0"}
        if "{place}" in path:
            yield "place", lambda: {"place": self._place(target)}
        for name in _MAKERS:
            if f"{{{name}}}" in path:
                yield name, partial(self._one_of, name, target)
        if "{person}" in path:
            yield "person", lambda: self._hired(target)
        if "{roster_id}" in path:
            yield "roster", lambda: {"roster_id": self._roster(target)}
        if "{device}" in path:
            state = path if path.endswith(("/check-in", "/loan/end")) else ""
            yield ("device", state), lambda: self._device(target, path)
        if "{view}" in path:
            kind = ViewKind.ORIGINAL if path.endswith("/original") else ViewKind.PREVIEW
            yield ("view", kind, self.person), lambda: self._view(target, kind)
        elif "{account}" in path or "{name}" in path:
            disabled = path.endswith("/enable")
            yield ("account", disabled), lambda: self._account(target, disabled=disabled)

    def _one_of(self, name: str, target: Target) -> dict[str, str]:
        make = _MAKERS[name]
        return {name: make(self.serving.house, self._unit(target)) if target.at else ABSENT}

    def _recording(self, target: Target) -> str:
        return self.serving.recordings[target.clip] if target.clip else "0" * 64

    def _batch(self, target: Target) -> str:
        """A new batch of the recording, though it is not due."""
        recording = self._recording(target) if target.clip else None
        return ABSENT if recording is None else put_batch(self.serving.house, recording)

    def _paper(self, target: Target) -> str:
        """A certificate of such a batch, under which nothing went."""
        batch = self._batch(target)
        return batch if batch == ABSENT else put_certificate(self.serving.house, batch)

    def _view(self, target: Target, kind: ViewKind) -> dict[str, str]:
        """A view of one's own that is on record, whether or not it might have been opened."""
        file = {"kind": DerivativeKind.POSTER.value, "name": "poster.jpg"}
        if not target.clip:
            return {"view": "0" * 32, **file}
        view = open_view(
            self.serving.house.site.ledger,
            Looker(self.person.account, self._person_id(), self._session()),
            recording=self._recording(target),
            kind=kind,
        )
        return {"view": view.id, **file}

    def _unit(self, target: Target) -> str:
        return self.serving.units[target.at] if target.at else ABSENT

    def _new_unit(self, target: Target) -> str:
        """A body of its own below the target's unit."""
        if not target.at:
            return ABSENT
        ledger, name = self.serving.house.site.ledger, f"单位{next(_NAMES)}"
        unit = units.add_unit(ledger, name=name, parent=self._unit(target)).id
        agency = UnitStanding(date(2020, 1, 1), UnitKind.AGENCY, "三定")
        state_unit(ledger, unit, new=agency)
        return unit

    def _place(self, target: Target) -> str:
        """A new room of the target's unit."""
        if not target.at:
            return ABSENT
        ledger, since = self.serving.house.site.ledger, datetime(2024, 1, 1, tzinfo=UTC)
        kind = PlaceKind.INQUIRY_ROOM
        new = NewPlace(f"室{next(_NAMES)}", self._unit(target), kind, since)
        return add_place(ledger, new)

    def _hired(self, target: Target) -> dict[str, str]:
        """Somebody new who serves in the target's unit, with a certificate."""
        if target.at is None:
            return {"person": ABSENT, "certificate": ABSENT}
        person = registering.hire(self.serving.house, self._unit(target))
        return {
            "person": person,
            "certificate": registering.certificate_of(self.serving.house, person),
        }

    def _roster(self, target: Target) -> str:
        if target.at is None:
            return ABSENT
        return registering.take_in(self.serving.house, [registering.row(self._unit(target))])

    def _device(self, target: Target, path: str) -> dict[str, str]:
        """A new device of the target's unit, in the state that the route asks for."""
        if not target.exists:
            return {"device": ABSENT}
        house, at = self.serving.house, target.at
        device = registering.equip(house, None if at == At.NOWHERE else self._unit(target))
        if path.endswith("/check-in") and at != At.NOWHERE:
            holder = case_targets.person_of(house, self._unit(target))
            registering.hand_out(house, device, holder)
        if path.endswith("/loan/end"):
            now = house.site.clock()
            upkeep.lend(house.site.ledger, device, unit=self.serving.units[At.ROOT], out_at=now)
        return {"device": device}

    def _session(self) -> str:
        """The newest log-in of this person, if anybody logged in."""
        database = self.serving.house.site.database
        found = logins.sessions(database, of=[self.person.account], limit=1)
        return found[0].name if found else ABSENT

    def _person_id(self) -> str:
        with self.serving.house.site.database.read() as connection:
            return accounts.find(connection, self.person.account).person

    def _account(self, target: Target, *, disabled: bool) -> dict[str, str]:
        """A new account in the target's unit, its role and a log-in of it."""
        if target.at is None:
            return {"account": ABSENT, "role": ABSENT, "name": ABSENT}
        serving = self.serving
        made = serving.add_person(Role.REVIEWER, target.at, password=False)
        held = serving.memberships(made.account) or [ABSENT]
        session = serving.begin_session(made.account)
        if disabled:
            serving.disable(made.account)
        return {"account": made.account, "role": held[0], "name": session}

    def _field(self, name: str, target: Target, *, end: str) -> object:
        if name in ("unit", "parent"):
            at = At.A if target.at == At.NOWHERE else target.at
            return self.serving.units[at] if at else ABSENT
        if name == "place":
            return self._place(Target("room", At.A) if target.at == At.NOWHERE else target)
        if name in ("holder", "approver") or (name == "members" and end == "team"):
            at = At.A if target.at in (At.NOWHERE, None) else target.at
            unit = self.serving.units[at or At.A]
            person = case_targets.person_of(self.serving.house, unit)
            member = {"person": person, "role": "LEAD", "is_recorder_person": True}
            return [member] if name == "members" else person
        if name == "action":
            return self._action(target, end=end)
        if name == "recordings":
            return [next(iter(self.serving.recordings.values()))]
        return BY_ROUTE.get((end, name), SAID.get(name, f"given{next(_NAMES)}"))

    def _action(self, target: Target, *, end: str) -> str:
        """An action where the recording is; one that it is linked to where a link is to end."""
        if target.clip is None:
            return ABSENT
        at = At.ROOT if target.at in (At.NOWHERE, None) else target.at
        unit = self.serving.units[at or At.ROOT]
        if end == "unlinking":
            recording = self.serving.recordings[target.clip]
            return case_targets.linked_action_of(self.serving.house, unit, recording)
        return case_targets.action_of(self.serving.house, unit)


_MAKERS: Mapping[str, Callable[[House, str], str]] = {
    "grant": case_targets.grant_of,
    "action": case_targets.action_of,
    "case": case_targets.case_of,
    "finding": case_targets.finding_of,
    "hold": case_targets.hold_of,
    "proposal": case_targets.proposal_of,
    "station": registering.dock,
    "term": case_targets.term_of,
    "version": case_targets.version_of,
}
