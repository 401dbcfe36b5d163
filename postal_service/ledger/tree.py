"""The tree of hashes of RFC 6962: adding a leaf or proving one never reads more than log n hashes.

Pure: where the hashes of full subtrees are kept is the caller's business, who gives `hash_at`.
A subtree is full when it has exactly 2^level leaves; its place is its level and its position from
the left. Any other subtree is a fold of full ones.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()  # RFC 6962, 2.1: MTH({}) = SHA-256()


class Place(NamedTuple):
    """Where a full subtree stands; level 0 is the leaves."""

    level: int
    position: int

    @property
    def number(self) -> int:
        """How many subtrees of two leaves or more are full before this one is.

        Kept in this order, as Go's checksum database keeps its hashes, those of a path lie near one
        another where it is long, and none is ever put before another.
        """
        last = (self.position + 1 << self.level) - 1
        return last - last.bit_count() + self.level - 1


HashAt = Callable[[Place], bytes]
Path = list[tuple[Place, ...]]


@dataclass(frozen=True)
class Edge:
    """The right edge of a tree: roots of its full subtrees, the largest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.roots) != self.size.bit_count():
            raise ValueError(f"{len(self.roots)} hashes are no edge of a tree of {self.size}.")

    @property
    def root(self) -> bytes:
        return fold(self.roots)


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def fold(roots: Sequence[bytes]) -> bytes:
    """The hash of the subtree whose full parts are these, the largest first."""
    if not roots:
        return EMPTY_ROOT
    folded = roots[-1]
    for left in reversed(roots[:-1]):
        folded = node_hash(left, folded)
    return folded


def grow(edge: Edge, leaves: Iterable[bytes]) -> tuple[Edge, list[tuple[Place, bytes]]]:
    """The edge after these leaf hashes, and every full subtree of level 1 or more that they close."""
    roots = list(edge.roots)
    size = edge.size
    closed: list[tuple[Place, bytes]] = []
    for leaf in leaves:
        folded = leaf
        level = 0
        while size >> level & 1:
            folded = node_hash(roots.pop(), folded)
            level += 1
            closed.append((Place(level, size >> level), folded))
        roots.append(folded)
        size += 1
    return Edge(size, tuple(roots)), closed


def root_path(size: int) -> tuple[Place, ...]:
    """The full subtrees that make up the tree of this size."""
    return _parts(0, size)


def inclusion_path(index: int, size: int) -> Path:
    """RFC 6962, 2.1.1: the siblings from the leaf to the root, each as its full parts."""
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} has no leaf {index}.")
    path: Path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_parts(middle, stop))
            stop = middle
        else:
            path.append(_parts(start, middle))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> Path:
    """RFC 6962, 2.1.2: the hashes that make both roots, each as its full parts."""
    if not 0 < old <= new:
        raise ValueError(f"No proof leads from a tree of {old} to one of {new}.")
    path: Path = []
    start, stop = 0, new
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_parts(middle, stop))
            stop = middle
        else:
            path.append(_parts(start, middle))
            start = middle
    if start:  # else the old root itself, which the verifier knows
        path.append(_parts(start, stop))
    return path[::-1]


def inclusion(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """The proof that the leaf stands at this index of the tree of this size."""
    return hashes(inclusion_path(index, size), hash_at)


def consistency(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """The proof that the older tree is the beginning of the newer. An empty one begins nothing."""
    return hashes(consistency_path(old, new), hash_at)


def hashes(path: Path, hash_at: HashAt) -> list[bytes]:
    return [fold([hash_at(place) for place in places]) for places in path]


def is_included(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2, step by step."""
    if not 0 <= index < size or not _are_hashes([leaf, *proof]):
        return False
    position, last = index, size - 1
    folded = leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            folded = node_hash(sibling, folded)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            folded = node_hash(folded, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and folded == root


def is_consistent(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162, 2.1.4.2, step by step. From an empty tree nothing can be proved."""
    if not 0 < old <= new or not _are_hashes(proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    rest = list(proof)
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    if not rest:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    older = newer = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


def _split(width: int) -> int:
    """The largest power of two smaller than the width (RFC 6962, 2.1)."""
    return 1 << (width - 1).bit_length() - 1


def _parts(start: int, stop: int) -> tuple[Place, ...]:
    parts: list[Place] = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        parts.append(Place(level, start >> level))
        start += 1 << level
    return tuple(parts)


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
