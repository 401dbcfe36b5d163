"""Reading what happened, on both databases."""

from functools import partial

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import Handover
from postal_service.domain.ids import DeviceId, EventId, ItemId
from postal_service.ledger import reading, signing, tree
from tests.ledger.post import Post, event_id, item
from tests.questions import questions

PAGED = 5


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.run(12)
    return post


def test_the_stories_of_many_items_are_one_question(post: Post) -> None:
    items = [item(n) for n in range(1, 13)]
    assert questions(post.session, lambda: reading.stories_of(post.session, items)) == 1


def test_a_story_is_told_in_order_with_the_digest_of_each_event(post: Post) -> None:
    stories = reading.stories_of(post.session, [item(1), item(3), item(777)])

    assert stories[item(777)] == []
    for number in (1, 3):
        kept = reading.entries_of(post.session, item(number))
        assert stories[item(number)] == [each.told for each in kept]
        assert [told.digest for told in stories[item(number)]] == [
            signing.digest(each.body) for each in kept
        ]
        assert [each.item_sequence for each in kept] == list(range(1, len(kept) + 1))


def test_only_an_offer_code_proves_an_offer_by_itself(post: Post) -> None:
    stories = reading.stories_of(post.session, [item(1), item(3)])

    def proved(number: int) -> list[bool]:
        told = stories[item(number)]
        return [each.offer_proved for each in told if isinstance(each.event.act, Handover)]

    assert proved(1) == [False]  # an offer event
    assert proved(3) == [True]  # an offer QR


def test_an_entry_is_found_by_its_event(post: Post) -> None:
    kept = list(reading.everything(post.session))
    one = kept[9]

    assert reading.entry(post.session, one.event.id) == one
    assert reading.entry(post.session, event_id(10**9)) is None
    asked: list[EventId] = [one.event.id, event_id(10**9)]
    assert reading.entries(post.session, asked) == {one.event.id: one}
    assert reading.entries(post.session, []) == {}


def test_everything_is_read_page_by_page(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(reading.everything(post.session))
    size = reading.size(post.session)
    monkeypatch.setattr(reading, "PAGE", PAGED)

    assert [each.index for each in whole] == list(range(size))
    assert list(reading.everything(post.session)) == whole
    assert list(reading.everything(post.session, after=size - 7)) == whole[-7:]
    assert list(reading.everything(post.session, after=size)) == []
    asked = questions(post.session, lambda: list(reading.everything(post.session)))
    assert asked == size // PAGED + 1


def test_the_events_of_a_type_between_two_leaves_are_read_page_by_page(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(reading.everything(post.session))
    size = len(whole)
    monkeypatch.setattr(reading, "PAGE", PAGED)

    for first, last in ((0, size), (3, size - 4), (size, size)):
        pages = list(reading.pages_between(post.session, ["handover"], first, last))
        assert all(1 <= len(page) <= PAGED for page in pages)
        assert [event.id for page in pages for event in page] == [
            each.event.id for each in whole[first:last] if isinstance(each.event.act, Handover)
        ]


def test_the_leaves_are_the_bytes_that_were_hashed(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", PAGED)
    whole = list(reading.everything(post.session))

    assert list(reading.leaves(post.session, 11)) == [each.leaf for each in whole[:11]]
    assert list(reading.leaves(post.session, 0)) == []
    with pytest.raises(ValueError, match="smaller"):
        list(reading.leaves(post.session, len(whole) + 1))


def test_items_come_in_chunks_without_the_registry(post: Post) -> None:
    chunks = list(reading.items_in_chunks(post.session, 5))

    assert [len(chunk) for chunk in chunks] == [5, 5, 2]
    assert [each for chunk in chunks for each in chunk] == [item(n) for n in range(1, 13)]
    assert ItemId("") not in chunks[0]


def test_a_device_s_last_event_is_what_its_next_one_follows(post: Post) -> None:
    for each in (post.root, post.desk, *post.couriers):
        assert reading.last_of_device(post.session, each.id) == (
            (each.sequence, each.last) if each.sequence else None
        )
    assert reading.last_of_device(post.session, DeviceId("ZZZZZZZZ")) is None


def test_every_leaf_is_proved_in_two_questions_at_most(post: Post) -> None:
    size = reading.size(post.session)
    root = reading.root(post.session, size)
    for each in reading.everything(post.session):
        proof = reading.inclusion(post.session, each.index, size)
        assert tree.is_included(each.leaf_hash, index=each.index, size=size, proof=proof, root=root)
        assert (
            questions(post.session, partial(reading.inclusion, post.session, each.index, size)) <= 2
        )


def test_every_earlier_tree_is_proved_to_be_the_beginning(post: Post) -> None:
    new = reading.size(post.session)
    for old in range(1, new + 1):
        assert tree.is_consistent(
            old=old,
            new=new,
            old_root=reading.root(post.session, old),
            new_root=reading.root(post.session, new),
            proof=reading.consistency(post.session, old, new),
        )


def test_a_tree_larger_than_the_ledger_is_refused(post: Post) -> None:
    size = reading.size(post.session)
    for ask in (
        lambda: reading.root(post.session, size + 1),
        lambda: reading.inclusion(post.session, 0, size + 1),
        lambda: reading.consistency(post.session, 1, 2 * size),
    ):
        with pytest.raises(ValueError, match="smaller than the tree"):
            ask()
