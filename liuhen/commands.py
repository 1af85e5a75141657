"""Where each command lives; its module is imported when the command is first asked for.

The web server and the intake take longer to import than most commands take to run, so that only
the commands that need them pay for them. `import-linter` cannot see these imports: a new module
joins the contract on `dbos` in `pyproject.toml`.
"""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer.main
from typer.core import TyperCommand, TyperGroup

PLACES = {
    "serve": "cmd_serve:serve",
    "ingest": "cmd_intake:ingest",
    "verify": "cmd_log:verify",
    "checkpoint": "cmd_log:checkpoint",
    "scrub": "cmd_scrub:scrub",
    "copies": "cmd_copies:copies",
    "backup": "cmd_backup:backup",
    "restore": "cmd_backup:restore",
    "rebuild": "cmd_backup:rebuild",
    "drill": "cmd_backup:drill",
    "doctor": "cmd_doctor:doctor",
    "recordings": "cmd_recordings:app",
    "receipt": "cmd_receipt:app",
    "card": "cmd_card:app",
    "jobs": "cmd_jobs:app",
    "recorder": "cmd_recorder:app",
    "policy": "cmd_policy:app",
    "catalogue": "cmd_catalogue:app",
    "calendar": "cmd_calendar:app",
    "person": "cmd_person:app",
    "roster": "cmd_roster:app",
    "ratio": "cmd_ratio:app",
    "reviewer": "cmd_reviewer:app",
    "place": "cmd_place:app",
    "station": "cmd_station:app",
    "case": "cmd_case:app",
    "action": "cmd_action:app",
    "finding": "cmd_finding:app",
    "disposal": "cmd_disposal:app",
    "link": "cmd_link:app",
    "retention": "cmd_retention:app",
    "hold": "cmd_hold:app",
    "grant": "cmd_grant:app",
    "supervision": "cmd_supervision:app",
    "report": "cmd_report:app",
    "user": "cmd_user:app",
    "unit": "cmd_unit:app",
    "session": "cmd_user:session_app",
}
"""Module and name of each command or group of commands, in the order of the help."""


class Loaded(MutableMapping[str, Any]):
    """Commands by name: the names are known, a command is imported when it is looked up."""

    def __init__(self) -> None:
        self._loaded: dict[str, TyperCommand | TyperGroup] = {}

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in self._loaded:
            self._loaded[name] = _load(name, PLACES[name])
        return self._loaded[name]

    def __setitem__(self, name: str, command: TyperCommand | TyperGroup) -> None:
        raise TypeError(f"Command {name} is to be added to the table")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"Command {name} is to be taken from the table")

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


class Commands(TyperGroup):
    """The product's commands, as the command line looks them up."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - typer's own arguments
        super().__init__(**given)
        self.commands = Loaded()


def _load(name: str, place: str) -> TyperCommand | TyperGroup:
    """The command as typer builds it; alone it would take a group of one for its only command."""
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"liuhen.{module}"), attribute)
    holder = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    built = typer.main.get_group(holder).commands[name]
    if not isinstance(built, TyperCommand | TyperGroup):
        raise TypeError(f"{place} is no command")
    return built
