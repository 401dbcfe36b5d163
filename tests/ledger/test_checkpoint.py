"""When the log signs what it holds, and that it never signs two histories."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from postal_service.ledger import checkpoint, notes, reading
from postal_service.ledger.checkpoint import Checkpoint, HistoryChanged, is_due
from postal_service.ledger.notes import NoteInvalid, believe
from postal_service.storage.schema.ledger import CheckpointRow
from tests.clock import NOON
from tests.ledger.post import ORIGIN, Post

SECOND = timedelta(seconds=1)


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.open()
    post.record()
    return post


@pytest.mark.parametrize(
    ("size", "last_size", "since", "due"),
    [
        (0, 0, None, False),
        (1, 0, None, True),
        (5, 5, timedelta(days=1), False),
        (6, 5, 59 * SECOND, False),
        (6, 5, 60 * SECOND, True),
        (1_004, 5, SECOND, False),
        (1_005, 5, SECOND, True),
    ],
)
def test_a_checkpoint_is_due_after_a_minute_or_a_thousand_leaves(
    size: int, last_size: int, since: timedelta | None, due: bool
) -> None:
    made = None if since is None else NOON - since
    assert is_due(size=size, now=NOON, last_size=last_size, last_made_at=made) == due


def test_a_checkpoint_tells_size_and_root_under_the_log_s_name(post: Post) -> None:
    made = post.checkpoint(witnessed=False)

    note, signers = believe(made.note, [post.policy.log])
    assert signers == (post.policy.log,)
    head = checkpoint.read(note.text)
    assert head == Checkpoint(ORIGIN, 6, reading.root(post.session, 6))
    assert str(head) == note.text
    assert checkpoint.newest(post.session) == made


def test_an_empty_or_unchanged_ledger_gets_no_checkpoint(session: Session) -> None:
    post = Post(session)

    def make() -> object:
        return checkpoint.make(session, origin=ORIGIN, log_key=post.log_key, at=NOON)

    assert make() is None
    assert checkpoint.newest(session) is None
    post.open()
    post.record()
    assert make() is not None
    assert make() is None


def test_only_when_it_is_due_one_is_made(post: Post) -> None:
    def ask(after: timedelta) -> checkpoint.Kept | None:
        return checkpoint.make_if_due(
            post.session, origin=ORIGIN, log_key=post.log_key, at=NOON + after
        )

    first = ask(timedelta())
    assert first is not None
    post.tell(post.deliver_result(1, post.couriers[0]))
    post.record()
    assert ask(59 * SECOND) is None
    second = ask(60 * SECOND)
    assert second is not None
    assert (first.size, second.size) == (6, 11)


def test_the_log_does_not_sign_a_second_history(post: Post) -> None:
    # given a checkpoint whose root is no longer that of the ledger's first leaves
    post.checkpoint(witnessed=False)
    post.session.execute(update(CheckpointRow).values(root=bytes(32)))
    post.tell(post.deliver_result(1, post.couriers[0]))
    post.record()

    with pytest.raises(HistoryChanged):
        post.checkpoint(witnessed=False)


def test_witnesses_stand_below_in_the_order_of_their_names(post: Post) -> None:
    post.witnesses.reverse()
    post.checkpoint()
    trusted = post.policy.witnesses

    kept = checkpoint.newest_witnessed(post.session, 3, trusted)
    assert kept is not None
    names = [each.name for each in notes.read(kept.note).signatures]
    assert names == [ORIGIN, *sorted(each.name for each in post.witnesses)]
    assert checkpoint.newest_witnessed(post.session, 4, trusted) is None
    assert checkpoint.newest_witnessed(post.session, 0, []) == kept


def test_a_cosignature_is_kept_once_and_only_if_it_is_true(post: Post) -> None:
    kept = post.checkpoint()
    office = post.witnesses[0]
    text = notes.read(kept.note).text

    def add(told: str, size: int = kept.size) -> bool:
        line = notes.cosign(told, office.name, office.key, at_seconds=1)
        return checkpoint.add_cosignature(
            post.session, size=size, signature=line, witness=office.public, at=NOON
        )

    assert add(text) is False
    with pytest.raises(NoteInvalid, match="is false"):
        add(text.replace("6", "7"))
    with pytest.raises(NoteInvalid, match="no checkpoint"):
        add(text, size=99)
    stranger = post.witnesses[1]
    with pytest.raises(NoteInvalid, match="not the signature"):
        checkpoint.add_cosignature(
            post.session,
            size=kept.size,
            signature=notes.cosign(text, stranger.name, stranger.key, at_seconds=1),
            witness=office.public,
            at=NOON,
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n1\n",
        "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "origin\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "origin\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "origin\n１\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n",
        "origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid):
        checkpoint.read(text)
