"""The tree against RFC 6962 written out as recursions, published roots, and forged proofs.

The large campaign of forged proofs is `script/prove forged-proofs`; here each kind of forgery is
tried on small trees, all of them.
"""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import merkle
from evidence.errors import ProofFailed
from tests.naive_tree import mth, path, subproof

SEED = 6962
LARGEST = 40

# The leaves and roots that the Certificate Transparency project published with its reference log.
PUBLISHED_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
PUBLISHED_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


# --- the code against it --------------------------------------------------------------------------


def data(count: int) -> list[bytes]:
    """Leaf data, all different."""
    return [f"leaf {number}".encode() for number in range(count)]


def reader(leaves: Sequence[bytes]) -> merkle.NodeReader:
    """Complete nodes as a store would keep them."""
    nodes: dict[tuple[int, int], bytes] = {}
    for size, leaf in enumerate(leaves):
        added = merkle.new_nodes(size, merkle.leaf_hash(leaf), node=lambda at, i: nodes[at, i])
        nodes.update({(level, index): value for level, index, value in added})
    return lambda level, index: nodes[level, index]


def included(leaf: bytes, index: int, size: int, *, proof: list[bytes], root: bytes) -> bool:
    """Whether the claim passes; it may be refused with one error only."""
    try:
        merkle.check_inclusion(leaf, index, size=size, proof=proof, expected=root)
    except ProofFailed:
        return False
    return True


def consistent(old: int, new: int, *, roots: tuple[bytes, bytes], proof: list[bytes]) -> bool:
    """Whether the claim about the (old, new) roots passes; refused with one error only."""
    try:
        merkle.check_consistency(old, new, old_root=roots[0], new_root=roots[1], proof=proof)
    except ProofFailed:
        return False
    return True


def test_published_roots() -> None:
    leaves = [bytes.fromhex(leaf) for leaf in PUBLISHED_LEAVES]
    node = reader(leaves)
    for size, expected in enumerate(PUBLISHED_ROOTS, start=1):
        assert merkle.root(size, node).hex() == expected == mth(leaves[:size]).hex()


def test_the_empty_tree() -> None:
    assert merkle.EMPTY_ROOT == mth([]) == merkle.Frontier().root()


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_roots_and_proofs_of_every_size(size: int) -> None:
    leaves = data(LARGEST)
    node, root = reader(leaves), mth(leaves[:size])
    assert merkle.root(size, node) == root
    assert merkle.Frontier(map(merkle.leaf_hash, leaves[:size])).root() == root
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, node=node)
        assert proof == path(index, leaves[:size])
        leaf = merkle.leaf_hash(leaves[index])
        merkle.check_inclusion(leaf, index, size=size, proof=proof, expected=root)
    for old in range(1, size):
        proof = merkle.consistency_proof(old, size, node=node)
        assert proof == subproof(old, leaves[:size], whole=True)
        merkle.check_consistency(old, size, old_root=mth(leaves[:old]), new_root=root, proof=proof)


def test_a_tree_is_consistent_with_itself_and_with_nothing() -> None:
    node, root = reader(data(5)), mth(data(5))
    for old, old_root in ((0, merkle.EMPTY_ROOT), (5, root)):
        assert merkle.consistency_proof(old, 5, node=node) == []
        merkle.check_consistency(old, 5, old_root=old_root, new_root=root, proof=[])
    for old in (0, 5):
        assert not consistent(old, 5, roots=(bytes(32), root), proof=[])


@given(st.integers(1, 300), st.data())
def test_proofs_of_larger_trees(size: int, draw: st.DataObject) -> None:
    leaves = data(size)
    node, root = reader(leaves), mth(leaves)
    index, old = draw.draw(st.integers(0, size - 1)), draw.draw(st.integers(1, size))
    proof = merkle.inclusion_proof(index, size, node=node)
    leaf = merkle.leaf_hash(leaves[index])
    merkle.check_inclusion(leaf, index, size=size, proof=proof, expected=root)
    proof = merkle.consistency_proof(old, size, node=node)
    merkle.check_consistency(old, size, old_root=mth(leaves[:old]), new_root=root, proof=proof)


