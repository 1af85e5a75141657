"""What people name on the command line, read and checked: files, public keys, cards, days."""

import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from evidence.errors import BadInput, Malformed
from evidence.note import VerifyingKey
from liuhen.settings import Settings

_CHINA = timezone(timedelta(hours=8))
_YEARS = range(1900, 3000)


def text_of(path: Path) -> str:
    """The text of a file. Raises `BadInput`."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read", why="UNREADABLE", path=str(path)) from error


def key_of(text: str) -> VerifyingKey:
    """The public key given as text or as a file that holds it. Raises `BadInput`."""
    try:
        return VerifyingKey.parse(text_of(Path(text)) if os.path.isfile(text) else text)
    except Malformed as error:
        raise BadInput(f"{text} is not a public key: {error}", why="NOT_A_KEY", key=text) from error


def real_path(path: Path) -> Path:
    """The path behind links: whoever names a link means what it leads to. Never raises.

    Cards themselves are opened without following a link, so that nothing on them leads elsewhere.
    """
    return Path(os.path.realpath(path))


def check_apart(settings: Settings, path: Path) -> None:
    """Raises `BadInput` where cards and site lie in each other: taking would never come to an end.

    A site beside the cards of a dock is one of its folders, and so it would be taken, too.
    """
    cards = real_path(path)
    for ours in (real_path(settings.plan.data), real_path(settings.plan.vault_root)):
        if cards.is_relative_to(ours) or ours.is_relative_to(cards):
            raise BadInput(
                f"{path} and the site in {ours} lie in each other",
                why="INSIDE_SITE",
                path=str(path),
            )


def day_of(text: str | None, now: datetime) -> date:
    """The date named, else today in China. Raises `BadInput`."""
    if text is None:
        return now.astimezone(_CHINA).date()
    try:
        return _within_reach(date.fromisoformat(text))
    except ValueError as error:
        raise BadInput(f"{text} is no date", why="NOT_A_DAY", day=text) from error


def moment_of(text: str | None, now: datetime) -> datetime:
    """The moment named, by China's clocks where no zone is given, else now. Raises `BadInput`."""
    if text is None:
        return now
    try:
        found = datetime.fromisoformat(text)
        _within_reach(found.date())
        return (found if found.tzinfo else found.replace(tzinfo=_CHINA)).astimezone(UTC)
    except ValueError as error:
        raise BadInput(f"{text} is no moment", why="NOT_A_MOMENT", text=text) from error


def shown_moment(at: datetime) -> str:
    """A moment as people in China write it."""
    return f"{at.astimezone(_CHINA):%Y-%m-%d %H:%M}"


def _within_reach(day: date) -> date:
    """Raises `ValueError` for a day so far away that days around it cannot be counted."""
    if day.year not in _YEARS:
        raise ValueError(f"{day} is out of reach")
    return day
