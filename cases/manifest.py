"""The archive manifest of a case: each item with its digest, and which of them are not whole.

Holds always: an item is named by its digest; a recording is whole when the vault still has exactly
the bytes that were sealed, read again now (R-136); the manifest's own digest is on record.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from cases import case_facts, reading
from evidence.canonical import Json, dumps
from evidence.case_vocabulary import CaseFact, CaseState
from evidence.errors import LiuhenError
from storage.vault import Vault

Whole = Callable[[str], bool]
"""Whether the vault has just the bytes of this digest."""

CASE_FILE, WORKING_MATERIAL = "CASE_FILE", "WORKING_MATERIAL"


@dataclass(frozen=True)
class Manifest:
    """What is archived: the class of the whole, and its items in order."""

    class_: str
    recordings: tuple[str, ...]
    documents: tuple[str, ...]
    fixations: tuple[str, ...]

    @property
    def items(self) -> dict[str, Json]:
        """The list itself."""
        return {
            "class": self.class_,
            "recordings": list(self.recordings),
            "documents": list(self.documents),
            "fixations": list(self.fixations),
        }

    @property
    def sha256(self) -> str:
        """The digest of the list."""
        return hashlib.sha256(dumps(self.items)).hexdigest()

    def body(self) -> dict[str, Json]:
        """As it stands on record, with its digest."""
        return {**self.items, "sha256": self.sha256}


def manifest_of(connection: Connection, about: case_facts.AskedCase) -> Manifest:
    """All that belongs to a case; what was not filed is working material (R-188)."""
    case_id = about.case.id
    unfiled = about.case.state is CaseState.NOT_FILED
    fixations = case_facts.of_kind(connection, case_id, kind=CaseFact.FIXATION)
    papers = [record.document_sha256 for record in reading.case_records(connection, case_id)]
    steps = [str(one.body.get("document", "")) for one in reading.case_steps(connection, case_id)]
    own = {one for one in (*papers, *steps) if one}
    return Manifest(
        class_=WORKING_MATERIAL if unfiled else CASE_FILE,
        recordings=tuple(sorted(case_facts.linked(connection, case_id))),
        documents=tuple(sorted(case_facts.documents(connection, case_id) | own)),
        fixations=tuple(_digests(one.document_sha256 for one in fixations)),
    )


def not_whole(recordings: Iterable[str], *, is_whole: Whole) -> frozenset[str]:
    """Those whose bytes are missing or changed."""
    return frozenset(one for one in recordings if not is_whole(one))


def whole_in(vault: Vault) -> Whole:
    """Reads an original again and compares; what cannot be read is not whole."""

    def is_whole(sha256: str) -> bool:
        try:
            return vault.size(sha256) is not None and vault.rehash(sha256, _silent) == sha256
        except LiuhenError:
            return False

    return is_whole


def _silent(_done: int) -> None:
    """Nobody watches how far reading is."""


def _digests(found: Iterable[str | None]) -> list[str]:
    return sorted({one for one in found if one is not None})
