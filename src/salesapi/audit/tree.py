"""The RFC 9162 Merkle tree over the log: leaf `i` is the event at position `i + 1`, hashed by SHA-256.

Pure: standard library only, no clock, no database. Sizes and indexes count leaves; levels count from 0, the leaves.
`(level, index)` names the perfect subtree over the `2**level` leaves from `index * 2**level` on. Once finished it never
changes, so proofs are built from a table of them.

A proof binds a leaf or an older root to a root *of a stated size*: take root and size from the same checkpoint.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import TypeAlias

HASH_BYTES = 32
MAX_TREE_SIZE = 2**63 - 1  # leaves: the largest position that a bigint column can hold

NodeAddress: TypeAlias = tuple[int, int]  # level, index
NodeReader: TypeAlias = Callable[[int, int], bytes]  # (level, index) -> hash of that perfect subtree
Span: TypeAlias = tuple[int, int]  # first leaf, leaf after the last


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedNode:
    """A perfect subtree that is complete and will never change; at level 0 it is the leaf itself."""

    level: int
    index: int
    hash: bytes


class Frontier:
    """A growing tree that remembers only its finished perfect subtrees: at most 63 hashes, whatever its size.

    `size` and `hashes` are its whole state: store both, and give both back to go on from there.
    After a transaction that failed, restore it from the stored state; an append cannot be taken back.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self, *, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Start empty, or go on from a stored state.

        Raises: ValueError if the hashes cannot be the frontier of a tree of that size.
        """
        self._size = size
        self._hashes = list(hashes)
        if not 0 <= size <= MAX_TREE_SIZE or len(self._hashes) != size.bit_count():
            raise ValueError(
                f"a frontier of size {size} cannot have {len(self._hashes)} hashes: restore the stored size and hashes"
            )
        for each in self._hashes:
            _require_hash(each)

    @property
    def size(self) -> int:
        """The number of leaves that were appended."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The finished perfect subtrees that cover all leaves, the leftmost and largest first."""
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> tuple[FinishedNode, ...]:
        """Add one leaf hash; answer every perfect subtree that it finished, from the leaf (level 0) upwards.

        Raises: ValueError if it is not a hash of 32 bytes.
        """
        _require_hash(leaf)
        level, index, running = 0, self._size, leaf
        finished = [FinishedNode(level=0, index=index, hash=leaf)]
        while index & 1:  # a right child: its left sibling waits at the end of the frontier
            running = node_hash(left=self._hashes.pop(), right=running)
            level, index = level + 1, index >> 1
            finished.append(FinishedNode(level=level, index=index, hash=running))
        self._hashes.append(running)
        self._size += 1
        return tuple(finished)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return _join(self._hashes) if self._hashes else empty_root()


def leaf_hash(entry: bytes) -> bytes:
    """Hash the bytes of one entry. The prefix 0x00 keeps a leaf from ever passing for a node."""
    return sha256(b"\x00" + entry).digest()


def node_hash(*, left: bytes, right: bytes) -> bytes:
    """Hash two children; the prefix is 0x01."""
    return sha256(b"\x01" + left + right).digest()


def empty_root() -> bytes:
    """The root of a tree without leaves."""
    return sha256(b"").digest()


def perfect_subtrees(span: Span) -> tuple[NodeAddress, ...]:
    """The finished subtrees that cover a span of the RFC's recursion, or a whole tree: the leftmost and largest first."""
    begin, end = span
    addresses: list[NodeAddress] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        addresses.append((level, begin >> level))
        begin += 1 << level
    return tuple(addresses)


def inclusion_nodes(*, index: int, size: int) -> tuple[NodeAddress, ...]:
    """The nodes that `inclusion_proof` will read, so that a table can be asked for all of them at once."""
    return tuple(address for span in _inclusion_spans(index, size) for address in perfect_subtrees(span))


def consistency_nodes(*, first_size: int, second_size: int) -> tuple[NodeAddress, ...]:
    """The nodes that `consistency_proof` will read, so that a table can be asked for all of them at once."""
    spans = _consistency_spans(first_size, second_size)
    return tuple(address for span in spans for address in perfect_subtrees(span))


