"""The audit tree against the public vectors and against RFC 9162 written out naively.

Sizes count leaves. The random choices come from SEED, which stands in every failure's message.
"""

import json
import random
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from salesapi.audit.tree import (
    MAX_TREE_SIZE,
    Frontier,
    NodeReader,
    consistency_nodes,
    consistency_proof,
    empty_root,
    inclusion_nodes,
    inclusion_proof,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.audit.stories import root_of
from tests.laws import budget

SEED = 20260331
LARGEST_SIZE = 100  # leaves
LARGEST_TRIED = max(budget(LARGEST_SIZE), 17)
"""Proofs are altered in trees up to here: the work grows with more than the square."""
LARGEST_SIZE_EVERY_PLACE = 33
LARGEST_SIZE_EVERY_BIT = 9  # leaves: up to here every single bit is flipped, above one random bit of each hash

LEAVES = tuple(leaf_hash(f"event {position}".encode()) for position in range(1, LARGEST_SIZE + 1))


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def node_reader(leaves: Iterable[bytes]) -> NodeReader:
    """Serve the perfect subtrees over leaf hashes held in memory (all of them: two hashes a leaf)."""
    levels = [tuple(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        # Not strict on purpose: a last node without a sibling has no finished parent yet.
        levels.append(
            tuple(node_hash(left=left, right=right) for left, right in zip(below[::2], below[1::2], strict=False))
        )
    return lambda level, index: levels[level][index]


ROOTS = tuple(naive_root(LEAVES[:size]) for size in range(LARGEST_SIZE + 1))
READ = node_reader(LEAVES)


def vectors(shared_data: Path, name: str) -> Any:
    return json.loads((shared_data / "merkle-vectors" / name).read_bytes())


def decoded(proof: list[str] | None) -> tuple[bytes, ...]:
    return tuple(b64decode(each) for each in proof or ())


def test_hashes_and_roots_are_those_of_the_public_constants(shared_data: Path) -> None:
    published = vectors(shared_data, "tree.json")
    leaves = [leaf_hash(bytes.fromhex(each)) for each in published["leaf_inputs_hex"]]
    frontier, roots = Frontier(), [empty_root()]
    nodes: dict[str, list[str]] = {}
    for leaf in leaves:
        for node in frontier.append(leaf):
            nodes.setdefault(f"level{node.level}", []).append(node.hash.hex())
        roots.append(frontier.root())
    assert [root.hex() for root in roots] == published["root_by_tree_size_hex"]
    assert nodes == published["nodes_hex"]


def test_the_hasher_gives_the_public_constants(shared_data: Path) -> None:
    for case in vectors(shared_data, "tree.json")["hasher"]:
        if "leaf_hex" in case:
            actual = leaf_hash(bytes.fromhex(case["leaf_hex"]))
        elif "left_hex" in case:
            actual = node_hash(left=bytes.fromhex(case["left_hex"]), right=bytes.fromhex(case["right_hex"]))
        else:
            actual = empty_root()
        assert actual.hex() == case["want"], case["desc"]


def is_included(case: Any) -> bool:
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
    return verify_inclusion(decoded(case["proof"]), index=case["leafIdx"], size=case["treeSize"], leaf=leaf, root=root)


def is_consistent(case: Any) -> bool:
    sizes = {"first_size": case["size1"], "second_size": case["size2"]}
    first, second = b64decode(case["root1"]), b64decode(case["root2"])
    return verify_consistency(decoded(case["proof"]), **sizes, first_root=first, second_root=second)


@pytest.mark.parametrize(("name", "accepts"), [("inclusion.json", is_included), ("consistency.json", is_consistent)])
def test_vectors_are_accepted_and_refused_as_published(
    shared_data: Path, name: str, accepts: Callable[[Any], bool]
) -> None:
    cases = vectors(shared_data, name)
    for case in cases:
        assert accepts(case) is not case["wantErr"], case["file"]
    assert (len(cases), sum(case["wantErr"] for case in cases)) == (98, 92)


def test_a_frontier_has_the_same_root_as_the_whole_log_hashed_again_at_every_size() -> None:
    frontier = Frontier()
    assert frontier.root() == ROOTS[0]
    for size, leaf in enumerate(LEAVES, start=1):
        frontier.append(leaf)
        assert (frontier.size, frontier.root()) == (size, ROOTS[size])
        assert len(frontier.hashes) == size.bit_count()
        assert root_of(LEAVES[:size]) == ROOTS[size]


def test_a_frontier_restored_from_its_stored_state_goes_on_as_if_it_had_never_stopped() -> None:
    for stopped_at in range(LARGEST_SIZE + 1):
        first = Frontier()
        for leaf in LEAVES[:stopped_at]:
            first.append(leaf)
        second = Frontier(size=first.size, hashes=first.hashes)
        assert second.root() == ROOTS[stopped_at]
        for leaf in LEAVES[stopped_at:]:
            assert second.append(leaf) == first.append(leaf)
        assert (second.root(), second.hashes) == (ROOTS[LARGEST_SIZE], first.hashes)


def test_a_frontier_announces_each_finished_subtree_once_and_with_the_hash_of_its_leaves() -> None:
    frontier, announced = Frontier(), {}
    for size, leaf in enumerate(LEAVES, start=1):
        for node in frontier.append(leaf):
            assert (node.level, node.index) not in announced
            assert (node.index + 1) << node.level == size
            announced[node.level, node.index] = node.hash
    for (level, index), announced_hash in announced.items():
        assert announced_hash == naive_root(LEAVES[index << level : (index + 1) << level])
        assert announced_hash == READ(level, index)
    assert len(announced) == sum(LARGEST_SIZE >> level for level in range(LARGEST_SIZE.bit_length()))


@pytest.mark.parametrize(
    ("size", "hashes"),
    [
        (0, LEAVES[:1]),
        (1, ()),
        (2, LEAVES[:2]),
        (3, LEAVES[:1]),
        (1, (b"short",)),
        (-1, LEAVES[:1]),
        (2**63, LEAVES[:1]),
    ],
)
def test_a_frontier_refuses_a_stored_state_that_cannot_be_one(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match=r"frontier of size|a hash has 32 bytes"):
        Frontier(size=size, hashes=hashes)


def test_a_frontier_refuses_the_bytes_of_an_event_in_place_of_their_hash() -> None:
    frontier = Frontier()
    with pytest.raises(ValueError, match="a hash has 32 bytes, this one has 8"):
        frontier.append(b"event 1!")
    assert (frontier.size, frontier.root()) == (0, empty_root())


def test_proofs_read_only_finished_subtrees_and_exactly_those_they_announce() -> None:
    for size in range(1, LARGEST_SIZE + 1):
        read: list[tuple[int, int]] = []

        def node(level: int, index: int, *, read: list[tuple[int, int]] = read, size: int = size) -> bytes:
            assert (index + 1) << level <= size
            read.append((level, index))
            return READ(level, index)

        for index in range(size):
            inclusion_proof(node, index=index, size=size)
            assert tuple(read) == inclusion_nodes(index=index, size=size)
            read.clear()
            consistency_proof(node, first_size=index + 1, second_size=size)
            assert tuple(read) == consistency_nodes(first_size=index + 1, second_size=size)
            read.clear()


def test_the_largest_log_a_position_can_number_still_has_a_short_proof() -> None:
    proof = inclusion_proof(lambda level, index: LEAVES[level], index=0, size=MAX_TREE_SIZE)
    other = consistency_proof(lambda level, index: LEAVES[level], first_size=2**62 - 1, second_size=MAX_TREE_SIZE)
    assert max(len(proof), len(other)) <= 64


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (0, MAX_TREE_SIZE + 1)])
def test_no_inclusion_proof_is_made_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"leaf {index} is not in a tree of {size} leaves"):
        inclusion_proof(READ, index=index, size=size)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1), (2, 1), (-1, 1), (1, MAX_TREE_SIZE + 1)])
