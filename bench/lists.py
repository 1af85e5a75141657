"""The list of recordings at a million: a page deep in it beside the first page, through HTTP.

`python -m bench.lists [--rows N] [--rounds N] [--write]`

The rows are written straight into the tables: this measures reading. Each round asks, for every
filter, for the first page and for the page at a cursor nine tenths down; figures are medians of
ratios within a round. A health check stands beside them.
"""

import argparse
import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import httpx
from sqlalchemy import Connection, Table, insert, select, update

from bench.web_rig import served, site_with_an_auditor
from evidence.entry import time_text
from people import units
from storage import schema
from tests.fault.figures import record
from tests.fault.prove import describe_commit

FIGURES = Path(__file__).parents[1] / "docs" / "FIGURES.md"
HEADING = "Lists"
COLUMNS = ("figure", "median", "spread", "goal", "reached", "commit", "day")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SESSIONS = 2000
_BATCH = 20_000
FILTERS: dict[str, dict[str, str]] = {
    "no filter": {},
    "by kind": {"kind": "VIDEO"},
    "by dock": {"dock": "dock-3"},
    "by recorder": {"recorder": "R00007"},
    "by officer": {"officer": "300007"},
}


@dataclass(frozen=True)
class Made:
    """One row of the million."""

    number: int
    sha256: str
    at: str

    @property
    def session(self) -> str:
        """Its docking session."""
        return f"S{self.number % SESSIONS:05}"

    @property
    def sighting(self) -> str:
        """Its sighting."""
        return f"{self.session}/{self.number}"


def made(count: int) -> Iterator[Made]:
    """The rows, one a second."""
    for number in range(count):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        yield Made(number, digest, time_text(BEGAN + timedelta(seconds=number)))


def fill(data: Path, count: int) -> None:
    """Makes the site and its rows."""
    site = site_with_an_auditor(data)
    try:
        with site.database.write() as connection:
            root = units.root(connection)
            _add_sessions(connection)
            rows = made(count)
            while batch := list(islice(rows, _BATCH)):
                _add(connection, batch, unit=root.id if root else "")
            size = select(schema.log_head.c.size).scalar_subquery()
            connection.execute(update(schema.listing_head).values(position=size))
    finally:
        site.close()


def _add_sessions(connection: Connection) -> None:
    common = {"source": "MOUNT", "card": "c", "card_basis": "FOLDER", "label": None, "zone": "UTC"}
    rows = [
        {"id": f"S{n:05}", "dock": f"dock-{n % 8}", "opened_at": time_text(BEGAN), **common}
        for n in range(SESSIONS)
    ]
    connection.execute(insert(schema.dock_sessions), rows)


def _add(connection: Connection, rows: list[Made], *, unit: str) -> None:
    sealed = [{"id": row.sha256, "size": row.number, "sealed_at": row.at} for row in rows]
    _insert(connection, schema.recordings, sealed)
    _insert(connection, schema.sightings, [_sighting(row) for row in rows])
    _insert(connection, schema.listing, [_listed(row, unit) for row in rows])


def _insert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    connection.execute(insert(table), rows)


def _sighting(row: Made) -> dict[str, object]:
    empty = ("name_time", "container_time", "container_zone", "file_time")
    return {
        "id": row.sighting,
        "session_id": row.session,
        "recording_id": row.sha256,
        "path": "c1:" + row.sha256,
        "size": row.number,
        "mtime_ns": "0",
        "kind": "VIDEO",
        "labels": json.dumps([]),
        "priority": 0,
        "zone": "UTC",
        "sealed_at": row.at,
        **dict.fromkeys(empty),
    }


def _listed(row: Made, unit: str) -> dict[str, object]:
    session = row.number % SESSIONS
    return {
        "id": row.sighting,
        "recording_id": row.sha256,
        "session_id": row.session,
        "sealed_at": row.at,
        "kind": "VIDEO" if row.number % 5 else "PHOTO",
        "dock": f"dock-{session % 8}",
        "recorder": f"R{session % 500:05}",
        "officer": f"{300_000 + session % 500}",
        "unit_id": unit,
        "day": row.at[:10],
    }


def measure(client: httpx.Client, count: int, rounds: int) -> dict[str, list[float]]:
    """Ratios of deep page to first page, and of each to a health check, by filter."""
    at = BEGAN + timedelta(seconds=count // 10)
    deep, by_day = f"{time_text(at)}|S", {"day": f"{at:%Y-%m-%d}"}
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        health = _seconds(client, "/api/health", {})
        for name, wanted in {**FILTERS, "by day": by_day}.items():
            first = _seconds(client, "/api/recordings", wanted)
            bottom = _seconds(client, "/api/recordings", {**wanted, "before": deep})
            found.setdefault(f"deep page against first page, {name}", []).append(bottom / first)
            found.setdefault(f"first page against a health check, {name}", []).append(
                first / health
            )
    return found


def _seconds(client: httpx.Client, path: str, wanted: dict[str, str]) -> float:
    """The median of a few answers."""
    times: list[float] = []
    for _ in range(9):
        began = time.perf_counter()
        answer = client.get(path, params=wanted).raise_for_status()
        times.append(time.perf_counter() - began)
        if path.endswith("recordings") and not answer.json()["recordings"]:
            raise RuntimeError(f"An empty page measures nothing: {wanted}")
    return statistics.median(times)


def main() -> None:
    """Measures, prints a table, and writes it where asked to."""
    parser = argparse.ArgumentParser(prog="bench.lists", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write docs/FIGURES.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        data = Path(folder) / "site"
        fill(data, options.rows)
        with served(data) as service, service.client() as client:
            found = measure(client, options.rows, options.rounds)
    for name, values in found.items():
        median, deep = statistics.median(values), name.startswith("deep")
        goal = "≤ 2" if deep else "≤ 10"
        reached = "yes" if median <= float(goal[2:]) else "no"
        spread = f"{min(values):.2f} to {max(values):.2f}"
        row = (f"{options.rows} recordings: {name}", f"{median:.2f}", spread, goal, reached)
        print(*row, sep="  ")
        if options.write:
            day = f"{datetime.now(UTC):%Y-%m-%d}"
            record(FIGURES, HEADING, columns=COLUMNS, row=(*row, describe_commit(), day))


if __name__ == "__main__":
    main()
