"""What is passed over on a card: operating-system folders and litter, nothing else.

Holds always: the rules are this one table; each has an id that is never renamed, because it
stands in signed inventories. Folders count only at the root of the card, where a system makes
them: the same name deeper down may be somebody hiding a recording, so it is taken. Card logs,
`.THM`, `.LRV`, recovered clusters (`FOUND.000`, `LOST.DIR`, `lost+found`), unknown and empty
files are evidence (C2).
"""

from collections.abc import Callable
from dataclasses import dataclass

from devices.kinds import KINDS
from evidence.vocabulary import FileKind

_RECORDINGS = frozenset({FileKind.VIDEO, FileKind.AUDIO, FileKind.PHOTO})
_APPLE_DOUBLE = "macos-apple-double"
_APPLE_DOUBLE_LARGEST = 64 * 1024


@dataclass(frozen=True)
class Rule:
    """`matches` is given the parts of a path in lower case, the file's name last."""

    id: str
    matches: Callable[[list[bytes]], bool]
    reason: str


def _root_folder(name: bytes) -> Callable[[list[bytes]], bool]:
    return lambda parts: len(parts) > 1 and parts[0] == name


def _file(*names: bytes) -> Callable[[list[bytes]], bool]:
    return lambda parts: parts[-1] in names


def _starts(prefix: bytes) -> Callable[[list[bytes]], bool]:
    return lambda parts: parts[-1].startswith(prefix) and len(parts[-1]) > len(prefix)


def _user_trash(parts: list[bytes]) -> bool:
    user = parts[0].removeprefix(b".trash-")
    return len(parts) > 1 and user != parts[0] and user.isdigit()


RULES: tuple[Rule, ...] = (
    Rule(
        "windows-volume-information",
        _root_folder(b"system volume information"),
        "Windows keeps its index and restore points here",
    ),
    Rule("windows-recycle-bin", _root_folder(b"$recycle.bin"), "Windows keeps what it deleted"),
    Rule("windows-recycler", _root_folder(b"recycler"), "Older Windows keeps what it deleted"),
    Rule("macos-trashes", _root_folder(b".trashes"), "macOS keeps what it deleted"),
    Rule("macos-spotlight", _root_folder(b".spotlight-v100"), "macOS keeps its search index"),
    Rule("macos-events", _root_folder(b".fseventsd"), "macOS notes which files changed"),
    Rule("macos-temporary", _root_folder(b".temporaryitems"), "macOS keeps unfinished copies"),
    Rule("linux-trash", _user_trash, "Linux desktops keep what they deleted"),
    Rule("macos-folder-view", _file(b".ds_store"), "macOS remembers how a folder was shown"),
    Rule(_APPLE_DOUBLE, _starts(b"._"), "macOS writes attributes beside each file"),
    Rule("windows-thumbnails", _file(b"thumbs.db", b"ehthumbs.db"), "Windows caches small images"),
    Rule("windows-folder-view", _file(b"desktop.ini"), "Windows remembers how a folder is shown"),
)


def passed_over(path: bytes) -> str | None:
    """The id of the rule by which `path`, relative to the card, is not taken; None if it is."""
    parts = path.lower().split(b"/")
    return next((rule.id for rule in RULES if rule.matches(parts)), None)


_NO_CARDS = {
    b".trash": "linux-trash",
    b"lost+found": "file-system-recovered",
    b".documentrevisions-v100": "macos-versions",
}


def not_a_card(folder: bytes) -> str | None:
    """The id of the rule by which a folder of this name in a dock is no card; None if it is one.

    A dock may be the root of a disk: what systems put there is what they put on cards, and what
    file systems make for themselves. On a card that would be evidence; here it would be no card.
    """
    name = folder.lower()
    return _NO_CARDS.get(name) or passed_over(name + b"/any")


def is_mere_litter(path: bytes, reason: str, *, size: int) -> bool:
    """Whether something was passed over by one of the rules, and is no recording in disguise."""
    by_rule = any(rule.id == reason for rule in RULES)
    return by_rule and not looks_like_recording(path, reason, size=size)


def looks_like_recording(path: bytes, rule: str, *, size: int) -> bool:
    """Whether what a rule passes over may be a recording that somebody threw away or hid.

    It is still passed over, but people are told. Small AppleDouble files are what they seem.
    """
    if rule == _APPLE_DOUBLE and size <= _APPLE_DOUBLE_LARGEST:
        return False
    extension = path.rpartition(b".")[2].decode("ascii", "replace").lower()
    return size > 0 and KINDS.get(extension) in _RECORDINGS
