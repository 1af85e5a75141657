"""RFC 6962 Merkle tree: hashes, ranges and proofs as pure functions.

Holds always: a leaf is hashed with prefix 0x00 and an inner node with 0x01, so no leaf can pose
as a node. A *complete* node at (level, index) covers leaves [index << level, (index + 1) << level)
and never changes once all its leaves are there: a store keeps exactly those nodes, and every root
and proof of any past size can be made from them.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from evidence.errors import ProofFailed

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the complete node at (level, index)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf's bytes, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def new_nodes(size: int, leaf: bytes, *, node: NodeReader) -> list[tuple[int, int, bytes]]:
    """Complete nodes that appending `leaf` to a tree of `size` leaves adds, leaf first."""
    added = [(0, size, leaf)]
    level, index, value = 0, size, leaf
    while index % 2 == 1:
        value = node_hash(node(level, index - 1), value)
        level, index = level + 1, index // 2
        added.append((level, index, value))
    return added


def peaks(start: int, end: int) -> list[tuple[int, int]]:
    """Largest complete nodes that cover leaves [start, end), from left to right."""
    found: list[tuple[int, int]] = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def root(size: int, node: NodeReader) -> bytes:
    """Root hash of the first `size` leaves."""
    return _range_root(0, size, node=node) if size else EMPTY_ROOT


def _range_root(start: int, end: int, *, node: NodeReader) -> bytes:
    hashes = [node(level, index) for level, index in peaks(start, end)]
    return _fold(hashes)


def _fold(hashes: Sequence[bytes]) -> bytes:
    value = hashes[-1]
    for left in reversed(hashes[:-1]):
        value = node_hash(left, value)
    return value


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, *, node: NodeReader) -> list[bytes]:
    """RFC 6962 audit path of leaf `index` in the tree of `size` leaves."""
    if not 0 <= index < size:
        raise ProofFailed(f"Leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, node=node))
            end = middle
        else:
            path.append(_range_root(start, middle, node=node))
            start = middle
    return path[::-1]


def check_inclusion(
    leaf: bytes, index: int, *, size: int, proof: Sequence[bytes], expected: bytes
) -> None:
    """Raises `ProofFailed` unless `leaf` is leaf `index` of the tree with root `expected`."""
    if not 0 <= index < size:
        raise ProofFailed(f"Leaf {index} is not in a tree of {size}")
    _check_lengths(leaf, expected, *proof)
    position, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofFailed("Inclusion proof is too long")
        if position % 2 == 1 or position == last:
            value = node_hash(sibling, value)
            while position % 2 == 0:
                position, last = position >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or value != expected:
        raise ProofFailed(f"Leaf {index} does not lead to the root")


def consistency_proof(old: int, new: int, *, node: NodeReader) -> list[bytes]:
    """RFC 6962 proof that the tree of `old` leaves is a prefix of the tree of `new`."""
    if not 0 <= old <= new:
        raise ProofFailed(f"Size {old} is not before size {new}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(middle, end, node=node))
            end = middle
        else:
            path.append(_range_root(start, middle, node=node))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(start, end, node=node))
    return path[::-1]


def check_consistency(
    old: int, new: int, *, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raises `ProofFailed` unless the tree of `old` leaves is a prefix of the tree of `new`."""
    if not 0 <= old <= new:
        raise ProofFailed(f"Size {old} is not before size {new}")
    _check_lengths(old_root, new_root, *proof)
    if old in (0, new):
        _check_trivial(old, new, old_root=old_root, new_root=new_root, proof=proof)
        return
    path = list(proof)
    if old & (old - 1) == 0:  # a complete tree is its own first proof node
        path.insert(0, old_root)
    if not path:
        raise ProofFailed("Consistency proof is empty")
    position, last = old - 1, new - 1
    while position % 2 == 1:
        position, last = position >> 1, last >> 1
    old_value = new_value = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofFailed("Consistency proof is too long")
        if position % 2 == 1 or position == last:
            old_value, new_value = node_hash(sibling, old_value), node_hash(sibling, new_value)
            while position % 2 == 0 and position != 0:
                position, last = position >> 1, last >> 1
        else:
            new_value = node_hash(new_value, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or old_value != old_root or new_value != new_root:
        raise ProofFailed(f"Tree of {old} is not a prefix of the tree of {new}")


def _check_lengths(*hashes: bytes) -> None:
    """A hash of another length could move bytes from one half of a node into the other."""
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofFailed(f"A hash is not of {HASH_BYTES} bytes")


def _check_trivial(
    old: int, new: int, *, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if proof:
        raise ProofFailed("Consistency proof must be empty")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofFailed("Root of the empty tree is wrong")
    if old == new and old_root != new_root:
        raise ProofFailed(f"Two roots for one size {old}")


class Frontier:
    """Root of a growing list of leaves in memory of log2(size) hashes."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Adds one leaf hash."""
        level, value = 0, leaf
        while self._peaks and self._peaks[-1][0] == level:
            value = node_hash(self._peaks.pop()[1], value)
            level += 1
        self._peaks.append((level, value))
        self.size += 1

    def root(self) -> bytes:
        """Root hash of the leaves so far."""
        return _fold([value for _, value in self._peaks]) if self._peaks else EMPTY_ROOT
