"""Steps of the story in `tests/flow/test_cli_schemas.py`: links, what waits, and key content.

The actions are made by the acts themselves, on the site of the story: what they are asked for here
is their links.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from cases import arrived, register, team
from cases.arrived import NewInterval
from cases.reading import ActionDetails, TeamMember
from evidence.case_vocabulary import ActionType, Category, TeamRole
from evidence.media import MediaFacts
from liuhen import clock
from people import staff
from storage import media_facts
from storage.site import Actor, Site, SitePlan, open_site

_BEGAN = datetime(2026, 9, 2, 0, 30, tzinfo=UTC)
_HOUR = 3_600_000_000


class Steps(Protocol):
    """What takes a step: the command line under test, on the site in `folder`."""

    folder: Path

    def step(self, name: str, *arguments: str) -> dict[str, Any]:
        """Runs a command and remembers what it said under `name`."""
        ...


@contextmanager
def opened(folder: Path) -> Iterator[Site]:
    """The site of the story, for acts that no command makes."""
    mask = os.umask(0o022)
    site = open_site(SitePlan(folder / "site"), clock.now, actor=Actor("service"))
    os.umask(mask)  # opening a site makes new files private; the test process goes on as it was
    try:
        yield site
    finally:
        site.close()


def _acted(site: Site, recording: str) -> str:
    """An action of the second that the recording says, which lasts an hour of picture and sound."""
    with site.database.read() as connection:
        lead = staff.find(connection, "3201").id
    details = ActionDetails("一中队", ActionType.SEIZURE, Category.COMPULSION)
    action = register.add_action(site.ledger, details).id
    lead_alone = [TeamMember(lead, TeamRole.LEAD, is_recorder_person=True)]
    team.state_team(site.ledger, action, members=lead_alone)
    lasted = NewInterval(_BEGAN, _BEGAN + timedelta(minutes=30), lead)
    arrived.declare_interval(site.ledger, action, new=lasted)
    facts = MediaFacts("ffmpeg of a test", ((0, _HOUR),), ((0, _HOUR),))
    media_facts.state(site.ledger, recording, facts=facts)
    return action


def link(site: Steps) -> None:
    """A recording from the inbox to its action and away again; a clock, a quarantine, a segment."""
    shown = site.step("recordings list, all", "recordings", "list", "--limit", "100")
    names = {one["name"]: one["recording"] for one in shown["recordings"]}
    recording = next(sha for name, sha in names.items() if name.endswith(".mp4"))
    other = next(sha for name, sha in names.items() if name.endswith(".jpg"))
    with opened(site.folder) as site_itself:
        action = _acted(site_itself, recording)
    by, note = ("--by", "3201"), ("--note", "依据画面")
    site.step("link inbox", "link", "inbox")
    site.step("link inbox, overdue", "link", "inbox", "--overdue")
    site.step("link answer", "link", "answer", other, "no_case", *by)
    site.step("link confirm", "link", "confirm", recording, action, *by)
    tied = site.step("link list", "link", "list", "--action", action)["links"][0]["link"]
    site.step("link quarantine", "link", "quarantine", recording, "external", *by, *note)
    reviewer = ("--by", "review", *note)
    person = ("--name", "戊", "--role", "reviewer", "--unit", "城管局")
    site.step("user add, reviewer", "user", "add", "review", *person)
    site.step("link release", "link", "release", recording, "external", *reviewer)
    moments = ("2026-09-02 08:30:10", "2026-09-02 08:30:00", "--recording", recording)
    site.step("link anchor", "link", "anchor", *moments, *reviewer)
    said = ("--document", "a" * 64, "--code", "现场笔录", *note, *by)
    times = ("--from", "00:12:40", "--to", "00:13:05.5")
    site.step("link segment", "link", "segment", recording, action, *times, *said)
    site.step("link segments", "link", "segments", action)
    site.step("link coverage", "link", "coverage", action)
    away = ("--reason", "认错", *by, "--second", "3202")
    site.step("link remove", "link", "remove", tied, *away)
    site.step("link list, of a recording", "link", "list", "--recording", recording)
