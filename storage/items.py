"""The rows of an item: the recording itself, where it lies, and its further digests.

Holds always: each is written once, inside an act that enters it; the item's key is its SHA-256.
"""

from sqlalchemy import Table, select

from storage import schema
from storage.ledger import Act, Row
from storage.vault import Stored


def add_item(act: Act, stored: Stored, *, vault_id: str) -> bool:
    """Writes recording and copy where they are new; says whether the recording was."""
    first = not _is_there(act, schema.recordings, key=stored.sha256)
    if first:
        row: Row = {"id": stored.sha256, "size": stored.size, "sealed_at": act.at_text}
        act.insert(schema.recordings, row)
    add_copy(act, stored, vault_id=vault_id)
    return first


def add_copy(act: Act, stored: Stored, *, vault_id: str) -> None:
    """Writes where the item lies, unless it is on record."""
    copy_id = f"{vault_id}/{stored.sha256}"
    if not _is_there(act, schema.copies, key=copy_id):
        copy: Row = {
            "id": copy_id,
            "recording_id": stored.sha256,
            "vault_id": vault_id,
            "read_back": stored.read_back.value,
            "placed_at": act.at_text,
        }
        act.insert(schema.copies, copy)


def add_digest(act: Act, sha256: str, *, algorithm: str, value: str) -> bool:
    """Writes a further digest unless it is on record; says whether it did."""
    digest_id = f"{algorithm}:{sha256}"
    if _is_there(act, schema.digests, key=digest_id):
        return False
    row: Row = {
        "id": digest_id,
        "recording_id": sha256,
        "algorithm": algorithm,
        "value": value,
        "computed_at": act.at_text,
    }
    act.insert(schema.digests, row)
    return True


def _is_there(act: Act, table: Table, *, key: str) -> bool:
    return act.connection.execute(select(table.c.id).where(table.c.id == key)).first() is not None
