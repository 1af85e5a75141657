"""What somebody with the database and the files might do to a store, one function each.

Every attack changes something that a verifier must see, and says which items a good finding names.
What cannot be seen from inside, or changes no evidence, is not here but in
`tests/flow/test_reach.py`.
"""

from collections.abc import Callable
from functools import partial
from random import Random

from evidence import merkle, note
from evidence.canonical import dumps, loads_object
from evidence.entry import row_digest
from evidence.note import Checkpoint
from evidence.statements import RECEIPT
from evidence.tables import EVIDENTIAL
from tests.fault.tamper_files import file_attacks
from tests.fault.tamper_site import site_attacks, thief
from tests.fault.tamper_victim import (
    COLUMNS,
    Attack,
    Cell,
    Deed,
    Expected,
    Row,
    Victim,
    is_integer,
    item_of,
)
from tests.honest_store import ORIGIN

# --- cells ----------------------------------------------------------------------------------------


def edit_cell(victim: Victim, random: Random, *, table: str, column: str, way: str) -> Expected:
    """Changes one cell of one row."""
    rows = victim.rows(table)
    row = random.choice(rows)
    value = row[column]
    changed = _WAYS[way](value, random, [other[column] for other in rows])
    if changed == value and type(changed) is type(value):
        changed = _other(value, random, [])
    if is_integer(column, table) and not isinstance(changed, int | float | None):
        changed = random.randrange(2**40)
    if victim.url and column in ("seq", "idx", "level") and changed is None:
        changed = 2**40
    after = {**row, column: changed}
    victim.without_keys(table) if victim.url is None else None
    victim.update(table, row, **{column: changed})
    seq = row["seq"] if table == "entries" else None
    return Expected.of(
        item_of(table, row), item_of(table, after), seq=seq if isinstance(seq, int) else None
    )


def _other(value: Cell, random: Random, _others: list[Cell]) -> Cell:
    """Another value of the same type."""
    if isinstance(value, int):
        return value + random.choice((-1, 1, 10**6))
    if isinstance(value, str) and value:
        at = random.randrange(len(value))
        return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]
    return "x"


def _null(value: Cell, random: Random, _others: list[Cell]) -> Cell:
    return _other(value, random, []) if value is None else None


def _neighbour(value: Cell, random: Random, others: list[Cell]) -> Cell:
    different = [other for other in others if other != value]
    return random.choice(different) if different else _other(value, random, [])


def _odd(value: Cell, random: Random, _others: list[Cell]) -> Cell:
    """Something that no honest writer stores; SQLite only."""
    text = str(value)
    choices: tuple[Cell, ...] = (text.encode() + b"\xff", 1.5, text + " ", text + "\x00", -(2**62))
    return random.choice(choices)


_WAYS: dict[str, Callable[[Cell, Random, list[Cell]], Cell]] = {
    "other": _other,
    "null": _null,
    "neighbour": _neighbour,
    "odd": _odd,
}


# --- rows -----------------------------------------------------------------------------------------


def delete_row(victim: Victim, random: Random, *, table: str) -> Expected:
    """Removes one row."""
    row = random.choice(victim.rows(table))
    victim.delete(table, row)
    return _about(table, row)


def duplicate_row(victim: Victim, random: Random, *, table: str) -> Expected:
    """Puts one row there twice, key and all."""
    row = random.choice(victim.rows(table))
    if victim.url is None:
        victim.without_keys(table)
    victim.insert(table, row)
    return _about(table, row)


def insert_row(victim: Victim, random: Random, *, table: str) -> Expected:
    """Adds a row that no entry names, made after one that is there."""
    rows = victim.rows(table)
    row = dict(random.choice(rows))
    if table == "entries":
        row["seq"] = len(rows)
    elif table == "log_nodes":
        row["idx"] = 10**6
    elif table == "log_head":
        row["id"] = 2
    else:
        row["id"] = f"{row['id']!s}-more"
    victim.insert(table, row)
    return Expected.of("log_head/1") if table == "log_head" else _about(table, row)


def swap_rows(victim: Victim, random: Random, *, table: str) -> Expected:
    """Exchanges the keys of two rows."""
    rows = victim.rows(table)
    if len(rows) < 2:
        return delete_row(victim, random, table=table)
    first, second = random.sample(rows, 2)
    if first == {**second, "id": first["id"]}:  # nothing but the key tells them apart
        return delete_row(victim, random, table=table)
    if victim.url is None:
        victim.without_keys(table)
    victim.update(table, first, id="between")
    victim.update(table, second, id=first["id"])
    victim.update(table, {**first, "id": "between"}, id=second["id"])
    return Expected.of(item_of(table, first), item_of(table, second))


