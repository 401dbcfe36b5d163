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
from postal_service.ledger.verify.tree import Tree as VerifiersTree
from postal_service.ledger.verify.tree import folded
from postal_service.ledger.verify.tree import leaf_hash as verifiers_leaf_hash
from tests.shared_data import shared

VECTORS = 196

# The known answers of Certificate Transparency's own tests (github.com/google/certificate-transparency,
# cpp/merkletree/merkle_tree_test.cc; github.com/transparency-dev/merkle, testonly), for RFC 6962 and RFC 9162.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUDED = {  # by leaf and size
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENT = {  # by the sizes before and after
    (1, 1): [],
    (1, 8): INCLUDED[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


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
    edge, hashes = grown(leaves)
    assert edge.root == root_by_definition(leaves)
    return leaves, hashes


def grown(leaves: list[bytes]) -> tuple[Edge, dict[Place, bytes]]:
    edge, closed = tree.grow(Edge(), leaves)
    return edge, {Place(0, n): leaf for n, leaf in enumerate(leaves)} | dict(closed)


@given(st.integers(0, 300), st.integers(0, 300))
def test_full_subtrees_are_numbered_in_the_order_in_which_they_become_full(
    before: int, then: int
) -> None:
    edge, first = tree.grow(Edge(), [b""] * before)
    _, later = tree.grow(edge, [b""] * then)

    numbers = [place.number for place, _ in (*first, *later)]

    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_certificate_transparency(size: int) -> None:
    edge, _ = grown([tree.leaf_hash(each) for each in LEAVES[:size]])
    verifier = VerifiersTree()
    for each in LEAVES[:size]:
        verifier.add(verifiers_leaf_hash(each))

    assert edge.root.hex() == verifier.root.hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUDED)
def test_the_inclusion_proofs_of_certificate_transparency(index: int, size: int) -> None:
    _, hashes = grown([tree.leaf_hash(each) for each in LEAVES])
    proof = tree.inclusion(index, size, hashes.__getitem__)
    leaf, root = tree.leaf_hash(LEAVES[index]), bytes.fromhex(ROOTS[size])

    assert [each.hex() for each in proof] == INCLUDED[index, size]
    assert tree.is_included(leaf, index=index, size=size, proof=proof, root=root)
    assert folded(leaf, index, size, proof) == root


@pytest.mark.parametrize(("old", "new"), CONSISTENT)
def test_the_consistency_proofs_of_certificate_transparency(old: int, new: int) -> None:
    _, hashes = grown([tree.leaf_hash(each) for each in LEAVES])
    proof = tree.consistency(old, new, hashes.__getitem__)
    old_root, new_root = (bytes.fromhex(ROOTS[size]) for size in (old, new))

    assert [each.hex() for each in proof] == CONSISTENT[old, new]
    assert tree.is_consistent(old=old, new=new, old_root=old_root, new_root=new_root, proof=proof)


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
