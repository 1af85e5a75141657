"""Remarks on a recording: a code with its facts, and beside it what a tool said in its own words.

Holds always: a remark has a code with a sentence in both languages; a row written before there were
codes is read as one too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evidence.canonical import Json
from evidence.messages import sentence
from evidence.reason_messages import Sentence


class RemarkCode(StrEnum):
    """What is wrong with a recording, then why a stream is not shown as it is."""

    NO_BYTES = "NO_BYTES"
    NO_STREAMS = "NO_STREAMS"
    INDEX_MISSING = "INDEX_MISSING"
    CUT_OFF = "CUT_OFF"
    NOT_READABLE = "NOT_READABLE"
    FORMAT_REFUSED = "FORMAT_REFUSED"
    STRUCTURE_BROKEN = "STRUCTURE_BROKEN"
    PICTURE_BROKEN = "PICTURE_BROKEN"
    SOUND_BROKEN = "SOUND_BROKEN"
    NOTHING_DECODES = "NOTHING_DECODES"
    UNKNOWN_CODING = "UNKNOWN_CODING"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    SHORTER_THAN_CLAIMED = "SHORTER_THAN_CLAIMED"
    SOUND_HOLES = "SOUND_HOLES"
    PHOTO_BROKEN = "PHOTO_BROKEN"
    TOOL_SAID = "TOOL_SAID"
    NOT_PLAYED = "NOT_PLAYED"
    PIXEL_FORMAT = "PIXEL_FORMAT"
    PROFILE = "PROFILE"
    LEVEL = "LEVEL"
    TURNED = "TURNED"
    INTERLACED = "INTERLACED"
    PIXELS_NOT_SQUARE = "PIXELS_NOT_SQUARE"
    CHANNELS = "CHANNELS"
    STREAM_DAMAGED = "STREAM_DAMAGED"
    NO_TIMES = "NO_TIMES"
    COPY_FAILED = "COPY_FAILED"


@dataclass(frozen=True)
class Remark:
    """One remark; `facts` fill its sentence, `detail` is a tool's own lines, empty where none."""

    code: RemarkCode
    facts: Mapping[str, str | int] = field(default_factory=dict)
    detail: str = ""

    def words(self) -> Sentence:
        """The Chinese and the English sentence."""
        return sentence(self.code.value, self.facts)

    def json(self) -> dict[str, Json]:
        """The remark as a row keeps it."""
        return {"code": self.code.value, "facts": {**self.facts}, "detail": self.detail}


def remarks_of(found: object) -> tuple[Remark, ...]:
    """Remarks out of a row's list; what is no list holds none."""
    return tuple(_remark(one) for one in found) if isinstance(found, list) else ()


def _remark(found: object) -> Remark:
    """One remark; a bare line of a tool, as rows once had them, has no code of its own."""
    if not isinstance(found, Mapping):
        return Remark(RemarkCode.TOOL_SAID, {"count": 1}, str(found))
    facts = {str(name): value for name, value in found["facts"].items()}
    return Remark(RemarkCode(found["code"]), facts, str(found["detail"]))
