"""The signed certificate of a disposal (销毁证明): what went, why, who agreed, what stayed.

Holds always: it is a signed note of its own kind; it names the frozen list by digest and each line
of it, whether its bytes went or were kept because they had been docked again meanwhile; it names
persons by id, so it stays valid when a name is erased. It is signed after the bytes are gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence.canonical import Json
from evidence.disposal import Line
from evidence.errors import Malformed

CERTIFICATE = "liuhen disposal certificate v1"


class Outcome(StrEnum):
    """What became of the bytes of a line."""

    REMOVED = "REMOVED"
    DOCKED_AGAIN = "DOCKED_AGAIN"


REMOVED, KEPT = Outcome.REMOVED.value, Outcome.DOCKED_AGAIN.value


@dataclass(frozen=True)
class Gone:
    """A line of a certificate: what was frozen, the tombstone, and what became of the bytes."""

    line: Line
    tombstone: str
    outcome: str

    def json(self) -> dict[str, Json]:
        """The line's form in the statement."""
        return {**self.line.json(), "tombstone": self.tombstone, "outcome": self.outcome}


def certificate_body(head: Mapping[str, Json], lines: Sequence[Gone]) -> dict[str, Json]:
    """Body of a certificate.

    `head` holds site, certificate, batch, list_sha256, proposer, approvers, executor, buried_at,
    issued_at and the log's position.
    """
    return {"v": 1, **head, "recordings": [one.json() for one in lines]}


@dataclass(frozen=True)
class Certified:
    """What a certificate says of one recording."""

    recording: str
    tombstone: str
    outcome: str
    class_code: str
    period: str
    due_on: str
    basis: str


def certified(body: Mapping[str, Json]) -> tuple[Certified, ...]:
    """The recordings of a certificate whose signature was checked; raises `Malformed`."""
    found = body.get("recordings")
    if body.get("v") is True or body.get("v") != 1 or not isinstance(found, list):
        raise Malformed("Certificate is not of version 1")
    return tuple(_certified(one) for one in found)


def _certified(found: Json) -> Certified:
    if not isinstance(found, Mapping):
        raise Malformed("A line of a certificate is no object")
    names = ("recording", "tombstone", "outcome", "class", "period", "due_on", "basis")
    texts = [one for one in (found.get(name) for name in names) if isinstance(one, str)]
    if len(texts) != len(names) or texts[2] not in set(Outcome):
        raise Malformed("A line of a certificate does not say what it must")
    return Certified(*texts)
