"""Requests made from the API's own description, for every role and for nobody.

Half of them are requests that the routes would grant, as the table of roles is tested with them,
under what was made up of a query and of fields that may be left out; of the others half of what
they name is real, so that they get beyond "not found". What comes back must be what the description
says, and never an error of the server's. Cases are made in blocks of one route and one person; a
case depends on the seed and its number, though what it meets depends on those before it.
"""

import contextlib
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx
import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks
from sqlalchemy import delete

from api.guard import COOKIE, CSRF, OPEN
from evidence.vocabulary import Role
from render.pdf import check_font
from storage import schema as tables
from tests import registering
from tests.fault.campaigns import Campaign, Tally
from tests.matrix import Prober, Target, expected, targets
from tests.routes import Endpoint, application, endpoints
from tests.serving import At, Clip, Person, Serving, serve

Case = schemathesis.Case[Any]
BLOCK = 25
REAL = 0.6
"""How much of what a case names is put in place of what was made up."""

GRANTED = 0.5
"""How many cases are such as are granted, and how many blocks are of somebody who may ask so."""

_MADE_UP = 0.15
"""How much of what may be left out is made up where the rest is granted."""

_ALSO: Mapping[str, Mapping[str, str]] = {
    "documents": {"reason": "现场无统一格式"},
    "notices": {"document_sha256": "ab" * 32},
    "opinions": {"document_sha256": "ab" * 32},
}
"""What a body must have by the end of the address, though the description lets it be left out."""

NOBODY = "NOBODY"
_CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
_ENDLESS = "/api/docks/events"


@dataclass(frozen=True)
class Block:
    """The cases of one block: who sends them, and what they name that is real."""

    who: str
    endpoint: Endpoint
    cases: Sequence[Case]
    real: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Parts:
    """What a request that would be granted names in its address, and its body."""

    values: Mapping[str, str]
    body: Mapping[str, Any] | bytes | None