def test_no_consistency_proof_is_made_from_nothing_or_backwards(first: int, second: int) -> None:
    with pytest.raises(ValueError, match=f"size {first} proves nothing about size {second}"):
        consistency_proof(READ, first_size=first, second_size=second)


def flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value) ^ 1 << bit).to_bytes(len(value))


def bits_to_flip(size: int, choose: random.Random) -> Sequence[int]:
    return range(256) if size <= LARGEST_SIZE_EVERY_BIT else (choose.randrange(256),)


def altered(proof: tuple[bytes, ...], size: int, choose: random.Random) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """One-bit changes, truncations, extensions and swaps of a proof, each with its name."""
    for place, each in enumerate(proof):
        for bit in bits_to_flip(size, choose):
            yield f"bit {bit} of hash {place}", (*proof[:place], flipped(each, bit), *proof[place + 1 :])
        yield f"without hash {place}", (*proof[:place], *proof[place + 1 :])
        yield f"hash {place} cut short", (*proof[:place], each[:-1], *proof[place + 1 :])
        yield f"hash {place} made longer", (*proof[:place], each + b"\x00", *proof[place + 1 :])
        yield f"first {place} hashes", proof[:place]
    for extra in (choose.randbytes(32), b"", ROOTS[size], *proof[-1:]):
        for place in range(len(proof) + 1):
            yield f"{extra.hex()} put in at {place}", (*proof[:place], extra, *proof[place:])
    for left, right in combinations(range(len(proof)), 2):
        changed = list(proof)
        changed[left], changed[right] = changed[right], changed[left]
        yield f"hashes {left} and {right} swapped", tuple(changed)
    yield "far too long", (*proof, *[LEAVES[0]] * 64)


