"""The words of this package: what names, card logs and card claims are made of.

Every word travels into rows or screens, so a word is never renamed; `evidence.messages` has the
sentences for those that people see.
"""

from enum import StrEnum


class Scope(StrEnum):
    """Over what a make counts its files, and so where a hole in the numbers means anything."""

    RECORDER_DAY = "RECORDER_DAY"
    RECORDER = "RECORDER"
    CARD = "CARD"
    FOLDER = "FOLDER"


class NameClock(StrEnum):
    """Which clock a make writes into its file names."""

    LOCAL = "LOCAL"
    UTC = "UTC"


class EventKind(StrEnum):
    """What a line of a card log says has happened."""

    POWER_ON = "POWER_ON"
    POWER_OFF = "POWER_OFF"
    RECORD_START = "RECORD_START"
    RECORD_STOP = "RECORD_STOP"
    PHOTO = "PHOTO"
    USB_CONNECT = "USB_CONNECT"
    OTHER = "OTHER"


class ClaimSource(StrEnum):
    """Where a card's claim about recorder or officer was found."""

    NAME = "NAME"
    CARD_LOG = "CARD_LOG"
    LABEL = "LABEL"
    USB_SERIAL = "USB_SERIAL"


class Remark(StrEnum):
    """What is to be said about the facts read from a name or a log line."""

    TIME_INVALID = "TIME_INVALID"  # digits stand where a time should, but no such time exists
    TIME_INCOMPLETE = "TIME_INCOMPLETE"  # a clock without a date, or a date without a clock
    TIME_TO_MINUTE = "TIME_TO_MINUTE"  # the make writes no seconds; 00 stands for them
    TIME_IS_UTC = "TIME_IS_UTC"  # the make writes UTC, so no local time is claimed
    TIME_BEFORE_2000 = "TIME_BEFORE_2000"  # a clock that was never set
    RECORDER_NOT_SET = "RECORDER_NOT_SET"  # factory zeros
    OFFICER_NOT_SET = "OFFICER_NOT_SET"  # factory zeros


SEQUENCE_GAP = "SEQUENCE_GAP"
LOG_WITHOUT_FILE = "LOG_WITHOUT_FILE"


def is_unset(number: str) -> bool:
    """Whether a recorder or officer number is empty or the factory's zeros."""
    return not number.strip("0")