@dataclass
class Fuzzed:
    """A served site under requests."""

    serving: Serving
    people: Mapping[str, Person]
    clients: Mapping[str, httpx.Client]
    operations: Sequence[Any]
    endpoints: Mapping[tuple[str, str], Endpoint]
    _block: tuple[tuple[int, int], Block] | None = None
    found: list[str] = field(default_factory=list)
    """What was wrong, in words."""

    def block(self, seed: int, number: int) -> Block:
        """The block of this number, made when first asked for."""
        if self._block is None or self._block[0] != (seed, number):
            self._block = ((seed, number), self._new_block(seed, number))
        return self._block[1]

    def _new_block(self, seed: int, number: int) -> Block:
        chance = Random(f"{seed}/api/block/{number}")
        operation = chance.choices(self.operations, [_weight(one) for one in self.operations])[0]
        endpoint = self.endpoints[operation.method.upper(), operation.path]
        may = [who for who in self.people if self._granting(who, endpoint)]
        who = chance.choice(may if may and chance.random() < GRANTED else sorted(self.clients))
        with self.serving.house.site.database.write() as connection:
            connection.execute(delete(tables.login_attempts))  # else all log-ins are 429
        cases = _cases(operation, seed=chance.randrange(1 << 32), odd=chance.random() < 0.25)
        return Block(who, endpoint, cases, self._real(who, operation.path))

    def granted(self, block: Block, *, chance: Random) -> Parts:
        """A request that the route grants whoever may, about what is there or made for it."""
        who = block.who if block.who in self.people else Role.ADMINISTRATOR.value
        endpoint, client = block.endpoint, self.clients[who]
        prober = Prober(self.serving, client, self.people[who])
        target = chance.choice(self._granting(who, endpoint) or targets(endpoint))
        values, body = prober.parts(endpoint, target)
        if views := block.real.get("view"):
            values |= {"view": chance.choice(views)}  # the service knows those that it opened
        also = _ALSO.get(endpoint.path.rpartition("/")[2], {})
        return Parts(values, prober.file(endpoint) or (body and {**body, **also}))

    def _granting(self, who: str, endpoint: Endpoint) -> list[Target]:
        """What the route lets this person ask about; guards may still be against it."""
        if endpoint.key in OPEN:
            return []
        person, refused = self.people[who], (403, 404)
        return [one for one in targets(endpoint) if expected(endpoint, person, one) not in refused]

    def _real(self, who: str, path: str) -> dict[str, list[str]]:
        """What there is for a request to name."""
        serving = self.serving
        units = [*serving.units.values(), "乙中队"]
        real = {"recording": list(serving.recordings.values()), "unit": units, "parent": units}
        real |= {"officer": ["310001"], "recorder": ["1111111"], "day": ["2026-09-02"]}
        real |= {"kind": ["POSTER", "HLS", "VIDEO"], "name": ["poster.jpg", "media.mp4"]}
        real |= {"range": ["bytes=0-9", "bytes=-5", "bytes=99999999-", "bytes=0-1,3-4"]}
        if path.startswith(("/api/persons", "/api/devices")):
            real |= self._registered()
        if "{view}" in path:
            real["view"] = self._views(who)
        if "{account}" in path or path.startswith("/api/logins"):
            made = [serving.add_person(Role.REVIEWER, at, password=False) for at in (At.A, At.ROOT)]
            real["account"] = [one.account for one in made]
            real["role"] = [held for one in made for held in serving.memberships(one.account)]
            real["login"] = [one.login for one in made]
            real["name"] = [serving.begin_session(one.account) for one in made]
        return real

    def _registered(self) -> dict[str, list[str]]:
        """Somebody of the register, and what may be handed out to them."""
        house, unit = self.serving.house, self.serving.units[At.A]
        person = registering.hire(house, unit)
        return {
            "person": [person],
            "holder": [person],
            "certificate": [registering.certificate_of(house, person)],
            "device": [registering.equip(house, unit)],
            "due_at": ["2099-01-01T00:00:00Z"],
        }

    def _views(self, who: str) -> list[str]:
        """Fresh views of this person, or at least ids that look like some."""
        found = ["0" * 32]
        for kind in ("preview", "original"):
            address = f"/api/recordings/{self.serving.recordings[Clip.OWN]}/{kind}"
            said = self.clients[who].post(address)
            found += [str(said.json()["id"])] * 3 if said.status_code == 200 else []
        return found

    def send(self, who: str, case: Case) -> httpx.Response:
        """The answer to a case; of one without an end, the first piece."""
        client = self.clients[who]
        asked = case.as_transport_kwargs(base_url=self.serving.web.address)
        content = asked.pop("data", None)
        request = client.build_request(
            asked["method"],
            asked["url"],
            params=asked.get("params"),
            headers={**asked.get("headers", {}), **_own(client)},
            json=asked.get("json"),
            content=content.encode() if isinstance(content, str) else content,
        )
        said = client.send(request, stream=case.path == _ENDLESS)
        if not said.is_closed:
            said = _first_piece(said)
        if case.path == "/api/logout" and said.status_code == 200:
            self.serving.log_in(client, self.people[who])
        return said

    def judge(self, case: Case, said: httpx.Response) -> Tally:
        """What is wrong with an answer."""
        tally = Counter({f"{said.status_code // 100}xx": 1})
        tally["server errors"] = int(said.status_code >= 500)
        try:
            case.validate_response(said, checks=list(_CHECKS))
        except FailureGroup as group:
            tally["undocumented answers"] = int(said.status_code < 500)
            self.found += [f"{case.as_curl_command()}\n{one}" for one in group.exceptions]
        return tally


def campaign(fuzzed: Fuzzed) -> Campaign:
    """The claim, with what it takes to try it."""
    return Campaign(
        name="api",
        claim="whatever is asked of whatever route by whomever, the answer is one that the "
        "description states, and no error of the server",
        trial=partial(trial, fuzzed),
        forbidden=("server errors", "undocumented answers"),
        needed=("2xx", "4xx", NOBODY, *(role.value for role in Role)),
        default_count=20_000,
        save_every=500,
    )