@given(st.integers(0, 64), st.integers(0, 64))
def test_peaks_cover_a_range_once(start: int, length: int) -> None:
    covered: list[int] = []
    for level, index in merkle.peaks(start, start + length):
        covered.extend(range(index << level, (index + 1) << level))
    assert covered == list(range(start, start + length))


@pytest.mark.parametrize("size", range(1, 18))
def test_no_forged_inclusion_is_accepted(size: int) -> None:
    random, leaves = Random(f"{SEED}/{size}"), data(size)
    node, root = reader(leaves), mth(leaves)
    for index in range(size):
        leaf = merkle.leaf_hash(leaves[index])
        honest = merkle.inclusion_proof(index, size, node=node)
        for proof in _spoilt(honest, random):
            assert not included(leaf, index, size, proof=proof, root=root)
        for other in (-1, size, *(i for i in range(size) if i != index)):
            assert not included(leaf, other, size, proof=honest, root=root)


@pytest.mark.parametrize("new", range(2, 18))
def test_no_forged_consistency_is_accepted(new: int) -> None:
    random, leaves = Random(f"{SEED}/{new}"), data(new)
    node, root = reader(leaves), mth(leaves)
    for old in range(1, new):
        honest, old_root = merkle.consistency_proof(old, new, node=node), mth(leaves[:old])
        rewritten = mth([b"rewritten", *leaves[1:old]])
        assert not consistent(old, new, roots=(rewritten, root), proof=honest)
        assert not consistent(old, new, roots=(old_root, rewritten), proof=honest)
        for proof in _spoilt(honest, random):
            assert not consistent(old, new, roots=(old_root, root), proof=proof)


def test_a_leaf_cannot_pose_as_a_node() -> None:
    """The two halves of a node as leaf data: without prefixes this would have the node's hash."""
    leaves = data(2)
    pair = merkle.leaf_hash(leaves[0]) + merkle.leaf_hash(leaves[1])
    assert merkle.leaf_hash(pair) != mth(leaves)


def test_hashes_of_other_lengths_are_refused() -> None:
    """One byte moved across the middle of a node gives the same hash; its halves do not pass."""
    first, second = (merkle.leaf_hash(leaf) for leaf in data(2))
    moved, rest = first + second[:1], second[1:]
    assert merkle.node_hash(moved, rest) == mth(data(2))
    for leaf, sibling in ((moved, rest), (first, second + b"\x00"), (first, b"")):
        assert not included(leaf, 0, 2, proof=[sibling], root=mth(data(2)))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_leaves_outside_the_tree_have_no_proof(index: int, size: int) -> None:
    with pytest.raises(ProofFailed):
        merkle.inclusion_proof(index, size, node=reader(data(3)))


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_trees_that_shrink_have_no_proof(old: int, new: int) -> None:
    with pytest.raises(ProofFailed):
        merkle.consistency_proof(old, new, node=reader(data(4)))


def _spoilt(honest: Sequence[bytes], random: Random) -> list[list[bytes]]:
    """Every proof that is nearly this one: longer, shorter, out of order, a bit off."""
    found = [[*honest, random.randbytes(32)], [random.randbytes(32), *honest]]
    for place, value in enumerate(honest):
        found.append([*honest[:place], *honest[place + 1 :]])
        found.append([*honest[:place], value, *honest[place:]])
        flipped = bytearray(value)
        flipped[random.randrange(32)] ^= 1 << random.randrange(8)
        found.append([*honest[:place], bytes(flipped), *honest[place + 1 :]])
        found.append([*honest[:place], value[:31], *honest[place + 1 :]])
    if len(set(honest)) > 1:
        found.append(list(reversed(honest)))
    return found
