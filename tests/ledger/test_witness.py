"""A witness signs only what begins with what it has seen, as C2SP tlog-witness asks."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from postal_service.ledger import checkpoint, notes, reading, witness
from postal_service.ledger.checkpoint import Checkpoint, Kept
from postal_service.ledger.notes import NoteInvalid, Signature
from postal_service.ledger.witness import Declined, Policy, Request, Seen
from tests.ledger.post import ORIGIN, Post, WitnessOffice


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.open()
    post.record()
    return post


def ask(post: Post, request: Request, office: WitnessOffice | None = None) -> Signature:
    office = office or post.witnesses[0]
    line, office.seen = witness.cosign(
        request,
        office.seen,
        log=post.policy.log,
        name=office.name,
        private_key=office.key,
        at_seconds=1,
    )
    return line


def grown(post: Post, number: int) -> Kept:
    post.tell(post.deliver_result(number, post.couriers[0]))
    post.record()
    return post.checkpoint(witnessed=False)


def signed(post: Post, head: Checkpoint) -> str:
    return str(notes.sign(str(head), head.origin, post.log_key))


def test_a_witness_follows_a_growing_log(post: Post) -> None:
    first = post.checkpoint(witnessed=False)
    ask(post, Request(0, (), first.note))
    second = grown(post, 1)
    proof = reading.consistency(post.session, first.size, second.size)

    line = ask(post, Request(first.size, tuple(proof), second.note))

    text = notes.read(second.note).text
    office = post.witnesses[0]
    assert office.seen == Seen(second.size, second.root)
    assert witness.read_answer(str(line).encode(), text, [office.public]) == {office.public: line}


def test_a_witness_signs_the_same_tree_again(post: Post) -> None:
    first = post.checkpoint(witnessed=False)
    ask(post, Request(0, (), first.note))
    ask(post, Request(first.size, (), first.note))
    assert post.witnesses[0].seen.size == first.size


def declined(post: Post, request: Request) -> tuple[int, str]:
    before = post.witnesses[0].seen
    with pytest.raises(Declined) as told:
        ask(post, request)
    assert post.witnesses[0].seen == before
    return told.value.status, told.value.body


def test_a_witness_declines_as_the_protocol_says(post: Post) -> None:
    first = post.checkpoint(witnessed=False)
    ask(post, Request(0, (), first.note))
    second = grown(post, 1)
    proof = tuple(reading.consistency(post.session, first.size, second.size))
    other = Checkpoint(ORIGIN, second.size, bytes(32))
    stranger = Checkpoint("elsewhere.example", second.size, second.root)

    assert declined(post, Request(0, (), second.note)) == (409, f"{first.size}\n")
    assert declined(post, Request(3, proof, second.note)) == (409, f"{first.size}\n")
    assert declined(post, Request(99, proof, second.note))[0] == 400
    assert declined(post, Request(first.size, proof[:-1], second.note))[0] == 422
    assert declined(post, Request(first.size, proof, signed(post, other)))[0] == 422
    assert declined(post, Request(first.size, proof, signed(post, stranger)))[0] == 404
    assert declined(post, Request(first.size, proof, "no note"))[0] == 400
    forged = second.note.replace(f"\n{second.size}\n", f"\n{second.size + 1}\n")
    assert declined(post, Request(first.size, proof, forged))[0] == 403
    same_size = Checkpoint(ORIGIN, first.size, bytes(32))
    assert declined(post, Request(first.size, (), signed(post, same_size)))[0] == 409


def test_a_first_checkpoint_needs_no_proof_and_takes_none(post: Post) -> None:
    first = post.checkpoint(witnessed=False)
    assert declined(post, Request(0, (bytes(32),), first.note))[0] == 422


def test_a_request_is_read_as_it_was_written(post: Post) -> None:
    request = Request(12, (bytes(32), b"\1" * 32), post.checkpoint(witnessed=False).note)
    assert witness.read_request(bytes(request)) == request


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"old 1",
        b"old 1\n",
        b"old\n\nnote\n",
        b"old -1\n\nnote\n",
        b"old 01\n\nnote\n",
        b"new 1\n\nnote\n",
        b"old 1\nAAA\n\nnote\n",
        b"old 1\n" + b"AAAA\n" * 64 + b"\nnote\n",
    ],
)
def test_a_request_in_another_form_is_declined(body: bytes) -> None:
    with pytest.raises(Declined) as told:
        witness.read_request(body)
    assert told.value.status == 400


def test_an_answer_that_is_false_or_no_answer_is_refused(post: Post) -> None:
    text = notes.read(post.checkpoint(witnessed=False).note).text
    office = post.witnesses[0]
    line = notes.cosign(text + "x\n", office.name, office.key, at_seconds=1)

    for body in (b"", b"\xff", b"no line\n", str(line).encode()):
        with pytest.raises(NoteInvalid):
            witness.read_answer(body, text, [office.public])
    stranger = WitnessOffice("stranger.example")
    other = notes.cosign(text, stranger.name, stranger.key, at_seconds=1)
    assert witness.read_answer(str(other).encode(), text, [office.public]) == {}


class TestAQuorum:
    def test_two_of_three_are_enough(self, post: Post) -> None:
        kept = post.checkpoint(witnessed=False)
        for office in post.witnesses[:2]:
            office.cosign(post.session, kept, post.policy.log)
        note = checkpoint.at_size(post.session, kept.size)
        assert note is not None

        assert witness.believe(note.note, post.policy).size == kept.size

    def test_one_is_not(self, post: Post) -> None:
        kept = post.checkpoint(witnessed=False)
        post.witnesses[0].cosign(post.session, kept, post.policy.log)
        note = checkpoint.at_size(post.session, kept.size)
        assert note is not None

        with pytest.raises(NoteInvalid, match="1 witnesses signed; 2 are needed"):
            witness.believe(note.note, post.policy)

    def test_one_office_under_two_names_counts_once(self, post: Post) -> None:
        one = post.witnesses[0]
        post.witnesses = [one, replace(one, name="witness.example/again"), post.witnesses[2]]
        kept = post.checkpoint(witnessed=False)
        for office in post.witnesses[:2]:
            office.cosign(post.session, kept, post.policy.log)
        note = checkpoint.at_size(post.session, kept.size)
        assert note is not None

        with pytest.raises(NoteInvalid, match="1 witnesses signed"):
            witness.believe(note.note, post.policy)

    def test_the_log_itself_must_have_signed(self, post: Post) -> None:
        text = notes.read(post.checkpoint(witnessed=False).note).text
        lines = [
            str(notes.cosign(text, office.name, office.key, at_seconds=1))
            for office in post.witnesses
        ]
        with pytest.raises(NoteInvalid, match="The log did not sign"):
            witness.believe(f"{text}\n{''.join(lines)}", post.policy)

    def test_more_than_there_are_can_never_be(self, post: Post) -> None:
        with pytest.raises(ValueError, match="can never be"):
            Policy(post.policy.log, post.policy.witnesses, 4)
