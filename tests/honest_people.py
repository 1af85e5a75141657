"""Rows of people and their looks for the honest store: one of each table, on record."""

from collections.abc import Mapping
from typing import Protocol

from evidence.canonical import Json
from evidence.personal import (
    CERTIFICATE_NUMBER,
    LOGIN_NAME,
    OFFICER_NUMBER,
    PERSON_NAME,
    REMARK,
)


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
    _add_staff(store)
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


def _add_staff(store: Store) -> None:
    """What the register holds: a unit's standing, and a posting that a roster stated."""
    day, at = "2024-01-01", store.at
    store.row(
        "unit_standings",
        id="u1/0",
        unit_id="u1",
        number=0,
        from_day=day,
        kind="AGENCY",
        capacity_basis="法定机关",
        capacity_to=None,
        principal_id=None,
        powers=None,
        filing_number=None,
        profile="XX",
        stated_at=at,
    )
    store.enter("unit.stated", {"unit": "u1"})
    file = "0" * 64
    store.row(
        "roster_imports",
        id="i1",
        kind="ROSTER",
        file_sha256=file,
        rows_taken=1,
        rows_refused=0,
        imported_at=store.at,
    )
    _add_service(store, day)
    store.enter("roster.imported", {"import": "i1", "file": file, "rows": 1})
    _add_devices(store, day)
    store.row("roster_undos", id="i1", reason=store.personal(REMARK, "错"), undone_at=store.at)
    store.enter("roster.undone", {"import": "i1"})


def _add_service(store: Store, day: str) -> None:
    store.row(
        "postings",
        id="p1/0",
        person_id="p1",
        number=0,
        from_day=day,
        unit_id="u1",
        kind="OFFICER",
        on_establishment=1,
        on_post=1,
        status="ACTIVE",
        reason=None,
        import_id="i1",
        stated_at=store.at,
    )
    store.row(
        "certificates",
        id="c1",
        person_id="p1",
        kind="行政执法证",
        certificate_number=store.personal(CERTIFICATE_NUMBER, "渝-0001"),
        issuer="司法局",
        valid_from=day,
        valid_to="2028-12-31",
        import_id="i1",
        stated_at=store.at,
    )
    event: Mapping[str, str | int] = {"event": "ANNUAL_CHECK", "day": day, "year": 2024}
    store.row(
        "certificate_events", id="c1/0", certificate_id="c1", number=0, **event, stated_at=store.at
    )
    store.row(
        "undertakings",
        id="p1/0",
        person_id="p1",
        number=0,
        signed_on=day,
        import_id="i1",
        stated_at=store.at,
    )


def _add_devices(store: Store, day: str) -> None:
    """What becomes of a device, and who had it."""
    device: Mapping[str, str | int] = {"recorder_id": "DSJ-0007", "number": 0}
    at = store.at
    key, moment = "DSJ-0007/0", f"{day}T00:00:00.000000Z"
    store.row(
        "recorder_kinds",
        id=key,
        **device,
        kind="BODY_CAMERA",
        serial="SN1",
        retires_on=None,
        import_id="i1",
        stated_at=at,
    )
    store.row(
        "recorder_conditions",
        id=key,
        **device,
        condition="REPAIR",
        since=moment,
        reason=None,
        stated_at=at,
    )
    store.row(
        "self_tests",
        id=key,
        **device,
        tested_at=moment,
        passed=1,
        import_id=None,
        stated_at=at,
    )
    store.row("loans", id=key, **device, unit_id="u1", out_at=moment, stated_at=at)
    store.row("loan_ends", id=key, back_at=f"{day}T01:00:00.000000Z", stated_at=at)
    _add_holders(store, day)
    _add_rooms(store, day)
    store.enter("recorder.described", {"recorder": "DSJ-0007", "kind": "BODY_CAMERA"})


def _add_holders(store: Store, day: str) -> None:
    """Who had the device, and a shortage that was waived."""
    device: Mapping[str, str | int] = {"recorder_id": "DSJ-0007", "number": 0}
    key, at, back = "DSJ-0007/0", store.at, f"{day}T01:00:00.000000Z"
    store.row(
        "assignments",
        id=key,
        **device,
        holder_id="p1",
        supervisor_id=None,
        out_at=f"{day}T00:00:00.000000Z",
        due_at=f"{day}T02:00:00.000000Z",
        back_at=None,
        clock_offset_ms="12",
        stated_at=at,
    )
    store.row("assignment_returns", id=key, back_at=back, clock_offset_ms=None, stated_at=at)
    store.row(
        "ratio_waivers",
        id="u1/0",
        unit_id="u1",
        number=0,
        from_day=day,
        to_day=day,
        reason=store.personal(REMARK, "原则上"),
        approver_id="p1",
        stated_at=at,
    )


def _add_rooms(store: Store, day: str) -> None:
    """A reviewer, a training, a signed list, a room with a device in it, a station."""
    at, moment = store.at, f"{day}T00:00:00.000000Z"
    person: Mapping[str, str | int] = {"id": "p1/0", "person_id": "p1", "number": 0}
    store.row("reviewings", **person, from_day=day, unit_id="u1", source="STAFF", stated_at=at)
    store.row("trainings", **person, day=day, tenths=85, kind="NEW_LAW", course="法", stated_at=at)
    store.row(
        "clean_ups",
        id="u1/0",
        unit_id="u1",
        number=0,
        year=2024,
        listed=0,
        list_sha256="0" * 64,
        signer_id="p1",
        signed_on=day,
        stated_at=at,
    )
    store.row(
        "places",
        id="r1",
        unit_id="u1",
        name="询问室",
        kind="INQUIRY_ROOM",
        rights_bearing=1,
        signage=None,
        since=moment,
        stated_at=at,
    )
    store.row(
        "place_devices",
        id="DSJ-0007/0",
        recorder_id="DSJ-0007",
        number=0,
        place_id="r1",
        since=moment,
        stated_at=at,
    )
    store.row("place_ends", id="r1", ended_at=f"{day}T01:00:00.000000Z", stated_at=at)
    store.row("stations", id="S-1", unit_id="u1", slots=8, added_at=at)
    store.row(
        "station_clocks",
        id="S-1/0",
        station_id="S-1",
        number=0,
        offset_ms="-4",
        measured_at=moment,
        stated_at=at,
    )