def inclusion_proof(node: NodeReader, *, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1).

    Raises: ValueError unless 0 <= index < size; whatever the reader raises for a node that it lacks.
    """
    return tuple(_span_hash(node, span) for span in _inclusion_spans(index, size))


def consistency_proof(node: NodeReader, *, first_size: int, second_size: int) -> tuple[bytes, ...]:
    """Prove that the tree of `first_size` leaves is a prefix of the one of `second_size` (RFC 9162, 2.1.4.1).

    Raises: ValueError unless 0 < first_size <= second_size; whatever the reader raises for a node that it lacks.
    """
    return tuple(_span_hash(node, span) for span in _consistency_spans(first_size, second_size))


def verify_inclusion(proof: Sequence[bytes], *, index: int, size: int, leaf: bytes, root: bytes) -> bool:
    """Tells whether the proof shows the leaf hash at `index` under the root of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size <= MAX_TREE_SIZE or not _are_hashes(proof, leaf, root):
        return False
    node, last, running = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False  # the proof is longer than the path
        if node & 1 or node == last:
            running = node_hash(left=sibling, right=running)
            node, last = _skip_levels_without_sibling(node, last)
        else:
            running = node_hash(left=running, right=sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and compare_digest(running, root)


def verify_consistency(
    proof: Sequence[bytes], *, first_size: int, second_size: int, first_root: bytes, second_root: bytes
) -> bool:
    """Tells whether the proof shows that the first tree is a prefix of the second (RFC 9162, 2.1.4.2).

    Size 0 is refused, since an empty tree proves nothing; equal sizes need equal roots and no proof at all.
    """
    if not 0 < first_size <= second_size <= MAX_TREE_SIZE:
        return False
    if first_size == second_size:  # nothing is hashed here, so the roots may be any bytes, as the public vectors ask
        return not proof and compare_digest(first_root, second_root)
    if not proof or not _are_hashes(proof, first_root, second_root):
        return False
    # The first tree is a subtree of the second when its size is a power of two: its root is then left out of the proof.
    path = (first_root, *proof) if first_size.bit_count() == 1 else tuple(proof)
    node, last = first_size - 1, second_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first_running = second_running = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False  # the proof is longer than the path
        if node & 1 or node == last:
            first_running = node_hash(left=sibling, right=first_running)
            second_running = node_hash(left=sibling, right=second_running)
            node, last = _skip_levels_without_sibling(node, last)
        else:
            second_running = node_hash(left=second_running, right=sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and compare_digest(first_running, first_root) and compare_digest(second_running, second_root)


def _skip_levels_without_sibling(node: int, last: int) -> tuple[int, int]:
    """Climb from a lone node at the right edge to where it is a right child, or the root."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    """The siblings on the way from leaf `index` to the root, the lowest first."""
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves: ask for a size that covers it")
    spans: list[Span] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = _split(begin, end)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    return tuple(reversed(spans))


def _consistency_spans(first_size: int, second_size: int) -> tuple[Span, ...]:
    """The subtrees from which both roots can be computed, the lowest first."""
    if not 0 < first_size <= second_size <= MAX_TREE_SIZE:
        raise ValueError(f"size {first_size} proves nothing about size {second_size}: ask for 0 < first <= second")
    spans: list[Span] = []
    begin, end = 0, second_size
    while first_size != end:
        middle = _split(begin, end)
        if first_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    if begin:  # else what is left is the first tree itself, and the verifier has its root already
        spans.append((begin, end))
    return tuple(reversed(spans))


def _split(begin: int, end: int) -> int:
    """Finds where RFC 9162 parts a span: after the largest power of two that is smaller than its length."""
    return begin + (1 << (end - begin - 1).bit_length() - 1)


def _span_hash(node: NodeReader, span: Span) -> bytes:
    return _join([node(level, index) for level, index in perfect_subtrees(span)])


def _join(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees of falling size: each joins with all that stands to its right."""
    running = hashes[-1]
    for left in reversed(hashes[:-1]):
        running = node_hash(left=left, right=running)
    return running


def _are_hashes(proof: Sequence[bytes], *others: bytes) -> bool:
    """Lengths are checked because 31 + 33 bytes hash like 32 + 32: a moved boundary would be a second reading."""
    return all(len(each) == HASH_BYTES for each in (*proof, *others))


def _require_hash(each: bytes) -> None:
    if len(each) != HASH_BYTES:
        raise ValueError(
            f"a hash has {HASH_BYTES} bytes, this one has {len(each)}: give the leaf's hash, not its bytes"
        )
