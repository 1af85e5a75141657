"""One card's outcome as the object that `ingest --json` prints."""

from collections.abc import Mapping

from evidence.canonical import Json
from evidence.errors import EnvironmentTrouble
from evidence.messages import sentence
from evidence.personal import shown_name
from evidence.vocabulary import DockState, FileState
from ingest.one_shot import Taken
from ingest.session import Intake
from ingest.station import Station
from liuhen.board_view import notices_json


def card_report(station: Station, taken: Taken) -> dict[str, Json]:
    """The card's state, counts, files that are not safe, and everything that was noticed."""
    view = station.board.get(taken.key)
    state = view.state if taken.trouble is None else _state_of(taken)
    return {
        "card": str(taken.card),
        "session": view.session_id or None,
        "state": state.value,
        "complete": state == DockState.SAFE,
        "recorder": view.recorder or None,
        "receipt": view.receipt_id or None,
        "files": view.files,
        "safe": view.safe,
        "failed": view.failed,
        "bytes": view.bytes_done,
        "sealed": [] if taken.intake is None else _sealed(taken.intake),
        "not_safe": [] if taken.intake is None else _not_safe(taken.intake),
        "notices": notices_json(view),
        "more_notices": view.more_notices,
        "trouble": None if taken.trouble is None else _trouble(taken),
    }


def _state_of(taken: Taken) -> DockState:
    if taken.trouble is not None and taken.trouble.code in list(DockState):
        return DockState(taken.trouble.code)
    environment = isinstance(taken.trouble, EnvironmentTrouble)
    return DockState.STORAGE_TROUBLE if environment else DockState.CARD_GONE


def _trouble(taken: Taken) -> Json:
    if taken.trouble is None:
        return None
    facts = {"message": str(taken.trouble), "reason": str(taken.trouble), **taken.trouble.facts}
    chinese, english = sentence(taken.trouble.code, facts)
    return {"code": taken.trouble.code, "zh": chinese, "en": english}


def _sealed(intake: Intake) -> list[Json]:
    return [
        {
            "name": tracked.shown,
            "sha256": tracked.safe.sha256,
            "size": tracked.safe.size,
            "kind": tracked.name.kind.value,
            "sighting": tracked.safe.sighting,
            "basis": str(tracked.safe.basis),
        }
        for tracked in intake.all()
        if tracked.safe is not None
    ]


def _not_safe(intake: Intake) -> list[Json]:
    """Files that failed or were not even enlisted, and folders that nobody could look into."""
    failed = [_failure(t.shown, t.code or t.state.value, facts=t.facts) for t in intake.not_safe()]
    seen = () if intake.listing is None or intake.trouble is None else intake.listing.files
    missed = [shown_name(file.path) for file in seen if file.path not in intake.tracked]
    waiting = [_failure(name, FileState.LISTED.value, facts={}) for name in missed]
    unread = [_failure(name, line.code, facts={}) for line, name in intake.unread]
    return [*failed, *waiting, *unread]


def _failure(name: str, code: str, *, facts: Mapping[str, str | int]) -> Json:
    chinese, english = sentence(code, {"name": name, **facts})
    return {"name": name, "code": code, "zh": chinese, "en": english}