def drop_table(victim: Victim, _random: Random, *, table: str) -> Expected:
    """Removes a table."""
    items = [item_of(table, row) for row in victim.rows(table)]
    victim.execute(f"DROP TABLE {table}")
    return Expected.of(table, *items)


def view_for_table(victim: Victim, _random: Random, *, table: str) -> Expected:
    """Puts a view where a table was: it could show each reader something else."""
    victim.execute(f"ALTER TABLE {table} RENAME TO hidden")
    victim.execute(f"CREATE VIEW {table} AS SELECT * FROM hidden")  # noqa: S608 - own names
    return Expected.of(table)


def _about(table: str, row: Row) -> Expected:
    seq = row.get("seq")
    return Expected.of(item_of(table, row), seq=seq if isinstance(seq, int) else None)


# --- the log --------------------------------------------------------------------------------------


def rebuild_log(victim: Victim, bodies: list[str], *, head: bool = True) -> None:
    """Writes entries with these bodies, and leaves, nodes and head to match: all but signatures."""
    victim.execute("DELETE FROM entries")
    victim.execute("DELETE FROM log_nodes")
    nodes: dict[tuple[int, int], bytes] = {}
    for seq, body in enumerate(bodies):
        leaf = merkle.leaf_hash(body.encode())
        victim.insert("entries", {"seq": seq, "body": body, "leaf": leaf.hex()})
        for level, idx, value in merkle.new_nodes(seq, leaf, node=lambda at, i: nodes[at, i]):
            nodes[level, idx] = value
            victim.insert("log_nodes", {"level": level, "idx": idx, "hash": value.hex()})
    if head:
        last_at = loads_object(bodies[-1].encode())["at"] if bodies else None
        victim.execute("UPDATE log_head SET size = ?, last_at = ?", len(bodies), str(last_at))


def _bodies(victim: Victim) -> list[str]:
    return [str(row["body"]) for row in victim.rows("entries")]


def _signed_seq(victim: Victim, random: Random) -> int:
    """A log position that a checkpoint covers."""
    sizes = [row["size"] for row in victim.rows("checkpoints")]
    return random.randrange(1, max(size for size in sizes if isinstance(size, int)))


def _reworded(body: str) -> str:
    entry = loads_object(body.encode())
    facts = entry["facts"]
    changed = {**(facts if isinstance(facts, dict) else {}), "reason": "nothing to see"}
    return dumps({**entry, "facts": changed}).decode()


def reword_entry(victim: Victim, random: Random) -> Expected:
    """Rewrites an entry and the leaf beside it."""
    row = victim.rows("entries")[_signed_seq(victim, random)]
    body = _reworded(str(row["body"]))
    victim.update("entries", row, body=body, leaf=merkle.leaf_hash(body.encode()).hex())
    level = f"log_nodes/0/{row['seq']!s}"
    return Expected.of(item_of("entries", row), level)


def reword_log(victim: Victim, random: Random) -> Expected:
    """Rewrites an entry and everything derived from it; only signatures are left to object."""
    bodies, seq = _bodies(victim), _signed_seq(victim, random)
    bodies[seq] = _reworded(bodies[seq])
    rebuild_log(victim, bodies)
    return Expected.of(seq=seq)


def swap_entries(victim: Victim, random: Random) -> Expected:
    """Exchanges the bodies of two entries, leaves included."""
    rows = victim.rows("entries")
    first, second = rows[_signed_seq(victim, random)], rows[0]
    victim.update("entries", first, body=second["body"], leaf=second["leaf"])
    victim.update("entries", second, body=first["body"], leaf=first["leaf"])
    return Expected.of(item_of("entries", first), item_of("entries", second))


def drop_entry(victim: Victim, random: Random) -> Expected:
    """Takes an entry out, renumbers the rest and rebuilds everything derived."""
    bodies, seq = _bodies(victim), _signed_seq(victim, random)
    del bodies[seq]
    renumbered = [
        dumps({**loads_object(body.encode()), "seq": number}).decode()
        for number, body in enumerate(bodies)
    ]
    rebuild_log(victim, renumbered)
    return Expected.of(seq=seq)


def drop_entries_only(victim: Victim, random: Random) -> Expected:
    """Removes a run of entries and nothing else."""
    seq = _signed_seq(victim, random)
    victim.execute("DELETE FROM entries WHERE seq >= ? AND seq < ?", seq, seq + 3)
    return Expected.of(f"entries/{seq}", seq=seq)


