"""The words that rows, entries and screens use; `docs/GLOSSARY.md` binds them to Chinese terms."""

from enum import StrEnum


class SourceKind(StrEnum):
    """How the bytes reached us."""

    MOUNT = "MOUNT"
    DROP_FOLDER = "DROP_FOLDER"
    ONE_SHOT = "ONE_SHOT"
    DEVICE = "DEVICE"


class FileKind(StrEnum):
    """What a file on a card is, judged by its name and place, never by obeying its bytes."""

    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    PHOTO = "PHOTO"
    CARD_LOG = "CARD_LOG"
    SIDECAR = "SIDECAR"
    THUMBNAIL = "THUMBNAIL"
    LOW_RESOLUTION = "LOW_RESOLUTION"
    OPAQUE = "OPAQUE"


class Label(StrEnum):
    """A remark that stays with a sighting."""

    IMPORTANT = "IMPORTANT"
    EMPTY = "EMPTY"
    PARTIAL = "PARTIAL"
    UNKNOWN_NAME = "UNKNOWN_NAME"
    ODD_NAME = "ODD_NAME"
    TIME_ABSURD = "TIME_ABSURD"


class ClaimSubject(StrEnum):
    """What a card says about itself."""

    RECORDER = "RECORDER"
    OFFICER = "OFFICER"


class ClaimVerdict(StrEnum):
    """What the sources of a claim amount to."""

    AGREED = "AGREED"
    SINGLE_SOURCE = "SINGLE_SOURCE"
    CONFLICT = "CONFLICT"
    NOT_SET = "NOT_SET"


class Role(StrEnum):
    """What a person is to the system, always within a unit."""

    OFFICER = "OFFICER"
    REVIEWER = "REVIEWER"
    AUDITOR = "AUDITOR"
    SUPERVISOR = "SUPERVISOR"
    ADMINISTRATOR = "ADMINISTRATOR"


class AccountState(StrEnum):
    """Whether an account may log in; it is never deleted, its acts stay on record."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class ReadBack(StrEnum):
    """How stored bytes were read again: past the page cache, after asking to drop it, or afar."""

    DIRECT = "DIRECT"
    CACHE_DROPPED = "CACHE_DROPPED"
    REMOTE = "REMOTE"


class SafeBasis(StrEnum):
    """Why a receipt calls a file safe."""

    SEALED = "SEALED"
    RECOGNISED = "RECOGNISED"


class Tier(StrEnum):
    """How an action must be recorded, the strictest first: whole, as decided, as needed."""

    MANDATORY = "MANDATORY"
    DISCRETIONARY = "DISCRETIONARY"
    ORDINARY = "ORDINARY"


class DeviceKind(StrEnum):
    """What a device is by the words of the policy documents."""

    BODY_CAMERA = "BODY_CAMERA"
    STILL_CAMERA = "STILL_CAMERA"
    CAMCORDER = "CAMCORDER"
    VOICE_RECORDER = "VOICE_RECORDER"
    AUDIO_RECORDER = "AUDIO_RECORDER"
    FIXED_SURVEILLANCE = "FIXED_SURVEILLANCE"


class Standing(StrEnum):
    """What a profile says of a parameter: a value, that the bureau must set one, or that none is.

    TO_BE_SET: a clause imposes the duty and gives no number. NONE: there is no such duty or limit.
    """

    SET = "SET"
    TO_BE_SET = "TO_BE_SET"
    NONE = "NONE"


class Basis(StrEnum):
    """Where a statement of a profile comes from.

    POLICY: a clause says so. INTERPRETATION: a clause read in a way that the remark states.
    SILENT: the documents impose no such duty. ENGINEERING: a choice of the product, in no document.
    BUREAU: the bureau's own decision, which the remark names.
    """

    POLICY = "POLICY"
    INTERPRETATION = "INTERPRETATION"
    SILENT = "SILENT"
    ENGINEERING = "ENGINEERING"
    BUREAU = "BUREAU"


class DockState(StrEnum):
    """What a dock shows. SAFE, NEW_SAFE, INCOMPLETE, EMPTY_CARD: the recorder may be taken away.

    SAFE: each file was read in this docking. NEW_SAFE: each new one was; known ones were sealed in
    an earlier docking and not read again yet. EMPTY_CARD: a card is there and no file to take, so
    there is no receipt. NO_CARD: a folder without files on which nothing is mounted. NO_ANSWER: a
    card that is docked and gives no bytes, or of which not one file could be read.
    """

    READING = "READING"
    SETTLING = "SETTLING"
    COPYING = "COPYING"
    WAITING_FOR_SPACE = "WAITING_FOR_SPACE"
    STORAGE_TROUBLE = "STORAGE_TROUBLE"
    SAFE = "SAFE"
    NEW_SAFE = "NEW_SAFE"
    INCOMPLETE = "INCOMPLETE"
    EMPTY_CARD = "EMPTY_CARD"
    NO_CARD = "NO_CARD"
    CARD_GONE = "CARD_GONE"
    INTERRUPTED = "INTERRUPTED"
    NO_ANSWER = "NO_ANSWER"
    BUSY_ELSEWHERE = "BUSY_ELSEWHERE"
    BUSY_HERE = "BUSY_HERE"
    MOUNTED_ELSEWHERE = "MOUNTED_ELSEWHERE"
    LOOSE_FILES = "LOOSE_FILES"


class FileState(StrEnum):
    """Where one file of a docked card stands."""

    LISTED = "LISTED"
    STILL_WRITING = "STILL_WRITING"
    COPYING = "COPYING"
    READING_BACK = "READING_BACK"
    SAFE = "SAFE"
    FAILED = "FAILED"


class ClearResult(StrEnum):
    """What clearing did with one file of a card."""

    CLEARED = "CLEARED"
    DIFFERS = "DIFFERS"
    STORED_COPY_BAD = "STORED_COPY_BAD"
    STILL_WRITING = "STILL_WRITING"
    FAILED = "FAILED"


class FixityState(StrEnum):
    """What is known of a stored copy: three honest answers."""

    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
    NOT_CHECKED = "NOT_CHECKED"


class DayKind(StrEnum):
    """What a day is listed as in a year of the calendar."""

    OFF = "OFF"
    WORKED = "WORKED"


class DayState(StrEnum):
    """What a day is by a year of the calendar; UNKNOWN where the year is not known."""

    OFF = "OFF"
    WORKED = "WORKED"
    WEEKDAY = "WEEKDAY"
    WEEKEND = "WEEKEND"
    UNKNOWN = "UNKNOWN"


class YearOrigin(StrEnum):
    """Where a year of the calendar comes from."""

    SHIPPED = "SHIPPED"
    IMPORTED = "IMPORTED"


class TermUnit(StrEnum):
    """What a term is counted in; the values are those of profiles and of the command line."""

    WORKING_DAY = "wd"
    CALENDAR_DAY = "cd"
    MONTH = "month"


class DueState(StrEnum):
    """Whether the end of a term is known."""

    FINAL = "FINAL"
    PROVISIONAL = "PROVISIONAL"