def trial(fuzzed: Fuzzed, seed: int, number: int) -> Tally:
    """One case, and what came of it."""
    block = fuzzed.block(seed, number // BLOCK)
    chance = Random(f"{seed}/api/{number}")
    case = block.cases[number % BLOCK % len(block.cases)]
    if chance.random() < GRANTED:
        case = _made_granted(case, fuzzed.granted(block, chance=chance), chance=chance)
    else:
        case = _made_real(case, block.real, chance=chance)
    before = len(fuzzed.found)
    tally = fuzzed.judge(case, fuzzed.send(block.who, case))
    for words in fuzzed.found[before:]:
        sys.stdout.write(f"trial {number} as {block.who}: {words}\n")
    return tally + Counter({block.who: 1})


@contextlib.contextmanager
def new_fuzzed(folder: Path) -> Iterator[Fuzzed]:
    """A served site in `folder`, with everybody logged in."""
    with contextlib.ExitStack() as closing:
        serving = closing.enter_context(serve(folder))
        people = {role.value: serving.person(role, At.ROOT) for role in Role}
        clients = {
            who: closing.enter_context(serving.logged_in(one)) for who, one in people.items()
        }
        clients[NOBODY] = closing.enter_context(serving.nobody())
        description = schemathesis.openapi.from_dict(application().openapi())
        results: list[Any] = list(description.get_all_operations())
        operations = [found.ok() for found in results]
        known = {one.key: one for one in endpoints(application())}
        yield Fuzzed(serving, people, clients, operations, known)


def proof_campaign() -> Campaign:
    """The same for `script/prove api`.

    The server's threads keep the process alive, so whoever stops them must not wait for its end.
    Raises `EnvironmentTrouble` where the typeface of reports was not fetched: each would be a 503.
    """
    check_font()
    closing = contextlib.ExitStack()

    def close() -> None:
        threading.main_thread().join()
        closing.close()

    threading.Thread(target=close, name="end of the campaign").start()
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="liuhen-api-")))
    return campaign(closing.enter_context(new_fuzzed(folder)))


def _weight(operation: Any) -> int:  # noqa: ANN401 - of the tool's own kind
    """Routes that take something are asked more often than those that take nothing."""
    return 5 if operation.body or any(True for _ in operation.iter_parameters()) else 1


def _cases(operation: Any, *, seed: int, odd: bool) -> list[Case]:  # noqa: ANN401
    """Up to a block of cases of one route: as described, or `odd`, as it must not be.

    Nothing is odd for a route that takes whatever bytes there are: that is asked as described.
    """
    mode = GenerationMode.NEGATIVE if odd and _weight(operation) > 1 else GenerationMode.POSITIVE
    found: list[Case] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=BLOCK,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        found.append(case)

    try:
        collect()
    except Unsatisfiable:
        if mode is GenerationMode.POSITIVE:
            raise
        return _cases(operation, seed=seed, odd=False)
    return found


def _made_real(case: Case, real: Mapping[str, Sequence[str]], *, chance: Random) -> Case:
    """The case with some of what it names put in place of what was made up."""

    def filled(given: Any, offered: set[str]) -> Any:  # noqa: ANN401 - whatever was made up
        if not isinstance(given, Mapping):
            return given
        names = [name for name in {*given, *offered} if name in real and chance.random() < REAL]
        return {**given, **{name: chance.choice(real[name]) for name in sorted(names)}}

    return _with(
        case,
        path_parameters=filled(case.path_parameters, set()),
        query=filled(case.query, set()),
        headers=filled(case.headers, {"range"} if "{view}" in case.path else set()),
        body=filled(case.body, set()),
    )


def _made_granted(case: Case, parts: Parts, *, chance: Random) -> Case:
    """A request that would be granted, under some of what was made up beside it."""

    def some(given: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever was made up
        held = given if isinstance(given, Mapping) else {}
        return {name: value for name, value in held.items() if chance.random() < _MADE_UP}

    body = {**some(case.body), **parts.body} if isinstance(parts.body, Mapping) else parts.body
    return _with(
        case,
        path_parameters={**parts.values} or case.path_parameters,
        query=some(case.query),
        headers=case.headers,
        body=case.body if body is None else body,
    )


def _with(case: Case, **parts: Any) -> Case:  # noqa: ANN401 - of whatever kind each is
    """The case with other parts."""
    made: Case = case.operation.Case(
        method=case.method, cookies=case.cookies, media_type=case.media_type, **parts
    )
    return made


def _own(client: httpx.Client) -> dict[str, str]:
    """The headers by which the service knows whose request it is."""
    held = {cookie.name: cookie.value for cookie in client.cookies.jar}
    if COOKIE not in held:
        return {}
    return {"cookie": f"{COOKIE}={held[COOKIE]}", CSRF: client.headers[CSRF]}


def _first_piece(said: httpx.Response) -> httpx.Response:
    """An answer that goes on for ever, as far as its first piece."""
    piece = next(said.iter_raw())
    said.close()
    first = httpx.Response(said.status_code, headers=said.headers, content=piece)
    first.request, first.elapsed = said.request, said.elapsed
    return first
