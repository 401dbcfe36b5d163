"""Adding to the ledger, on both databases."""

import json
import threading
from collections import defaultdict
from hashlib import sha256
from itertools import pairwise

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from postal_service.ledger import reading, tree
from postal_service.ledger.append import append, receipt
from postal_service.ledger.encoding import canonical
from postal_service.ledger.leaf import leaf
from postal_service.ledger.signing import ED25519, public_bytes, verify_message
from postal_service.storage.transaction import Sessions, transaction
from tests.ledger.post import Post, device, enrolment


def test_a_batch_of_nothing_changes_nothing(session: Session) -> None:
    assert append(session, [], received_ms=1).entries == ()
    assert reading.size(session) == 0
    assert reading.root(session, 0) == tree.EMPTY_ROOT


def test_every_event_gets_the_next_index_and_its_leaf_hash(session: Session) -> None:
    post = Post(session)
    post.open()
    told = list(post.waiting)

    entries = post.record()

    assert [entry.index for entry in entries] == list(range(6))
    assert [entry.event_id for entry in entries] == [each.event.id for each in told]
    assert {entry.received_ms for entry in entries} == {post.received_ms}
    kept = list(reading.everything(session))
    assert [entry.leaf_hash for entry in entries] == [tree.leaf_hash(each.leaf) for each in kept]
    assert reading.size(session) == 6


def test_each_item_has_its_own_chain_through_many_batches(session: Session) -> None:
    post = Post(session)
    post.open()
    for start in range(1, 40, 3):  # three items interleaved in each batch
        parts = [post.deliver_result(start + n, post.couriers[n]) for n in range(3)]
        # Each device's own order stays; items take turns.
        post.tell(each for part in parts for each in part)
        post.record(7)
    post.record()

    last: dict[str, tuple[int, bytes]] = defaultdict(lambda: (0, bytes(32)))
    for each in reading.everything(session):
        sequence, previous = last[each.event.item]
        assert (each.item_sequence, each.item_previous) == (sequence + 1, previous)
        last[each.event.item] = (each.item_sequence, each.leaf_hash)
    assert last[""][0] == 6
    assert len(last) == 40


def test_the_tree_is_the_one_that_its_leaves_make(session: Session) -> None:
    post = Post(session)
    post.run(15)
    hashes = [each.leaf_hash for each in reading.everything(session)]

    for size in (1, 2, 3, 7, 8, 30, len(hashes)):
        edge, _ = tree.grow(tree.Edge(), hashes[:size])
        assert reading.root(session, size) == edge.root


def test_an_event_enters_once(session: Session) -> None:
    post = Post(session)
    post.open()
    twice = post.waiting[0]
    post.record()

    with pytest.raises(IntegrityError), session.begin_nested():
        append(session, [twice], received_ms=1)

    assert reading.size(session) == 6


def test_a_leaf_is_written_as_jcs_writes_it() -> None:
    written = leaf(
        b'{"v":1}', bytes(range(64)), item_sequence=7, item_previous=bytes(32), received_ms=12
    )
    assert written == canonical(json.loads(written))
    assert json.loads(written).keys() == {"event", "iprev", "iseq", "rx", "sig"}


def test_a_receipt_names_the_entry_under_the_log_s_signature(session: Session) -> None:
    post = Post(session)
    post.open()
    entry = post.record()[2]

    body, signature = receipt(entry, post.log_key)

    assert json.loads(body) == {
        "id": entry.event_id,
        "idx": 2,
        "lh": entry.leaf_hash.hex(),
        "rx": entry.received_ms,
        "v": 1,
    }
    assert body == canonical(json.loads(body))
    public = public_bytes(post.log_key)
    assert verify_message(ED25519, public, body, signature)
    assert not verify_message(ED25519, public, body.replace(b'"idx":2', b'"idx":3'), signature)


def test_writers_at_the_same_moment_make_one_chain(committed_sessions: Sessions) -> None:
    # given a ledger that is still empty, so that even its edge is made in the race
    writers = [device(number) for number in range(20, 26)]
    start = threading.Barrier(len(writers))

    def write(number: int) -> None:
        start.wait()
        for _ in range(5):
            with transaction(committed_sessions) as session:
                signed = [enrolment(writers[number], writers[number]) for _ in range(3)]
                append(session, signed, received_ms=1)

    # when six of them append at once
    threads = [threading.Thread(target=write, args=(n,)) for n in range(len(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then there is one tree without a gap, and one chain
    with transaction(committed_sessions) as session:
        kept = list(reading.everything(session))
        edge, _ = tree.grow(tree.Edge(), [each.leaf_hash for each in kept])
        assert [each.index for each in kept] == list(range(90))
        assert [each.item_sequence for each in kept] == list(range(1, 91))
        assert reading.root(session, 90) == edge.root
        for before, after in pairwise(kept):
            assert after.item_previous == sha256(b"\0" + before.leaf).digest()
