"""A sheet on which anyone can check that an event is in the ledger."""

from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from postal_service.ledger import checkpoint, proof, reading
from postal_service.ledger.notes import NoteInvalid
from postal_service.ledger.proof import Proof
from tests.ledger.post import Post, item


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.run(9)
    return post


def a_proof(post: Post) -> Proof:
    delivered = reading.entries_of(post.session, item(4))[-1]
    kept = checkpoint.newest_witnessed(post.session, 2, post.policy.witnesses)
    assert kept is not None
    return proof.of(post.session, delivered, kept)


def test_every_event_can_be_proved_to_whoever_has_the_keys(post: Post) -> None:
    kept = checkpoint.newest_witnessed(post.session, 2, post.policy.witnesses)
    assert kept is not None
    for recorded in reading.everything(post.session):
        written = str(proof.of(post.session, recorded, kept))

        read = proof.read(written)

        assert str(read) == written
        assert read.leaf == recorded.leaf
        assert proof.believe(read, post.policy).size == kept.size


def test_another_leaf_or_place_is_not_proved(post: Post) -> None:
    true = a_proof(post)
    for false in (
        replace(true, leaf=true.leaf + b" "),
        replace(true, index=true.index - 1),
        replace(true, index=10**6),
        replace(true, hashes=true.hashes[1:]),
        replace(true, hashes=(*true.hashes, bytes(32))),
        replace(true, hashes=(b"short", *true.hashes[1:])),
    ):
        with pytest.raises(NoteInvalid, match="not in the tree"):
            proof.believe(false, post.policy)


def test_a_checkpoint_without_its_witnesses_proves_nothing(post: Post) -> None:
    true = a_proof(post)
    log_alone = "".join(true.note.splitlines(keepends=True)[:5])
    with pytest.raises(NoteInvalid, match="0 witnesses"):
        proof.believe(replace(true, note=log_alone), post.policy)


def test_an_event_after_the_checkpoint_cannot_be_proved_yet(post: Post) -> None:
    kept = checkpoint.newest_witnessed(post.session, 2, post.policy.witnesses)
    assert kept is not None
    post.tell(post.deliver_result(50, post.couriers[0]))
    post.record()
    with pytest.raises(ValueError, match="has no leaf"):
        proof.of(post.session, reading.entries_of(post.session, item(50))[0], kept)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("extra ", "Extra "),
        ("index ", "index 0"),
        ("index ", "index -"),
        ("index ", "index  "),
        ("\nindex", "\n\nindex"),
        ("=\n", "\n"),
    ],
)
def test_a_sheet_in_another_form_is_refused(post: Post, old: str, new: str) -> None:
    written = str(a_proof(post))
    assert old in written
    with pytest.raises(NoteInvalid):
        proof.believe(proof.read(written.replace(old, new, 1)), post.policy)


def test_the_leaf_on_the_sheet_is_the_one_that_is_proved(post: Post) -> None:
    written = str(a_proof(post))
    extra = written.splitlines()[1].removeprefix("extra ")
    other = b64encode(b64decode(extra).replace(b'"iseq":', b'"iseq":1')).decode()
    with pytest.raises(NoteInvalid, match="not in the tree"):
        proof.believe(proof.read(written.replace(extra, other)), post.policy)


@pytest.mark.parametrize("written", ["", "\n\n", "c2sp.org/tlog-proof@v1\n\n", "x\ny\nz\n\nnote"])
def test_what_is_no_sheet_is_refused(written: str) -> None:
    with pytest.raises(NoteInvalid):
        proof.read(written)
