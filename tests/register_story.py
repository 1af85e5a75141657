"""Steps of the story in `tests/flow/test_cli_schemas.py`: reviewers, people, rooms, the ratio."""

from typing import Any, Protocol


class Steps(Protocol):
    """What takes a step: the command line under test."""

    def step(self, name: str, *arguments: str) -> dict[str, Any]:
        """Runs a command and remembers what it said under `name`."""
        ...


def see_to_people(site: Steps) -> None:
    """Trainings, what is due, and the yearly list."""
    site.step("person train", "person", "train", "3201", "8.5", "--course", "行政处罚法")
    site.step("person trainings", "person", "trainings", "2026")
    site.step("person due", "person", "due")
    site.step("person clean-up, unsigned", "person", "clean-up", "2024")
    site.step("person clean-up", "person", "clean-up", "2026", "--sign", "3201")


def count_reviewers(site: Steps) -> None:
    """A reviewer from outside, for some time."""
    stated = ("--unit", "一中队", "--from", "2024-01-01")
    site.step("reviewer add", "reviewer", "add", "3201", "purchased", *stated)
    site.step("reviewer ratio", "reviewer", "ratio", "--on", "2024-06-01")
    site.step("reviewer end", "reviewer", "end", "3201", "--unit", "一中队")


def keep_places(site: Steps) -> None:
    """A room whose device goes offline, and a station whose clock is off."""
    since = ("--at", "2024-01-01 00:00")
    site.step("place add", "place", "add", "询问室一", "--unit", "一中队", *since)
    site.step("place list, without", "place", "list", "--lacking")
    site.step("recorder add, fixed", "recorder", "add", "NVR-1")
    site.step("place fit", "place", "fit", "询问室一", "NVR-1", "--at", "2024-02-01 00:00")
    site.step("recorder offline", "recorder", "offline", "NVR-1", "--at", "2024-05-02 08:00")
    site.step("place list", "place", "list", "--at", "2024-04-01 00:00")
    site.step("place unfit", "place", "unfit", "NVR-1")
    site.step("place close", "place", "close", "询问室一")
    site.step("station list, unmeasured", "station", "list")
    site.step("station add", "station", "add", "S-1", "--unit", "一中队", "--slots", "8")
    site.step("station clock", "station", "clock", "S-1", "1200")
    site.step("station list", "station", "list")


def count_recorders(site: Steps) -> None:
    """The ratio of a unit, what it is spared, and how it will be."""
    site.step("ratio show, of all", "ratio", "show", "--on", "2024-06-01")
    days = ("--from", "2024-01-01", "--to", "2099-12-31", "--reason", "采购中")
    site.step("ratio waive", "ratio", "waive", "一中队", *days, "--approver", "3201")
    site.step("ratio show", "ratio", "show", "--unit", "一中队")
    site.step("ratio history", "ratio", "history", "2024-01-01", "2024-03-31")
    site.step("ratio forecast", "ratio", "forecast", "12", "--unit", "一中队")


def report(site: Steps) -> None:
    """Reports of the ratio and of who had devices."""
    site.step("report ratio", "report", "ratio", "ratio.xlsx", "--on", "2024-06-01")
    site.step("report holders", "report", "holders", "holders.xlsx", "--from", "2024-06-01")
