"""The custody log: an act writes its rows and its entry in one transaction, or nothing.

Holds always: an `Act` that ends without `enter` is rolled back; every evidential row goes through
`Act.insert`, so its entry names it by table, key, format and digest; entries are numbered without
a gap because whoever appends holds the log's lock; the stored nodes are exactly the complete nodes
of the RFC 6962 tree over the entries.
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select, update

from evidence import entry as entries
from evidence import merkle
from evidence.canonical import Json
from evidence.entry import Entry, RowRef
from evidence.errors import EvidenceAltered, ProgramMistake
from evidence.note import Checkpoint
from evidence.personal import Personal
from evidence.tables import EVIDENTIAL, newest_format
from storage import schema
from storage.database import Database
from storage.keys import Signer

Clock = Callable[[], datetime]
"""The time now, in UTC with its zone."""

Row = Mapping[str, str | int | None]


class Act:
    """One act in the making: collects rows, then enters them."""

    def __init__(self, connection: Connection, at: datetime, *, actor: Mapping[str, Json]) -> None:
        self.connection = connection
        self.at = at
        self._actor = actor
        self._rows: list[RowRef] = []
        self.entry: Entry | None = None

    @property
    def at_text(self) -> str:
        """The act's time as rows hold it."""
        return entries.time_text(self.at)

    def insert(self, table: Table, row: Row) -> None:
        """Writes one evidential row and remembers its digest for the entry."""
        row_format = newest_format(table.name)
        whole = {column: row[column] for column in EVIDENTIAL[table.name][row_format]}
        self.connection.execute(insert(table).values(**whole))
        digest = entries.row_digest(table.name, row_format, row=whole)
        self._rows.append(RowRef(table.name, str(row["id"]), row_format, digest))

    def keep(self, personal: Personal) -> str:
        """Stores the opening of a commitment beside the log, and returns the commitment."""
        commitment = personal.commitment
        table = schema.personal_data
        known = select(table.c.id).where(table.c.id == commitment)
        if self.connection.execute(known).first() is None:
            self.keep_all([personal])
        return commitment

    def keep_all(self, personals: Sequence[Personal]) -> None:
        """Stores the openings of fresh commitments, of which none is there yet."""
        rows = [_opening(personal) for personal in personals]
        if rows:
            self.connection.execute(insert(schema.personal_data), rows)

    def enter(self, act: str, facts: Mapping[str, Json]) -> Entry:
        """Appends the entry of this act; called once, last."""
        if self.entry is not None:
            raise ProgramMistake("An act has one entry")
        self.entry = _append(self.connection, self, name=act, facts=facts)
        return self.entry

    def as_entry(
        self, seq: int, last_at: str | None, *, act: str, facts: Mapping[str, Json]
    ) -> Entry:
        """What will be entered at position `seq`, the entry before being of `last_at`."""
        backwards = last_at is not None and self.at < entries.parse_time(last_at)
        clock = entries.CLOCK_BACKWARDS if backwards else entries.CLOCK_OK
        return Entry(seq, self.at, clock, act, self._actor, tuple(self._rows), facts)


class Ledger:
    """Opens acts on a database for one actor (a service process, or a person at the terminal)."""

    def __init__(self, database: Database, clock: Clock, *, actor: Mapping[str, Json]) -> None:
        self.database = database
        self.clock = clock
        self.actor = actor
        self.opened_actor: Personal | None = None
        self.has_entered = False

    @contextmanager
    def act(self) -> Iterator[Act]:
        """A transaction that must end in `Act.enter`."""
        with self.database.locked() as connection:
            act = Act(connection, self.clock(), actor=self.actor)
            if self.opened_actor is not None:
                act.keep(self.opened_actor)
            yield act
            if act.entry is None:
                raise ProgramMistake("An act ended without its entry")
        self.has_entered = True


def _opening(personal: Personal) -> dict[str, str]:
    return {
        "id": personal.commitment,
        "kind": personal.kind,
        "salt": base64.b64encode(personal.salt).decode(),
        "value": personal.value,
    }


def node_reader(connection: Connection) -> merkle.NodeReader:
    """Reads complete nodes of the stored tree; raises `EvidenceAltered` where one is missing."""
    table = schema.log_nodes

    def node(level: int, index: int) -> bytes:
        found = connection.execute(
            select(table.c.hash).where(table.c.level == level, table.c.idx == index)
        ).scalar_one_or_none()
        if found is None:
            raise EvidenceAltered(f"Log node {level}/{index} is missing")
        return bytes.fromhex(found)

    return node


def head(connection: Connection) -> tuple[int, bytes]:
    """Size and root of the log as this connection sees it."""
    size = connection.execute(select(schema.log_head.c.size)).scalar_one()
    return size, merkle.root(size, node_reader(connection))


def sign_checkpoint(database: Database, clock: Clock, *, signer: Signer) -> tuple[Checkpoint, str]:
    """Signs the log as it is now, unless that size is signed already; returns it with its note."""
    with database.locked() as connection:
        size, root = head(connection)
        checkpoint = Checkpoint(signer.key.name, size, root)
        table = schema.checkpoints
        known = connection.execute(select(table.c.note).where(table.c.size == size)).scalar()
        if known is not None:
            return checkpoint, str(known)
        note = signer.note(checkpoint.text())
        row = {"size": size, "note": note, "signed_at": entries.time_text(clock())}
        connection.execute(insert(table).values(**row))
    return checkpoint, note


def newest_checkpoint(connection: Connection) -> str | None:
    """The note of the largest signed size, or None."""
    table = schema.checkpoints
    newest = select(table.c.note).order_by(table.c.size.desc()).limit(1)
    return connection.execute(newest).scalar()


def unsigned_entries(connection: Connection) -> int:
    """How many entries no checkpoint covers yet."""
    size = connection.execute(select(schema.log_head.c.size)).scalar_one()
    table = schema.checkpoints
    signed = connection.execute(
        select(table.c.size).order_by(table.c.size.desc()).limit(1)
    ).scalar()
    return int(size) - int(signed or 0)


def read_entries(connection: Connection, seqs: Sequence[int]) -> list[str]:
    """The stored bodies of the entries named, in order of their numbers."""
    table = schema.entries
    query = select(table.c.body).where(table.c.seq.in_(seqs)).order_by(table.c.seq)
    return [str(body) for body in connection.execute(query).scalars()]


def _append(connection: Connection, act: Act, *, name: str, facts: Mapping[str, Json]) -> Entry:
    size, last_at = connection.execute(
        select(schema.log_head.c.size, schema.log_head.c.last_at)
    ).one()
    entry = act.as_entry(size, last_at, act=name, facts=facts)
    body = entry.canonical()
    leaf = merkle.leaf_hash(body)
    nodes = merkle.new_nodes(size, leaf, node=node_reader(connection))
    connection.execute(insert(schema.entries).values(seq=size, body=body.decode(), leaf=leaf.hex()))
    rows = [{"level": level, "idx": idx, "hash": value.hex()} for level, idx, value in nodes]
    connection.execute(insert(schema.log_nodes), rows)
    connection.execute(update(schema.log_head).values(size=size + 1, last_at=act.at_text))
    return entry
