"""The custody log: an act writes its rows, its entry and its checkpoint together, or nothing.

Holds always: an `Act` that ends without `enter` is rolled back; every evidential row goes through
`Act.insert`, so its entry names it by table, key, format and digest; entries are numbered without
a gap because whoever appends holds the log's lock; the stored nodes are exactly the complete nodes
of the RFC 6962 tree over the entries; each size of the log is signed in the transaction that made
it, and only if the log before is what was signed before, so at no instant is there an entry
without a signature, and none is ever given to what somebody else wrote. An act whose commit was
not answered is looked up before it is called failed.
"""

import base64
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from sqlalchemy import Connection, Table, and_, false, func, insert, or_, select, update

from evidence import entry as entries
from evidence import merkle
from evidence.canonical import Json
from evidence.entry import Entry, RowRef
from evidence.errors import (
    CommitUnknown,
    DatabaseUnavailable,
    EvidenceAltered,
    ProgramMistake,
    ProofFailed,
)
from evidence.note import Checkpoint
from evidence.personal import Personal
from evidence.tables import EVIDENTIAL, newest_format
from storage import schema
from storage.database import Database
from storage.keys import LogSigner

Clock = Callable[[], datetime]
"""The time now, in UTC with its zone."""

Row = Mapping[str, str | int | None]
_Nodes = dict[tuple[int, int], bytes]
PATIENCE = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each look whether an act was committed: as long as a server takes to restart."""


class Act:
    """One act in the making: collects rows, then enters them."""

    def __init__(
        self, connection: Connection, at: datetime, *, actor: Mapping[str, Json], signer: LogSigner
    ) -> None:
        self.connection = connection
        self.at = at
        self.signer = signer
        self._actor = actor
        self._rows: list[RowRef] = []
        self.entry: Entry | None = None
        self.checkpoint: Checkpoint | None = None

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

    def numbered(self, table: Table, *, owner: str, value: str) -> dict[str, str | int]:
        """Key and number of the next row about one thing, which the column `owner` names."""
        highest = select(func.max(table.c.number)).where(table.c[owner] == value)
        last = self.connection.execute(highest).scalar_one()
        number = 0 if last is None else int(last) + 1
        return {"id": f"{value}/{number}", owner: value, "number": number}

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
        """Appends the entry of this act and signs the log with it; called once, last.

        Raises `EvidenceAltered` where the log is not what was signed before.
        """
        if self.entry is not None:
            raise ProgramMistake("An act has one entry")
        self.entry, self.checkpoint = _append(self.connection, self, name=act, facts=facts)
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

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        actor: Mapping[str, Json],
        signer: LogSigner,
        patience: Sequence[float] = PATIENCE,
    ) -> None:
        self.patience = patience
        self.database = database
        self.clock = clock
        self.actor = actor
        self.signer = signer
        self.opened_actor: Personal | None = None
        self.has_entered = False

    @contextmanager
    def act(self) -> Iterator[Act]:
        """A transaction that must end in `Act.enter`.

        Raises `DatabaseUnavailable` where nothing was committed, and `CommitUnknown` where that
        cannot be told because the connection broke at that moment and the database stays away.
        """
        whole: Checkpoint | None = None
        try:
            with self.database.locked() as connection:
                act = Act(connection, self.clock(), actor=self.actor, signer=self.signer)
                if self.opened_actor is not None:
                    act.keep(self.opened_actor)
                yield act
                if act.checkpoint is None:
                    raise ProgramMistake("An act ended without its entry")
                whole = act.checkpoint
        except DatabaseUnavailable as error:
            if whole is None or not self._was_committed(act, error):
                raise
        self.signer.remembered.saw(whole)
        self.has_entered = True

    def _was_committed(self, act: Act, error: DatabaseUnavailable) -> bool:
        """Whether an act is in the log though its commit failed; raises `CommitUnknown`.

        To do it again would say it twice. The entry names time, position and rows, so no other is
        equal to it. It is looked for under the log's lock, which the broken transaction holds until
        the server has ended it. SQLite itself knows what it committed.
        """
        if self.database.is_sqlite or act.entry is None:
            return False
        body = select(schema.entries.c.body).where(schema.entries.c.seq == act.entry.seq)
        for pause in self.patience:
            threading.Event().wait(pause)
            with suppress(DatabaseUnavailable), self.database.locked() as connection:
                return connection.execute(body).scalar() == act.entry.canonical().decode()
        raise CommitUnknown("Connection broke during a commit", reason=str(error)) from error


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
        return _node(found, level, index=index)

    return node


def remember_head(database: Database, *, signer: LogSigner) -> tuple[Checkpoint, str]:
    """The log's newest checkpoint with its note, remembered durably beside the key.

    The act that made this size signed it already. Raises `EvidenceAltered` where the log is not
    that of the signature, or does not extend what any process of this site signed before.
    """
    with database.locked() as connection:
        signer.remembered.reread()
        checkpoint, _ = _checked_head(connection, signer)
        note = _signed(connection, checkpoint, signer=signer)
    signer.remembered.keep(checkpoint, note)
    return checkpoint, note


def read_entries(connection: Connection, seqs: Sequence[int]) -> list[str]:
    """The stored bodies of the entries named, in order of their numbers."""
    table = schema.entries
    query = select(table.c.body).where(table.c.seq.in_(seqs)).order_by(table.c.seq)
    return [str(body) for body in connection.execute(query).scalars()]


def newest_of_session(
    connection: Connection, session_id: str, *, acts: Collection[str]
) -> Entry | None:
    """The entry of one of these acts about a session that stands last in the log; None if none.

    What came after what is told by position: a clock may have been set back in between. The words
    sought in the body only narrow down what is read; what the entry says is read from it.
    """
    body = schema.entries.c.body
    told = or_(*(body.contains(f'"act":"{act}"', autoescape=True) for act in acts))
    about = body.contains(f'"session":"{session_id}"', autoescape=True)
    query = select(body).where(told, about).order_by(schema.entries.c.seq.desc())
    found = (entries.parse(str(text).encode()) for text in connection.execute(query).scalars())
    ours = (one for one in found if one.act in acts and one.facts.get("session") == session_id)
    return next(ours, None)


def _append(
    connection: Connection, act: Act, *, name: str, facts: Mapping[str, Json]
) -> tuple[Entry, Checkpoint]:
    last_at = connection.execute(select(schema.log_head.c.last_at)).scalar_one()
    before, known = _checked_head(connection, act.signer)
    size = before.size
    entry = act.as_entry(size, last_at, act=name, facts=facts)
    body = entry.canonical()
    leaf = merkle.leaf_hash(body)
    nodes = merkle.new_nodes(size, leaf, node=_reader(known))
    connection.execute(insert(schema.entries).values(seq=size, body=body.decode(), leaf=leaf.hex()))
    rows = [{"level": level, "idx": idx, "hash": value.hex()} for level, idx, value in nodes]
    connection.execute(insert(schema.log_nodes), rows)
    connection.execute(update(schema.log_head).values(size=size + 1, last_at=act.at_text))
    known |= {(level, idx): value for level, idx, value in nodes}
    root = merkle.root(size + 1, _reader(known))
    checkpoint = Checkpoint(before.origin, size + 1, root)
    row = {
        "size": checkpoint.size,
        "note": act.signer.note(checkpoint.text()),
        "signed_at": act.at_text,
    }
    connection.execute(insert(schema.checkpoints).values(**row))
    return entry, checkpoint


# --- is the stored log the one that was signed? -------------------------------------------------


def _checked_head(connection: Connection, signer: LogSigner) -> tuple[Checkpoint, _Nodes]:
    """The log as it is, with the nodes its root is made of.

    Raises `EvidenceAltered` unless it extends what is remembered and its newest size is signed.
    Nothing that the database says is believed: the stored nodes must lead to a signed root.
    """
    size = int(connection.execute(select(schema.log_head.c.size)).scalar_one())
    known = _peaks(connection, size)
    head = Checkpoint(signer.key.name, size, merkle.root(size, _reader(known)))
    last = signer.remembered.newest()
    if last == head or (last is None and size == 0):
        return head, known
    if last is not None:
        _check_extends(connection, head, last=last, path=str(signer.remembered.path))
    _signed(connection, head, signer=signer)
    return head, known


def _check_extends(
    connection: Connection, head: Checkpoint, *, last: Checkpoint, path: str
) -> None:
    if head.size < last.size:
        message = f"The log has {head.size} entries, and {last.size} were signed"
        raise EvidenceAltered(
            message, code="LOG_WENT_BACK", size=head.size, signed=last.size, path=path
        )
    proof = merkle.consistency_proof(last.size, head.size, node=node_reader(connection))
    try:
        merkle.check_consistency(
            last.size, head.size, old_root=last.root, new_root=head.root, proof=proof
        )
    except ProofFailed as error:
        raise _rewritten(last.size) from error


def _signed(connection: Connection, head: Checkpoint, *, signer: LogSigner) -> str:
    """The stored note of this very checkpoint; raises `EvidenceAltered` where there is none."""
    table = schema.checkpoints
    note = connection.execute(select(table.c.note).where(table.c.size == head.size)).scalar()
    try:
        if note is not None and signer.remembered.read(str(note)) == head:
            return str(note)
    except EvidenceAltered as error:
        raise _rewritten(head.size) from error
    raise _rewritten(head.size)


def _peaks(connection: Connection, size: int) -> _Nodes:
    """The nodes that the root of `size` entries is made of, in one question."""
    table = schema.log_nodes
    wanted = merkle.peaks(0, size)
    places = [and_(table.c.level == level, table.c.idx == index) for level, index in wanted]
    query = select(table.c.level, table.c.idx, table.c.hash).where(or_(false(), *places))
    rows = connection.execute(query).all()
    return {(row.level, row.idx): _node(row.hash, row.level, index=row.idx) for row in rows}


def _reader(known: _Nodes) -> merkle.NodeReader:
    return lambda level, index: _node(known.get((level, index)), level, index=index)


def _node(found: str | bytes | None, level: int, *, index: int) -> bytes:
    if isinstance(found, bytes):
        return found
    try:
        return bytes.fromhex(found or "missing")
    except ValueError as error:
        raise EvidenceAltered(f"Log node {level}/{index} is missing or no hash") from error


def _rewritten(size: int) -> EvidenceAltered:
    message = f"The first {size} entries of the log are not what was signed"
    return EvidenceAltered(message, code="LOG_REWRITTEN", size=size)