def other_places(index: int, size: int, choose: random.Random) -> Iterator[int]:
    """Where else the leaf could be claimed to stand: everywhere in a small tree, else near by, at the ends, at random."""
    yield from (-1, size, index + size, index - 2**63)
    if size <= LARGEST_SIZE_EVERY_PLACE:
        yield from range(size)
    else:
        yield from (0, index ^ 1, index ^ 2, index + 1, index - 1, size - 1, *choose.sample(range(size), 4))


def test_every_event_is_proven_in_every_tree_and_no_altered_proof_passes() -> None:
    choose = random.Random(SEED)
    for size in range(1, LARGEST_TRIED + 1):
        for index in range(size):
            where = f"index {index}, size {size}, seed {SEED}"
            proof, leaf, root = inclusion_proof(READ, index=index, size=size), LEAVES[index], ROOTS[size]
            assert verify_inclusion(proof, index=index, size=size, leaf=leaf, root=root), where
            for name, changed in altered(proof, size, choose):
                assert not verify_inclusion(changed, index=index, size=size, leaf=leaf, root=root), f"{name}, {where}"
            for bit in bits_to_flip(size, choose):
                assert not verify_inclusion(proof, index=index, size=size, leaf=flipped(leaf, bit), root=root), where
                assert not verify_inclusion(proof, index=index, size=size, leaf=leaf, root=flipped(root, bit)), where
            for other in other_places(index, size, choose):
                if other != index:
                    assert not verify_inclusion(proof, index=other, size=size, leaf=leaf, root=root), where


def test_every_older_tree_is_proven_a_prefix_and_no_altered_proof_passes() -> None:
    choose = random.Random(SEED)
    for second in range(1, LARGEST_TRIED + 1):
        for first in range(1, second + 1):
            where = f"sizes {first} and {second}, seed {SEED}"
            sizes = {"first_size": first, "second_size": second}
            proof, old, new = consistency_proof(READ, **sizes), ROOTS[first], ROOTS[second]
            assert verify_consistency(proof, **sizes, first_root=old, second_root=new), where
            for name, changed in altered(proof, second, choose):
                assert not verify_consistency(changed, **sizes, first_root=old, second_root=new), f"{name}, {where}"
            for bit in bits_to_flip(second, choose):
                assert not verify_consistency(proof, **sizes, first_root=flipped(old, bit), second_root=new), where
                assert not verify_consistency(proof, **sizes, first_root=old, second_root=flipped(new, bit)), where
            if first != second:
                assert not verify_consistency(proof, **sizes, first_root=new, second_root=old), where
                swapped = {"first_size": second, "second_size": first}
                assert not verify_consistency(proof, **swapped, first_root=new, second_root=old), where


def test_a_hash_boundary_cannot_be_moved_between_a_leaf_and_its_sibling() -> None:
    joined = LEAVES[0] + LEAVES[1]
    assert verify_inclusion((joined[32:],), index=0, size=2, leaf=joined[:32], root=ROOTS[2])
    assert not verify_inclusion((joined[31:],), index=0, size=2, leaf=joined[:31], root=ROOTS[2])


def test_a_proof_in_a_larger_tree_does_not_pass_for_one_in_a_smaller_tree() -> None:
    assert not verify_inclusion((LEAVES[0],), index=0, size=1, leaf=LEAVES[1], root=ROOTS[2])
    proof = consistency_proof(READ, first_size=7, second_size=8)
    assert not verify_consistency(proof, first_size=3, second_size=4, first_root=ROOTS[7], second_root=ROOTS[8])


def test_an_empty_tree_proves_nothing() -> None:
    empty = empty_root()
    assert not verify_consistency((), first_size=0, second_size=0, first_root=empty, second_root=empty)
    assert not verify_consistency((), first_size=0, second_size=1, first_root=empty, second_root=ROOTS[1])
    assert not verify_inclusion((), index=0, size=0, leaf=LEAVES[0], root=empty)
