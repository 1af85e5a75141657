"""The table of roles: complete, as the page says, and read as it stands."""

import itertools

import pytest

from evidence.errors import Forbidden
from evidence.messages import error_sentence
from evidence.permission_messages import PERMISSIONS
from evidence.vocabulary import Role
from people.roles import TABLE, Extent, Membership, Permission, Scope, extent
from people.table_page import page
from people.units import Unit, below
from tests.footage import REPOSITORY

CELLS = list(itertools.product(Role, Permission))


def held(role: Role, *, root: bool = False) -> Membership:
    return Membership("m", role, "u1", frozenset({"u1", "u2"}), root)


def test_the_page_is_the_table() -> None:
    assert (REPOSITORY / "docs" / "ROLES.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(("role", "permission"), CELLS)
def test_a_cell_reaches_as_far_as_it_says(role: Role, permission: Permission) -> None:
    scope = TABLE[role].get(permission)
    if scope is None:
        with pytest.raises(Forbidden):
            extent((held(role),), permission, officer="7")
        return
    found = extent((held(role),), permission, officer="7")
    assert (
        found
        == {
            Scope.OWN: Extent(officer="7", homes=frozenset({"u1", "u2"})),
            Scope.UNIT: Extent(units=frozenset({"u1", "u2"})),
            Scope.SITE: Extent(everything=True),
        }[scope]
    )
    at_the_root = extent((held(role, root=True),), permission, officer="7")
    assert at_the_root.everything == (scope is not Scope.OWN)


@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_says_in_words_what_is_not_allowed(permission: Permission) -> None:
    with pytest.raises(Forbidden) as caught:
        extent((), permission, officer=None)
    error = caught.value
    for words, act in zip(
        error_sentence(error.code, str(error), facts=error.facts),
        PERMISSIONS[permission.value],
        strict=True,
    ):
        assert act in words
        assert permission.value not in words


def test_roles_add_to_one_another() -> None:
    both = (held(Role.OFFICER), held(Role.REVIEWER))
    found = extent(both, Permission.VIEW_RECORDING, officer="7")
    units = frozenset({"u1", "u2"})
    assert found == Extent(units=units, officer="7", homes=units)
    assert found.covers(unit_id="u2", officer=None)
    assert found.covers(unit_id=None, officer="7")
    assert not found.covers(unit_id="u3", officer="8")
    assert not found.covers(unit_id=None, officer=None)


def test_who_has_no_number_has_no_recordings_of_their_own() -> None:
    found = extent((held(Role.OFFICER),), Permission.VIEW_RECORDING, officer=None)
    assert not found.covers(unit_id=None, officer=None)


def test_a_unit_has_what_is_below_it_and_nothing_beside() -> None:
    tree = [Unit("r", None, "r"), Unit("a", "r", "a"), Unit("b", "r", "b"), Unit("c", "a", "c")]
    assert below(tree, "a") == {"a", "c"}
    assert below(tree, "r") == {"r", "a", "b", "c"}
