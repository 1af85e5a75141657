"""What both reports say of themselves: moments, the place in the custody log, people and units."""

import base64
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from evidence.ratio import SHANGHAI
from evidence.reason_messages import Sentence
from evidence.register_words import word
from evidence.report import Cell, both
from people.staff import Member
from storage.reporting import LogPosition

NOTHING = "—"


def shown(moment: datetime) -> str:
    """A moment as it is written in China, to the minute."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def said(member: StrEnum) -> str:
    """A word of the register in both languages."""
    return both(word(member))


def basis(position: LogPosition, made_at: datetime) -> list[tuple[Sentence, Cell]]:
    """When a report was made, and from which state of the custody log."""
    root = base64.b64encode(position.checkpoint.root).decode()
    return [
        (("生成时间（北京时间）", "made at (Beijing time)"), shown(made_at)),
        (("保管日志", "custody log"), position.checkpoint.origin),
        (("日志条数", "entries of the log"), position.checkpoint.size),
        (("日志根摘要", "root of the log"), root),
        (("检查点签署时间（北京时间）", "checkpoint signed at"), shown(position.signed_at)),
    ]


def person_cells(people: Mapping[str, Member], person: str) -> tuple[str, str]:
    """Name and number of somebody; the id where the register no longer has a name."""
    member = people.get(person)
    if member is None:
        return person, NOTHING
    return member.full_name or f"{person}（已删除 erased）", member.officer_number or NOTHING
