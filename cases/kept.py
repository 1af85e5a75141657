"""What people write of cases: kept as commitments in rows, opened again to be shown or compared."""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from evidence.canonical import Json, dumps
from evidence.entry import time_text
from evidence.errors import BadInput, NotFound
from evidence.personal import SALT_BYTES, Personal
from storage import schema
from storage.ledger import Act

_LONGEST_LINE = 200
_LONGEST_TEXT = 4000
_AT_ONCE = 500


def line(value: str | None, why: str) -> str | None:
    """A text of one line without blanks around it, None for none; raises `BadInput`."""
    value = (value or "").strip()
    if not value:
        return None
    if len(value) > _LONGEST_LINE or not value.isprintable():
        raise BadInput(f"{value!r} is not usable", why=why, value=value[:_LONGEST_LINE])
    return value


def needed_line(value: str | None, why: str) -> str:
    """The same of what must be there."""
    found = line(value, why)
    if found is None:
        raise BadInput("A text is missing", why=why, value="")
    return found


def keep(act: Act, kind: str, *, value: str | None) -> str | None:
    """The commitment to a text of any length that is usable, None for none; raises `BadInput`."""
    value = (value or "").strip()
    if not value:
        return None
    if len(value) > _LONGEST_TEXT or not value.replace("\n", " ").isprintable():
        raise BadInput("The text is not usable", why="CASE_TEXT", most=_LONGEST_TEXT)
    return act.keep(Personal(kind, value, secrets.token_bytes(SALT_BYTES)))


def keep_needed(act: Act, kind: str, *, value: str | None, why: str) -> str:
    """The same of what must be there; raises `BadInput` with that reason where it is not."""
    found = keep(act, kind, value=value)
    if found is None:
        raise BadInput("A text is missing", why=why)
    return found


def opened(connection: Connection, commitments: Iterable[str | None]) -> Mapping[str, str]:
    """The values behind commitments; what was erased is left out."""
    table = schema.personal_data
    wanted = sorted({one for one in commitments if one is not None})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        query = select(table.c.id, table.c.value).where(table.c.id.in_(some))
        found |= {row.id: row.value for row in connection.execute(query)}
    return found


def body_text(body: Mapping[str, Json]) -> str:
    """A body as rows hold it: canonical, without what is null."""
    return dumps({name: value for name, value in body.items() if value is not None}).decode()


def past_text(act: Act, at: datetime) -> str:
    """A moment as rows hold it; raises `BadInput` for one that is still to come."""
    if at > act.at:
        raise BadInput("That moment is still to come", why="FUTURE", at=time_text(at))
    return time_text(at)


def known_person(connection: Connection, person: str) -> str:
    """The person's id; raises `NotFound`."""
    table = schema.persons
    if connection.execute(select(table.c.id).where(table.c.id == person)).first() is None:
        raise NotFound(f"There is no person {person}", why="NO_PERSON", person=person)
    return person


def digest_text(digest: str | None) -> str | None:
    """A document's SHA-256 in small letters, None for none; raises `BadInput`."""
    if digest is None:
        return None
    digest = digest.strip().lower()
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise BadInput(f"{digest} is no SHA-256", why="DOCUMENT_DIGEST", value=digest[:64])
    return digest


def read_body(text: str) -> dict[str, Json]:
    """A body as it was written; nothing where the text is no object."""
    found = json.loads(text)
    return found if isinstance(found, dict) else {}


def texts_in(body: Mapping[str, Json], name: str) -> tuple[str, ...]:
    """The texts that a body lists under a name, none where it has no such list."""
    found = body.get(name)
    return tuple(map(str, found)) if isinstance(found, list) else ()