def cut_tail(victim: Victim, random: Random) -> Expected:
    """Removes the log's end, nodes and head made to match."""
    bodies, seq = _bodies(victim), _signed_seq(victim, random)
    rebuild_log(victim, bodies[:seq])
    return Expected.of("entries", seq=seq)


def cut_tail_and_checkpoints(victim: Victim, random: Random) -> Expected:
    """The same with the checkpoints that would object; the rows that were logged stay."""
    bodies = _bodies(victim)
    named = [seq for seq, body in enumerate(bodies) if seq and loads_object(body.encode())["rows"]]
    seq = random.choice(named)
    lost = [_keys_named(body) for body in bodies[seq:]]
    rebuild_log(victim, bodies[:seq])
    victim.execute("DELETE FROM checkpoints WHERE size > ?", seq)
    return Expected(frozenset().union(*lost))


def roll_back(victim: Victim, random: Random) -> Expected:
    """Cuts the log's end, checkpoints and rows included, and leaves the files of that time."""
    bodies = _bodies(victim)
    sealed = [seq for seq, body in enumerate(bodies) if '"receipt.issued"' in body]
    seq = sealed[0]
    for body in bodies[seq:]:
        for item in _keys_named(body):
            table, _, key = item.partition("/")
            if table in EVIDENTIAL:
                victim.execute(f"DELETE FROM {table} WHERE id = ?", key)  # noqa: S608
    rebuild_log(victim, bodies[:seq])  # but forgets the checkpoints
    return Expected.of("entries", seq=random.choice(range(seq, len(bodies))))


def empty_log(victim: Victim, _random: Random) -> Expected:
    """Removes every entry."""
    rebuild_log(victim, [])
    return Expected.of("entries")


def cover_up_row(victim: Victim, random: Random) -> Expected:
    """Alters a row, and the entry that names it, and everything derived: all but signatures."""
    bodies, seq = _bodies(victim), _signed_seq(victim, random)
    row = random.choice(victim.rows("recordings"))
    altered = {**row, "sealed_at": "2020-01-01T00:00:00.000000Z"}
    victim.update("recordings", row, sealed_at=altered["sealed_at"])
    old, new = _digest("recordings", row), _digest("recordings", altered)
    seq = next(n for n, body in enumerate(bodies) if old in body)
    bodies[seq] = bodies[seq].replace(old, new)
    rebuild_log(victim, bodies)
    return Expected.of(seq=seq)


def _digest(table: str, row: Row) -> str:
    return row_digest(table, 1, row={k: v for k, v in row.items() if isinstance(v, str | int)})


def _keys_named(body: str) -> frozenset[str]:
    rows = loads_object(body.encode())["rows"]
    named = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return frozenset(f"{row['table']}/{row['key']}" for row in named)


# --- signatures -----------------------------------------------------------------------------------


def sign_with_other_key(victim: Victim, random: Random) -> Expected:
    """Signs one checkpoint again with a key of the same name."""
    row = random.choice(victim.rows("checkpoints"))
    text = note.split(str(row["note"]))[0]
    victim.update("checkpoints", row, note=thief(ORIGIN).sign(text))
    return Expected.of(item_of("checkpoints", row))


def sign_log_with_other_key(victim: Victim, random: Random) -> Expected:
    """Rewrites an entry, rebuilds the log and signs every checkpoint again with another key."""
    reword_log(victim, random)
    bodies = _bodies(victim)
    rows = victim.rows("checkpoints")
    for row in rows:
        tree = merkle.Frontier(merkle.leaf_hash(b.encode()) for b in bodies[: _int(row["size"])])
        text = Checkpoint(ORIGIN, tree.size, tree.root()).text()
        victim.update("checkpoints", row, note=thief(ORIGIN).sign(text))
    return Expected.of(*(item_of("checkpoints", row) for row in rows))


def delete_checkpoint(victim: Victim, random: Random) -> Expected:
    """Takes one signature away."""
    row = random.choice(victim.rows("checkpoints"))
    victim.delete("checkpoints", row)
    return Expected.of(item_of("checkpoints", row), seq=_int(row["size"]) - 1)


def delete_checkpoints(victim: Victim, random: Random) -> Expected:
    """Takes every signature away, and touches nothing else."""
    victim.execute("DELETE FROM checkpoints")
    return Expected.of(seq=random.randrange(len(_bodies(victim))))


