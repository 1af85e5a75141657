"""Forged Merkle proofs: claims that are false, or true claims with a proof that is not theirs.

Everything the checker is told to trust - the size and the root - is true, as it is when a
checkpoint's signature has been checked; everything a forger could choose is forged. The roots come
from a recursion written here after RFC 6962, not from the code under trial.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from evidence.errors import ProofFailed
from evidence.merkle import check_consistency, check_inclusion, consistency_proof, inclusion_proof
from tests.fault.campaigns import Campaign, Tally

BIGGEST_TREE = 200
TRIALS_PER_TREE = 50

Claim = Callable[[], None]
"""Asks the checker; raises `ProofFailed` when it refuses."""


class Tree:
    """A tree of leaf hashes with every node at hand."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = tuple(leaves)
        self._known: dict[tuple[int, int], bytes] = {}

    def range_root(self, start: int, end: int) -> bytes:
        """Root of the leaves [start, end), by the definition in RFC 6962 section 2.1."""
        if end - start == 1:
            return self.leaves[start]
        if (start, end) not in self._known:
            split = 1
            while split * 2 < end - start:
                split *= 2
            left, right = self.range_root(start, start + split), self.range_root(start + split, end)
            self._known[start, end] = hashlib.sha256(b"\x01" + left + right).digest()
        return self._known[start, end]

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves, of all of them by default."""
        return self.range_root(0, len(self.leaves) if size is None else size)

    def node(self, level: int, index: int) -> bytes:
        """Hash of the complete node at (level, index)."""
        return self.range_root(index << level, (index + 1) << level)


@dataclass(frozen=True)
class Checkers:
    """The two functions under trial; a test of this campaign puts broken ones here."""

    inclusion: Callable[..., None] = check_inclusion
    consistency: Callable[..., None] = check_consistency


def campaign(checkers: Checkers | None = None) -> Campaign:
    """Trial after trial one forged proof, and the honest one beside it."""
    under_trial = checkers or Checkers()

    def trial(seed: int, number: int) -> Tally:
        return _trial(under_trial, seed, number)

    return Campaign(
        name="forged-proofs",
        claim="no forged inclusion or consistency proof is accepted, no honest one refused",
        trial=trial,
        forbidden=("accepted", "honest_refused"),
        needed=("forged_inclusion", "forged_consistency", "honest"),
        default_count=1_000_000,
        save_every=20_000,
    )


@lru_cache(maxsize=2)
def _tree(seed: int, block: int) -> Tree:
    chance = random.Random(f"{seed}/tree/{block}")
    size = chance.choice([1, 2, 3, chance.randint(4, 40), chance.randint(4, BIGGEST_TREE)])
    return Tree([chance.randbytes(32) for _ in range(size)])


def _trial(checkers: Checkers, seed: int, number: int) -> Tally:
    tree = _tree(seed, number // TRIALS_PER_TREE)
    chance = random.Random(f"{seed}/trial/{number}")
    attack = _inclusion if number % 2 == 0 else _consistency
    name, honest, forged = attack(checkers, tree, chance)
    tally: Tally = Counter({name: 1, "honest": 1})
    tally["accepted"] += _accepts(forged)
    tally["honest_refused"] += not _accepts(honest)
    return tally


def _accepts(claim: Claim) -> bool:
    try:
        claim()
    except ProofFailed:
        return False
    return True


# --- inclusion --------------------------------------------------------------------------------


def _inclusion(checkers: Checkers, tree: Tree, chance: random.Random) -> tuple[str, Claim, Claim]:
    size, root = len(tree.leaves), tree.root()
    index = chance.randrange(size)
    leaf, proof = tree.leaves[index], inclusion_proof(index, size, node=tree.node)

    def claim(leaf: bytes, index: int, proof: Sequence[bytes]) -> Claim:
        return lambda: checkers.inclusion(leaf, index, size=size, proof=proof, expected=root)

    kind = chance.choice(["proof", "proof", "leaf", "index", "inner", "foreign"])
    if kind == "leaf":
        forged = claim(chance.randbytes(32), index, proof)
    elif kind == "index":
        forged = claim(leaf, _other(chance, index, size + 2), proof)
    elif kind == "inner" and proof:
        forged = claim(*_inner_as_leaf(tree, chance, index))
    elif kind == "foreign" and size > 1:
        other = _other(chance, index, size)
        forged = claim(tree.leaves[other], index, inclusion_proof(other, size, node=tree.node))
    else:
        forged = claim(leaf, index, _spoil(proof, chance))
    return "forged_inclusion", claim(leaf, index, proof), forged


def _inner_as_leaf(tree: Tree, chance: random.Random, index: int) -> tuple[bytes, int, list[bytes]]:
    """An inner node on the path of `index`, presented as a leaf with the rest of the path."""
    proof = inclusion_proof(index, len(tree.leaves), node=tree.node)
    cut = chance.randint(1, len(proof))
    start, end = 0, len(tree.leaves)
    for _ in range(len(proof) - cut):
        split = 1 << (end - start - 1).bit_length() - 1
        start, end = (start, start + split) if index < start + split else (start + split, end)
    return tree.range_root(start, end), chance.choice([index, index >> cut]), proof[cut:]


def _other(chance: random.Random, number: int, below: int) -> int:
    """A number in [0, below) that is not `number`; `below` is at least 2."""
    found = chance.randrange(below - 1)
    return found + 1 if found >= number else found


# --- consistency ------------------------------------------------------------------------------


def _consistency(checkers: Checkers, tree: Tree, chance: random.Random) -> tuple[str, Claim, Claim]:
    new = len(tree.leaves)
    old = chance.randint(1, new)
    proof = consistency_proof(old, new, node=tree.node)

    def claim(old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> Claim:
        return lambda: checkers.consistency(
            old, new, old_root=old_root, new_root=new_root, proof=proof
        )

    honest = claim(tree.root(old), tree.root(), proof)
    kind = chance.choice(["proof", "rewritten", "rewritten", "root"])
    if kind == "proof" or (kind == "root" and old == new):
        forged = claim(tree.root(old), tree.root(), _spoil(proof, chance))
    elif kind == "root":
        forged = claim(tree.root(old), chance.randbytes(32), proof)
    else:
        forged = claim(*_rewritten(tree, chance, old))
    return "forged_consistency", honest, forged


def _rewritten(tree: Tree, chance: random.Random, old: int) -> tuple[bytes, bytes, list[bytes]]:
    """The log with one sealed leaf changed, and the best proof its forger can make."""
    leaves = list(tree.leaves)
    leaves[chance.randrange(old)] = chance.randbytes(32)
    fork = Tree(leaves)
    true_proof = consistency_proof(old, len(leaves), node=tree.node)
    fork_proof = consistency_proof(old, len(leaves), node=fork.node)
    mixed = [chance.choice(pair) for pair in zip(true_proof, fork_proof, strict=True)]
    proof = chance.choice([true_proof, fork_proof, mixed, [tree.root(old), *fork_proof]])
    return tree.root(old), fork.root(), proof


def _spoil(proof: Sequence[bytes], chance: random.Random) -> list[bytes]:
    """A proof that differs from `proof`: longer, shorter, reordered or with changed bytes."""
    path = list(proof)
    how = chance.choice(["flip", "drop", "repeat", "swap", "more", "other"])
    place = chance.randrange(len(path)) if path else 0
    if how == "flip" and path:
        value = int.from_bytes(path[place], "big") ^ (1 << chance.randrange(256))
        path[place] = value.to_bytes(32, "big")
    elif how == "drop" and path:
        del path[place]
    elif how == "repeat" and path:
        path.insert(place, path[place])
    elif how == "swap" and len(path) > 1:
        other = _other(chance, place, len(path))
        path[place], path[other] = path[other], path[place]
    elif how == "other" and path:
        path[place] = chance.randbytes(32)
    else:
        path.insert(chance.randint(0, len(path)), chance.randbytes(32))
    return path
