"""Witnesses come and go: the ledger stays valid, and only those who are trusted today are counted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from postal_service.ledger import base64_strict, checkpoint, export, notes, reading
from postal_service.ledger.encoding import canonical
from postal_service.ledger.verify import STRANGER, Finding, verify
from tests.ledger.post import Post, WitnessOffice
from tests.ledger.verdicts import why


@pytest.fixture
def post(session: Session) -> Post:
    """Six devices and a delivery, witnessed by all three."""
    post = Post(session)
    post.run(1)
    return post


def grow(post: Post, number: int, *, witnessed: bool = True) -> int:
    post.tell(post.deliver_result(number, post.couriers[0]))
    post.record()
    return post.checkpoint(witnessed=witnessed).size


def replace_witnesses(post: Post, *places: int) -> None:
    """Other offices, with names of their own, in these places; the old ones are asked no more."""
    for place in places:
        post.witnesses[place] = WitnessOffice(f"witness.example/new{place}")


def test_a_ledger_is_valid_after_a_witness_was_replaced(post: Post, tmp_path: Path) -> None:
    before = reading.size(post.session)
    grow(post, 2)
    replace_witnesses(post, 1)
    size = grow(post, 3)

    verdict = verify(*post.export(tmp_path))

    assert verdict.valid
    assert verdict.size == size
    # Who is not known any more is told once, and not at each checkpoint.
    assert verdict.findings == {STRANGER: 1}
    assert verdict.shown == (Finding(before - 1, STRANGER),)


def test_whoever_knows_the_former_witness_still_finds_the_ledger_valid(
    post: Post, tmp_path: Path
) -> None:
    _, keys_of_old = post.export(tmp_path)
    known = keys_of_old.read_bytes()
    replace_witnesses(post, 1)
    size = grow(post, 2)
    ledger, keys = post.export(tmp_path)
    keys.write_bytes(known)

    verdict = verify(ledger, keys)

    assert verdict.valid
    assert verdict.size == size


def test_who_was_replaced_is_not_counted_any_more(post: Post, tmp_path: Path) -> None:
    former = list(post.witnesses)
    replace_witnesses(post, 0, 1)
    # given a checkpoint that both former witnesses and one of today's signed
    grow(post, 2, witnessed=False)
    newest = checkpoint.newest(post.session)
    assert newest is not None
    for each in (*former[:2], post.witnesses[2]):
        each.cosign(post.session, newest, post.policy.log)
    ledger, keys = tmp_path / "ledger.jsonl", tmp_path / "keys.json"
    newest = checkpoint.newest(post.session)
    assert newest is not None
    export.write(post.session, ledger, origin=post.policy.log.name, upto=newest)
    keys.write_bytes(export.keys(post.policy, post.root_device))

    assert why(verify(ledger, keys)) == "1 witnesses signed; 2 are needed"
    trusted = post.policy.witnesses
    assert checkpoint.newest_witnessed(post.session, 2, trusted) is None
    assert checkpoint.newest_witnessed(post.session, 1, trusted) == newest


def test_a_new_key_under_an_old_name_is_another_witness(post: Post) -> None:
    post.witnesses = [WitnessOffice(each.name) for each in post.witnesses]

    assert checkpoint.newest_witnessed(post.session, 1, post.policy.witnesses) is None


def test_strangers_under_a_forged_checkpoint_count_for_nothing(post: Post, tmp_path: Path) -> None:
    honest = post.witnesses
    post.witnesses = [WitnessOffice(each.name) for each in honest]  # their names, other keys
    ledger, keys = post.forge(tmp_path, post.leaves()[:-1], witnessed=True)
    post.witnesses = honest
    keys.write_bytes(export.keys(post.policy, post.root_device))

    assert why(verify(ledger, keys)) == "0 witnesses signed; 2 are needed"


def test_one_key_under_two_names_is_one_witness(post: Post, tmp_path: Path) -> None:
    one = post.witnesses[0]
    post.witnesses = [one, WitnessOffice("witness.example/w2", key=one.key)]
    ledger, keys = post.forge(tmp_path, post.leaves(), witnessed=True)

    assert why(verify(ledger, keys)) == "1 witnesses signed; 2 are needed"


def _spoiled_signature(line: str) -> str:
    dash, name, encoded = line.split(" ")
    value = bytearray(base64_strict.read(encoded))
    value[-1] ^= 1
    return f"{dash} {name} {base64_strict.write(bytes(value))}"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_spoiled_signature, "the signature of witness.example/w2 under the checkpoint"),
        (lambda line: line.replace("\N{EM DASH} ", "- "), "is not a signature"),
        (lambda line: line.rpartition(" ")[0] + " AAAA", "is not a signature"),
        (lambda line: line.replace("w2", "w1"), "not in order, or one stands twice"),
        (lambda line: line + "=", "not Base64"),
    ],
)
def test_a_false_line_under_an_old_checkpoint_breaks_the_ledger(
    post: Post, tmp_path: Path, spoil: Callable[[str], str], said: str
) -> None:
    grow(post, 2)
    ledger, keys = post.export(tmp_path)
    *leaves, older, newest = ledger.read_bytes().splitlines(keepends=True)
    lines = json.loads(older)["checkpoint"].split("\n")
    lines[-3] = spoil(lines[-3])  # before the last witness and the end
    changed = canonical({"checkpoint": "\n".join(lines)}) + b"\n"
    ledger.write_bytes(b"".join([*leaves, changed, newest]))

    assert said in why(verify(ledger, keys))


def test_the_log_itself_is_never_a_stranger(post: Post, tmp_path: Path) -> None:
    # given a checkpoint that all witnesses signed, and somebody else instead of the log
    edge = checkpoint.newest(post.session)
    assert edge is not None
    ledger, keys = post.export(tmp_path)
    text = notes.read(edge.note).text
    other = WitnessOffice("another.example/log")
    false = notes.sign(text, other.name, other.key).signatures[0]
    *rest, last = ledger.read_bytes().splitlines(keepends=True)
    signed = [false, *notes.read(json.loads(last)["checkpoint"]).signatures[1:]]
    note = str(notes.Note(text, tuple(signed)))
    ledger.write_bytes(b"".join([*rest, canonical({"checkpoint": note}) + b"\n"]))

    assert why(verify(ledger, keys)) == "the log did not sign a checkpoint"