def reword_log_and_drop_signatures(victim: Victim, random: Random) -> Expected:
    """Rewrites a signed entry and all that is derived, and drops each signature that objects."""
    expected = reword_log(victim, random)
    victim.execute("DELETE FROM checkpoints WHERE size > ?", expected.seq)
    return expected


def cover_up_row_and_drop_signatures(victim: Victim, random: Random) -> Expected:
    """The same for a row and the entry that names it."""
    expected = cover_up_row(victim, random)
    victim.execute("DELETE FROM checkpoints WHERE size > ?", expected.seq)
    return expected


def append_entry(victim: Victim, _random: Random) -> Expected:
    """Appends an entry in due form, with all that is derived, and no signature."""
    bodies = _bodies(victim)
    last = loads_object(bodies[-1].encode())
    forged = {**last, "seq": len(bodies), "act": "card.clearing", "rows": [], "clock": "OK"}
    rebuild_log(victim, [*bodies, dumps(forged).decode()])
    return Expected.of(seq=len(bodies))


def swap_checkpoints(victim: Victim, random: Random) -> Expected:
    """Exchanges the notes of two checkpoints."""
    first, second = random.sample(victim.rows("checkpoints"), 2)
    victim.update("checkpoints", first, note=second["note"])
    victim.update("checkpoints", second, note=first["note"])
    return Expected.of(item_of("checkpoints", first), item_of("checkpoints", second))


def reword_receipt(victim: Victim, random: Random) -> Expected:
    """Rewrites what a receipt says, its signature kept."""
    row = random.choice(victim.rows("receipts"))
    signed = str(row["signed"]).replace('"basis":"SEALED"', '"basis":"SEALEX"', 1)
    victim.update("receipts", row, signed=signed)
    return Expected.of(item_of("receipts", row))


def sign_receipt_with_other_key(victim: Victim, random: Random) -> Expected:
    """Rewrites a receipt and signs it with another key."""
    row = random.choice(victim.rows("receipts"))
    body = note.parse_statement(RECEIPT, note.split(str(row["signed"]))[0])
    signed = thief(f"{ORIGIN}/station").sign(note.statement(RECEIPT, {**body, "files": []}))
    victim.update("receipts", row, signed=signed)
    return Expected.of(item_of("receipts", row))


def _int(value: Cell) -> int:
    return value if isinstance(value, int) else 0


# --- all of them ----------------------------------------------------------------------------------

UNSIGNED = frozenset({("checkpoints", "signed_at")})
"""Columns that nothing vouches for; `docs/formats/checkpoint.md` says so."""


def attacks() -> list[Attack]:
    """Every attack, cells first."""
    return [*_cell_attacks(), *_row_attacks(), *_log_attacks(), *site_attacks(), *file_attacks()]


def _cell_attacks() -> list[Attack]:
    return [
        Attack(
            f"{way} in {table}.{column}",
            partial(edit_cell, table=table, column=column, way=way),
            portable=way != "odd",
        )
        for table, columns in COLUMNS.items()
        for column in columns
        for way in _WAYS
        if (table, column) not in UNSIGNED
    ]


def _row_attacks() -> list[Attack]:
    found = []
    for table in COLUMNS:
        if table != "checkpoints":  # `delete_checkpoint` says which entry is named then
            found.append(Attack(f"remove from {table}", partial(delete_row, table=table)))
        found.append(Attack(f"duplicate in {table}", partial(duplicate_row, table=table)))
        found.append(Attack(f"drop {table}", partial(drop_table, table=table)))
        found.append(Attack(f"view for {table}", partial(view_for_table, table=table)))
        if table not in ("checkpoints", "personal_data"):
            found.append(Attack(f"insert into {table}", partial(insert_row, table=table)))
        if table in EVIDENTIAL or table == "personal_data":
            found.append(Attack(f"swap in {table}", partial(swap_rows, table=table)))
    return found


def _log_attacks() -> list[Attack]:
    deeds: tuple[Deed, ...] = (
        reword_entry,
        reword_log,
        swap_entries,
        drop_entry,
        drop_entries_only,
        cut_tail,
        cut_tail_and_checkpoints,
        roll_back,
        empty_log,
        cover_up_row,
        sign_with_other_key,
        sign_log_with_other_key,
        delete_checkpoint,
        delete_checkpoints,
        reword_log_and_drop_signatures,
        cover_up_row_and_drop_signatures,
        append_entry,
        swap_checkpoints,
        reword_receipt,
        sign_receipt_with_other_key,
    )
    return [Attack(deed.__name__.replace("_", " "), deed) for deed in deeds]
