"""Whatever day is asked for, before any rule was in force too, the answer is a described one."""

import pytest

from evidence.vocabulary import Role
from tests.routes import application
from tests.serving import At, Clip, Serving

DAYS = {"on": ("1949-10-01", "2000-01-01", "2026-11-30", "2999-12-31"), "year": (1900, 2026, 2999)}


def asked() -> list[tuple[str, str, frozenset[int]]]:
    """Each route that may be asked of a day or a year: its path, the field, what it may answer."""
    found = []
    for path, methods in application().openapi()["paths"].items():
        for field in methods.get("get", {}).get("parameters", ()):
            if field["in"] == "query" and field["name"] in DAYS:
                answers = frozenset(int(status) for status in methods["get"]["responses"])
                found.append((path, field["name"], answers))
    return found


@pytest.mark.parametrize(
    ("path", "field", "answers"), asked(), ids=lambda one: one if isinstance(one, str) else ""
)
def test_any_day_may_be_asked_for(
    serving: Serving, path: str, field: str, answers: frozenset[int]
) -> None:
    real = {"unit": serving.units[At.A], "recording": serving.recordings[Clip.OWN]}
    address = path.format_map(_Named(real))
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        for day in DAYS[field]:
            said = client.get(address, params={field: day})
            assert said.status_code in answers, (day, said.text)


class _Named(dict[str, str]):
    """What a path names; of what is not here there is nothing."""

    def __missing__(self, _name: str) -> str:
        return "0" * 32
