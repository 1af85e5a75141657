"""Requests with something wrong in them: refused, and said why in the reader's own language."""

import re

import pytest

from evidence.vocabulary import Role
from tests.serving import At, Serving

NO_DAYS = ("2026-13-45", "2026-02-30", "2025-02-29", "0000-01-01", "2026-00-01", "2026-01-00")
NO_TIMES = (
    *("2026-99-99T00:00:00.000000Z", "2026-02-30T00:00:00.000000Z"),
    *("2026-01-01T24:00:01.000000Z", "2026-01-01T00:60:00.000000Z", "2026-01-01T00:00:61.000000Z"),
)
WRONG = (
    *(f"day={text}" for text in NO_DAYS),
    *(f"sealed_from={text}" for text in NO_TIMES),
    *(f"sealed_to={text}" for text in NO_TIMES),
    *("day=today", "day=٢٠٢٦-٠١-٠١", "sealed_from=2026-01-01", "kind=FILM", "recorder="),
    *("limit=0", "limit=9999", "limit=many", f"dock={'x' * 201}", "officer=%00", "before=zzz"),
    "recorder=1&officer=2",
)
BODIES: tuple[object, ...] = (
    *({}, [], None, 1, {"login": 1, "password": "x"}, {"login": "", "password": "x"}),
    *({"login": "x", "password": "x" * 2000}, {"login": "x", "password": "x", "role": "x"}),
    {"login": "x\n", "password": "x"},
)
_ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|should|valid|required|Input")


def check(status: int, problem: dict[str, str]) -> None:
    """Refused with a sentence in each language, and no English one within the Chinese."""
    assert (status, problem["code"]) == (422, "BAD_INPUT"), problem
    assert not _ENGLISH.search(problem["zh"]), problem["zh"]
    assert re.search(r"[\u4e00-\u9fff]", problem["zh"])
    assert not re.search(r"[\u4e00-\u9fff]", problem["en"])
    assert "?" not in problem["zh"] + problem["en"]


@pytest.mark.parametrize("query", WRONG)
def test_a_filter_that_means_nothing_is_refused(serving: Serving, query: str) -> None:
    with serving.logged_in(serving.person(Role.AUDITOR, At.ROOT)) as client:
        said = client.get(f"/api/recordings?{query}")
    check(said.status_code, said.json())


@pytest.mark.parametrize("query", ["day=2024-02-29", "sealed_from=2026-12-31T23:59:59.999999Z"])
def test_a_day_that_is_there_is_taken(serving: Serving, query: str) -> None:
    with serving.logged_in(serving.person(Role.AUDITOR, At.ROOT)) as client:
        assert client.get(f"/api/recordings?{query}").status_code == 200


@pytest.mark.parametrize("body", BODIES, ids=lambda one: repr(one)[:40])
def test_a_body_that_is_wrong_is_refused(serving: Serving, body: object) -> None:
    with serving.nobody() as client:
        said = client.post("/api/login", json=body)
    check(said.status_code, said.json())


def test_a_body_that_is_no_json_is_refused(serving: Serving) -> None:
    with serving.nobody() as client:
        for body in (b"", b"{", b"\xff"):
            headers = {"content-type": "application/json"}
            said = client.post("/api/login", content=body, headers=headers)
            check(said.status_code, said.json())
