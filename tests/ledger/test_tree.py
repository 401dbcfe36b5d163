"""The tree against the published vectors, and against the definition in RFC 6962."""

import json
from base64 import b64decode
from hashlib import sha256
from math import ceil, log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.ledger import tree
from postal_service.ledger.tree import Edge, Place
from tests.shared_data import shared

VECTORS = 196


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word; over leaf hashes."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return tree.node_hash(root_by_definition(leaves[:half]), root_by_definition(leaves[half:]))


def a_tree(size: int) -> tuple[list[bytes], dict[Place, bytes]]:
    leaves = [tree.leaf_hash(b"%d" % n) for n in range(size)]
    edge, closed = tree.grow(Edge(), leaves)
    assert edge.root == root_by_definition(leaves)
    return leaves, {Place(0, n): leaf for n, leaf in enumerate(leaves)} | dict(closed)


@given(st.integers(0, 300), st.integers(0, 300))
def test_full_subtrees_are_numbered_in_the_order_in_which_they_become_full(
    before: int, then: int
) -> None:
    edge, first = tree.grow(Edge(), [b""] * before)
    _, later = tree.grow(edge, [b""] * then)

    numbers = [place.number for place, _ in (*first, *later)]

    assert numbers == list(range(len(numbers)))


def test_every_published_vector() -> None:
    paths = sorted(shared("vectors/merkle/testdata").rglob("*.json"))
    assert len(paths) == VECTORS
    for path in paths:
        told: dict[str, Any] = json.loads(path.read_bytes())
        proof = [b64decode(each) for each in told["proof"] or []]
        if "leafIdx" in told:
            holds = tree.is_included(
                b64decode(told["leafHash"]),
                index=told["leafIdx"],
                size=told["treeSize"],
                proof=proof,
                root=b64decode(told["root"]),
            )
        else:
            holds = tree.is_consistent(
                old=told["size1"],
                new=told["size2"],
                old_root=b64decode(told["root1"]),
                new_root=b64decode(told["root2"]),
                proof=proof,
            )
        assert holds != told["wantErr"], path


def test_the_empty_tree() -> None:
    assert Edge().root == tree.EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (2, 1), (-1, 1)])
def test_from_an_empty_tree_nothing_can_be_proved(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="No proof leads"):
        tree.consistency_path(old, new)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1)])
def test_a_leaf_that_is_not_there_cannot_be_proved(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        tree.inclusion_path(index, size)


@given(st.integers(1, 70), st.data())
def test_every_leaf_of_every_tree_can_be_proved(size: int, data: st.DataObject) -> None:
    leaves, hashes = a_tree(size)
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(index, size, hashes.__getitem__)
    root = root_by_definition(leaves)

    assert tree.is_included(leaves[index], index=index, size=size, proof=proof, root=root)
    for other in {index + 1, index - 1, size - 1 - index} - {index}:
        assert not tree.is_included(leaves[index], index=other, size=size, proof=proof, root=root)
    for wrong in (proof[:-1], [*proof, root], [*proof[1:], root] if proof else [root]):
        if wrong != proof:
            assert not tree.is_included(
                leaves[index], index=index, size=size, proof=wrong, root=root
            )


@given(st.integers(1, 70), st.data())
def test_every_tree_is_the_beginning_of_a_larger_one(new: int, data: st.DataObject) -> None:
    leaves, hashes = a_tree(new)
    old = data.draw(st.integers(1, new))
    proof = tree.consistency(old, new, hashes.__getitem__)
    roots = {
        "old_root": root_by_definition(leaves[:old]),
        "new_root": root_by_definition(leaves),
    }

    assert tree.is_consistent(old=old, new=new, proof=proof, **roots)
    other = {**roots, "old_root": tree.leaf_hash(b"another history")}
    assert not tree.is_consistent(old=old, new=new, proof=proof, **other)
    assert not tree.is_consistent(old=old, new=new, proof=[*proof, bytes(32)], **roots)


@given(st.lists(st.integers(0, 20), max_size=8))
def test_growing_in_parts_is_growing_at_once(parts: list[int]) -> None:
    leaves, _ = a_tree(sum(parts))
    at_once, closed_at_once = tree.grow(Edge(), leaves)
    edge, closed = Edge(), []
    for part in parts:
        edge, more = tree.grow(edge, leaves[edge.size : edge.size + part])
        closed += more

    assert (edge, closed) == (at_once, closed_at_once)
    assert len(set(closed)) == len(closed)


@given(st.integers(1, 2**40), st.data())
def test_a_proof_reads_a_logarithm_of_the_tree(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    most = 2 * (ceil(log2(size)) + 1)

    for path in (tree.inclusion_path(index, size), tree.consistency_path(old, size)):
        places = [place for parts in path for place in parts]
        assert len(places) <= most
        assert all((place.position + 1) << place.level <= size for place in places)


def test_an_edge_has_as_many_roots_as_its_size_asks() -> None:
    with pytest.raises(ValueError, match="no edge"):
        Edge(3, (bytes(32),))
