"""Role x route x scope: each cell answers what the table of roles says, and nothing more."""

import itertools
import sys
from collections.abc import Iterator

import pytest

from api.guard import ANYBODY, CSRF, OPEN
from evidence.vocabulary import Role
from people.roles import TABLE, Permission
from tests.matrix import PEOPLE, RECORDINGS, UNITS, Prober, Target, covers, targets
from tests.routes import DESCRIPTION, Endpoint, application, endpoints, guarded_by
from tests.serving import At, Person, Serving, serve

GUARDED = [one for one in endpoints(application()) if guarded_by(one) is not None]
BEHIND = [*GUARDED, *(one for one in endpoints(application()) if one.key in ANYBODY)]
HELD = list(itertools.product(Role, (At.A, At.ROOT)))
NAMES = [f"{role}-{at.name}" for role, at in HELD]


@pytest.mark.parametrize(("role", "at"), HELD, ids=NAMES)
def test_every_cell_answers_as_the_table_says(serving: Serving, role: Role, at: At) -> None:
    judge(serving, role, at, GUARDED)


@pytest.fixture(scope="module")
def on_postgres(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    server = request.getfixturevalue("postgres")
    with serve(tmp_path_factory.mktemp("served"), database=server.database_with_tables()) as opened:
        yield opened


@pytest.mark.postgres
@pytest.mark.parametrize("role", Role)
def test_recordings_on_postgres(on_postgres: Serving, role: Role) -> None:
    """From A, which has something above, below and beside it: there a query can go astray."""
    chosen = [one for one in GUARDED if one.path.startswith(("/api/recordings", "/api/views"))]
    judge(on_postgres, role, At.A, chosen)


def judge(serving: Serving, role: Role, at: At, chosen: list[Endpoint]) -> None:
    person = serving.person(role, at)
    with serving.logged_in(person) as client:
        prober = Prober(serving, client, person)
        for place, endpoint in enumerate(chosen):
            for target in asked_about(endpoint, person, turn=place):
                prober.judge(endpoint, target)
    sys.stdout.write(f"{role} at {at}: {dict(sorted(prober.counts.items()))}\n")
    assert prober.wrong == []
    assert prober.counts["cells"] >= len(chosen)


def asked_about(endpoint: Endpoint, person: Person, *, turn: int) -> list[Target]:
    """Every target where the role has the right somewhere, else the next one in turn.

    Who lacks the right is refused before anybody looks what it is about: with ten people and each
    route in turn, every kind of target is asked about all the same.
    """
    every, permission = targets(endpoint), guarded_by(endpoint)
    if permission is None or permission in TABLE[person.role]:
        return every
    return [every[(turn + NAMES.index(f"{person.role}-{person.at.name}")) % len(every)]]


def test_the_matrix_would_notice_a_hole(serving: Serving) -> None:
    """A person who may more than the table says of their role is told."""
    reviewer = serving.person(Role.REVIEWER, At.ROOT)
    claimed = Person(reviewer.account, reviewer.login, Role.OFFICER, At.A)
    with serving.logged_in(reviewer) as client:
        prober = Prober(serving, client, claimed)
        chosen = [one for one in GUARDED if one.path.startswith("/api/recordings/")]
        for endpoint, target in ((one, target) for one in chosen for target in targets(one)):
            prober.judge(endpoint, target)
    assert prober.counts["unexpected passes"] > 0
    assert prober.wrong


def test_nobody_gets_anywhere_without_logging_in(serving: Serving) -> None:
    with serving.nobody() as client:
        prober = Prober(serving, client, serving.person(Role.AUDITOR, At.A))
        for endpoint in BEHIND:
            address, body = prober.filled(endpoint, targets(endpoint)[0])
            said = client.request(endpoint.method, address, json=body)
            assert said.status_code == 401, endpoint
            assert endpoint.method == "HEAD" or said.json()["code"] == "NOT_LOGGED_IN"
            client.cookies.set("liuhen_session", "guessed")
            assert client.request(endpoint.method, address, json=body).status_code == 401
            client.cookies.clear()


def test_every_change_needs_the_word_of_our_page(serving: Serving) -> None:
    changes = [one for one in BEHIND if one.is_change]
    assert len(changes) > 10
    person = serving.person(Role.ADMINISTRATOR, At.ROOT)
    with serving.logged_in(person) as client:
        prober = Prober(serving, client, person)
        word = client.headers.pop(CSRF)
        wrong = itertools.cycle(("", "x", word[:-1], word + "x", f"{word}\xe9"))
        for endpoint in changes:
            address, body = prober.filled(endpoint, targets(endpoint)[0])
            for given in (None, next(wrong)):
                headers = {} if given is None else {CSRF: given.encode("latin-1")}
                said = client.request(endpoint.method, address, json=body, headers=headers)  # type: ignore[arg-type]
                assert (said.status_code, said.json()["code"]) == (403, "CROSS_SITE"), endpoint


def test_the_open_routes_do_not_ask_who_it_is(serving: Serving) -> None:
    with serving.nobody() as client:
        for method, path in sorted({*OPEN, DESCRIPTION}):
            body = {"code": "x", "login": "x", "password": "x" * 12, "bureau": "x", "name": "x"}
            model = next(one.body for one in endpoints(application()) if one.key == (method, path))
            fields = model.model_fields if model else {}
            given = {name: body[name] for name in fields} if fields else None
            said = client.request(method, path, json=given)
            assert said.status_code == 200 or said.json()["code"] in (
                "CODE_INVALID",
                "LOGIN_FAILED",
            )


@pytest.mark.parametrize(("role", "at"), HELD, ids=NAMES)
def test_lists_hold_what_lies_within_reach_and_nothing_else(
    serving: Serving, role: Role, at: At
) -> None:
    made = {
        target: serving.add_person(Role.OFFICER, target.at, password=False).account
        for target in PEOPLE
        if target.at
    }
    clips = {target: serving.recordings[target.clip] for target in RECORDINGS if target.clip}
    units = {target: serving.units[target.at] for target in UNITS if target.at}
    lists: tuple[tuple[str, str, Permission, dict[Target, str]], ...] = (
        ("recordings", "recording", Permission.LIST_RECORDINGS, clips),
        ("users/accounts", "account", Permission.READ_USERS, made),
        ("units", "id", Permission.READ_USERS, units),
    )
    with serving.logged_in(serving.person(role, at)) as client:
        for address, key, permission, ids in lists:
            path, _, name = address.partition("/")
            body = client.get(f"/api/{path}").json()
            found = {one[key] for one in body.get(name or path, [])} & set(ids.values())
            within = {value for t, value in ids.items() if covers(role, at, permission, target=t)}
            assert found == within, path


def test_a_role_is_not_given_in_a_unit_out_of_reach(serving: Serving) -> None:
    target = serving.add_person(Role.REVIEWER, At.A, password=False)
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.A)) as client:
        for at in (At.OTHER, At.ROOT):
            given = {"role": "AUDITOR", "unit": serving.units[at]}
            said = client.post(f"/api/users/{target.account}/roles", json=given)
            assert (said.status_code, said.json()["code"]) == (404, "NOT_FOUND")


def test_a_unit_may_be_named_and_what_is_written_is_its_id(serving: Serving) -> None:
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        given = {"name": "某人", "login": "named", "role": "REVIEWER", "unit": "乙中队"}
        said = client.post("/api/users", json=given)
        assert said.status_code == 201, said.text
        [held] = serving.memberships(said.json()["account"])
        listed = client.get("/api/users").json()["accounts"]
        [shown] = [one for one in listed if one["account"] == said.json()["account"]]
        assert [one["unit"] for one in shown["roles"]] == [serving.units[At.OTHER]]
        assert client.delete(f"/api/users/{shown['account']}/roles/{held}").status_code == 200
        given = {"role": "OFFICER", "unit": "乙中队"}
        said = client.post(f"/api/users/{shown['account']}/roles", json=given)
        assert said.json()["unit"] == serving.units[At.OTHER]
        said = client.post("/api/units", json={"name": "乙一班", "parent": "乙中队"})
        assert said.json()["parent"] == serving.units[At.OTHER]
