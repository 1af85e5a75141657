"""Rows of people and their looks for the honest store: one of each table, on record."""

from collections.abc import Mapping
from typing import Protocol

from evidence.canonical import Json
from evidence.personal import LOGIN_NAME, OFFICER_NUMBER, PERSON_NAME


class Store(Protocol):
    """What this needs of `tests.honest_store.HonestStore`."""

    @property
    def contents(self) -> Mapping[str, bytes]:
        """Originals by digest."""
        ...

    @property
    def at(self) -> str:
        """The time as rows hold it."""
        ...

    def personal(self, kind: str, value: str) -> str:
        """The commitment to a value that is kept."""
        ...

    def row(self, table: str, **cells: str | int | None) -> None:
        """Writes an evidential row."""
        ...

    def enter(self, act: str, facts: dict[str, Json]) -> None:
        """Appends the entry of the rows before it."""
        ...


def add_people(store: Store) -> None:
    """A bureau, a person in it with an account and a role, a recorder of it, and a look."""
    at, recording = store.at, min(store.contents)
    name = store.personal(PERSON_NAME, "甲")
    number = store.personal(OFFICER_NUMBER, "222222")
    login = store.personal(LOGIN_NAME, "jia")
    store.row("units", id="u1", parent_id=None, name="局", added_at=at)
    store.row("persons", id="p1", full_name=name, officer_number=number, added_at=at)
    store.row("accounts", id="a1", person_id="p1", login=login, added_at=at)
    store.row("account_states", id="a1/0", account_id="a1", number=0, state="ACTIVE", changed_at=at)
    for role in ("REVIEWER", "AUDITOR"):
        store.row("memberships", id=f"m-{role}", account_id="a1", role=role, unit_id="u1", since=at)
    store.enter("administrator.founded", {"account": "a1", "unit": "u1"})
    store.row("membership_ends", id="m-REVIEWER", ended_at=store.at)
    store.enter("role.ended", {"account": "a1", "role": "REVIEWER", "unit": "u1"})
    store.row(
        "recorder_units",
        id="DSJ-0007/0",
        recorder_id="DSJ-0007",
        number=0,
        unit_id="u1",
        since=store.at,
    )
    store.enter("recorder.assigned", {"recorder": "DSJ-0007", "unit": "u1"})
    who = {"account_id": "a1", "person_id": "p1", "recording_id": recording}
    store.row("views", id="v1", **who, kind="PREVIEW", opened_at=store.at)
    store.enter("recording.viewed", {"view": "v1", "recording": recording, "kind": "PREVIEW"})
    store.row(
        "view_ranges",
        id="v1/0",
        view_id="v1",
        number=0,
        what="HLS/media.mp4",
        size=9,
        ranges='[["0","9"]]',
        final=1,
        written_at=store.at,
    )
    store.enter("view.shown", {"view": "v1", "recording": recording, "final": True})
