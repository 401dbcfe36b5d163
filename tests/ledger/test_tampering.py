"""Whoever changes the exported ledger is found out, even with the log's own key."""

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from postal_service.ledger import tree, witness
from postal_service.ledger.encoding import canonical
from postal_service.ledger.notes import NoteInvalid
from postal_service.ledger.verify import Unreadable, verify
from tests import amounts
from tests.ledger.post import Post, item, leaf_of

SHORT = 2  # a seed of which what `_short` wants comes true

Change = Callable[[random.Random, list[bytes]], list[bytes]]


@pytest.fixture
def post(session: Session) -> Post:
    """A ledger of twelve deliveries with several checkpoints."""
    post = Post(session)
    post.run(12, seed=7)
    return post


def is_found_out(ledger: Path, keys: Path, content: bytes) -> bool:
    """Broken, or with a finding: who else signed beneath a checkpoint breaks nothing, and is told."""
    ledger.write_bytes(content)
    try:
        verdict = verify(ledger, keys)
        return not verdict.valid or bool(verdict.findings)
    except Unreadable:
        return True


# --- One change at a time ------------------------------------------------------------------------


def _flip_a_bit(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(lines))
    line = bytearray(lines[at])
    line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
    return [*lines[:at], bytes(line), *lines[at + 1 :]]


def _write_another_sign(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(lines))
    line = bytearray(lines[at])
    line[chance.randrange(len(line))] = chance.choice(b'0189azAZ+/= \t\n"\\{}[],:')
    return [*lines[:at], bytes(line), *lines[at + 1 :]]


def _put_a_sign_in(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(lines))
    place = chance.randrange(len(lines[at]) + 1)
    sign = bytes([chance.choice(b'0=A \t\r\n",}')])
    return [*lines[:at], lines[at][:place] + sign + lines[at][place:], *lines[at + 1 :]]


def _take_signs_out(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(lines))
    place = chance.randrange(len(lines[at]))
    rest = lines[at][place + chance.randint(1, 8) :]
    return [*lines[:at], lines[at][:place] + rest, *lines[at + 1 :]]


def _take_a_line_out(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(lines))
    return lines[:at] + lines[at + 1 :]


def _write_a_line_twice(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines) + 1)
    return [*lines[:to], lines[at], *lines[to:]]


def _swap_two_lines(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    one, other = chance.sample(range(len(lines)), 2)
    changed = list(lines)
    changed[one], changed[other] = changed[other], changed[one]
    return changed


def _cut_the_end_off(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    whole = b"".join(lines)
    return [whole[: chance.randrange(len(whole))]]


def _change_a_fact(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """A fact of an event, with the event's Base64 and JSON in perfect order."""
    at = chance.choice([n for n, line in enumerate(lines) if line.startswith(b'{"event"')])
    leaf = json.loads(lines[at])
    event = json.loads(b64decode(leaf["event"]))
    key = chance.choice(sorted(event))
    value = event[key]
    event[key] = value + 1 if isinstance(value, int) else chance.choice([*event.values(), "x", ""])
    if event[key] == value:
        del event[key]
    leaf["event"] = b64encode(canonical(event)).decode()
    return [*lines[:at], canonical(leaf) + b"\n", *lines[at + 1 :]]


def _write_the_same_differently(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """Other bytes with the same meaning to a lenient reader."""
    at = chance.randrange(len(lines))
    told = json.loads(lines[at])
    if "event" in told and chance.random() < 0.7:
        event = json.loads(b64decode(told["event"]))
        told["event"] = b64encode(json.dumps(event).encode()).decode()
        return [*lines[:at], canonical(told) + b"\n", *lines[at + 1 :]]
    return [*lines[:at], json.dumps(told).encode() + b"\n", *lines[at + 1 :]]


def _bend_base64(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """The last sign before the padding has bits that a lenient decoder forgets."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = chance.choice([n for n, line in enumerate(lines) if b"=" in line])
    places = [n for n, sign in enumerate(lines[at]) if sign == ord("=") != lines[at][n - 1]]
    place = chance.choice(places) - 1
    last = letters.index(chr(lines[at][place]))
    bent = letters[last ^ 1].encode()
    return [*lines[:at], lines[at][:place] + bent + lines[at][place + 1 :], *lines[at + 1 :]]


CHANGES: list[Change] = [
    _flip_a_bit,
    _write_another_sign,
    _put_a_sign_in,
    _take_signs_out,
    _take_a_line_out,
    _write_a_line_twice,
    _swap_two_lines,
    _cut_the_end_off,
    _change_a_fact,
    _write_the_same_differently,
    _bend_base64,
]


@pytest.mark.long
@pytest.mark.slow
def test_every_change_to_the_file_is_found(session: Session, tmp_path: Path, dialect: str) -> None:
    if dialect != "sqlite":
        pytest.skip("the file is the same from either database")
    ledger, keys = _short(session).export(tmp_path)
    honest = ledger.read_bytes()
    lines = honest.splitlines(keepends=True)
    assert not is_found_out(ledger, keys, honest)
    chance = random.Random(1)
    survived: list[str] = []
    done = 0
    while done < amounts.CHANGES:
        change = CHANGES[done % len(CHANGES)]
        content = b"".join(change(chance, lines))
        if content == honest:
            continue  # nothing was changed
        done += 1
        if not is_found_out(ledger, keys, content):
            survived.append(f"{change.__name__} {content[:200]!r}")
    assert survived == []


def _short(session: Session) -> Post:
    """A ledger that is soon checked: every courier delivers, on the line and without."""
    post = Post(session)
    post.run(5, seed=SHORT)
    assert all(each.sequence for each in post.couriers)
    assert post.checkpoints > 1
    return post


# --- The insider with the log's key ---------------------------------------------------------------


def _another_fact(chance: random.Random, leaf: dict[str, Any]) -> None:
    event = json.loads(b64decode(leaf["event"]))
    key = chance.choice(sorted(event))
    value = event[key]
    event[key] = value + 1 if isinstance(value, int) else f"{value}x"
    leaf["event"] = b64encode(canonical(event)).decode()


def _another_signature(chance: random.Random, leaf: dict[str, Any]) -> None:
    signature = bytearray(b64decode(leaf["sig"]))
    signature[chance.randrange(len(signature))] ^= 1 << chance.randrange(8)
    leaf["sig"] = b64encode(signature).decode()


def _the_same_written_differently(chance: random.Random, leaf: dict[str, Any]) -> None:
    event = json.loads(b64decode(leaf["event"]))
    leaf["event"] = b64encode(json.dumps(event).encode()).decode()


def _anothers_place_in_the_item(chance: random.Random, leaf: dict[str, Any]) -> None:
    leaf["iseq"] += chance.choice([-1, 1])


INSIDERS: list[Callable[[random.Random, dict[str, Any]], None]] = [
    _another_fact,
    _another_signature,
    _the_same_written_differently,
    _anothers_place_in_the_item,
]


def _chained(leaves: list[dict[str, Any]]) -> list[bytes]:
    """The leaves with the chain of each item written anew, as the log would have written it."""
    last: dict[str, str] = {}
    written: list[bytes] = []
    for leaf in leaves:
        item_of = str(json.loads(b64decode(leaf["event"])).get("item", ""))
        line = canonical({**leaf, "iprev": last.get(item_of, leaf["iprev"])})
        last[item_of] = tree.leaf_hash(line).hex()
        written.append(line)
    return written


@pytest.mark.long
@pytest.mark.slow
def test_what_log_and_witnesses_write_anew_together_is_found(
    session: Session, tmp_path: Path, dialect: str
) -> None:
    """All keys but those of the devices: item chains, tree and checkpoints are made to fit."""
    if dialect != "sqlite":
        pytest.skip("the file is the same from either database")
    post = _short(session)
    leaves = post.leaves()
    told = [json.loads(each) for each in leaves]
    assert _chained(told) == leaves
    chance = random.Random(2)
    survived: list[str] = []
    for n in range(amounts.INSIDERS):
        change = INSIDERS[n % len(INSIDERS)]
        changed = [dict(each) for each in told]
        at = chance.randrange(len(changed))
        change(chance, changed[at])
        ledger, keys = post.forge(tmp_path, _chained(changed), witnessed=True)
        if not is_found_out(ledger, keys, ledger.read_bytes()):
            survived.append(f"{change.__name__} {changed[at]}")
    assert survived == []


def test_the_log_s_own_key_is_not_enough_to_take_the_last_event_away(
    post: Post, tmp_path: Path
) -> None:
    ledger, keys = post.forge(tmp_path, post.leaves()[:-1], witnessed=False)

    broken = verify(ledger, keys).broken

    assert broken is not None
    assert broken.why == "0 witnesses signed; 2 are needed"


def test_old_cosignatures_do_not_fit_a_new_checkpoint(post: Post, tmp_path: Path) -> None:
    # given a shorter ledger under the log's key with the witnesses' lines of the longer one
    honest, _ = post.export(tmp_path)
    lines = json.loads(honest.read_bytes().splitlines()[-1])["checkpoint"].splitlines(keepends=True)
    ledger, keys = post.forge(tmp_path, post.leaves()[:-1], witnessed=False)
    *before, last = ledger.read_bytes().splitlines(keepends=True)
    note = json.loads(last)["checkpoint"] + "".join(lines[-3:])
    ledger.write_bytes(b"".join([*before, canonical({"checkpoint": note}) + b"\n"]))

    broken = verify(ledger, keys).broken

    assert broken is not None
    assert "signature of witness.example/w1" in broken.why


def test_a_witness_does_not_sign_a_second_history(post: Post, tmp_path: Path) -> None:
    ledger, _ = post.forge(tmp_path, post.leaves()[:-1], witnessed=False)
    note = json.loads(ledger.read_bytes().splitlines()[-1])["checkpoint"]
    office = post.witnesses[0]

    for old in (0, office.seen.size):
        with pytest.raises(witness.Declined) as declined:
            witness.cosign(
                witness.Request(old, (), note),
                office.seen,
                log=post.policy.log,
                name=office.name,
                private_key=office.key,
                at_seconds=1,
            )
        assert declined.value.status in {400, 409}
    with pytest.raises(NoteInvalid):
        witness.believe(note, post.policy)


def test_only_the_last_event_of_a_device_can_go_when_all_conspire(
    post: Post, tmp_path: Path
) -> None:
    """Log and witnesses together: the chains of devices and items still betray most of it."""
    leaves = post.leaves()
    for taken in range(len(leaves) - 1, 6, -13):
        shorter = leaves[:taken] + leaves[taken + 1 :]
        ledger, keys = post.forge(tmp_path, shorter, witnessed=True)
        verdict = verify(ledger, keys)
        last_of_its_chains = taken == len(leaves) - 1
        assert verdict.valid == last_of_its_chains


def test_the_log_cannot_sign_for_a_device(post: Post, tmp_path: Path) -> None:
    # given an insider who writes an event himself and has log and witnesses sign the tree
    told = post.couriers[0].sign(
        post.deliver_result(50, post.couriers[1])[0].event.act, of=item(51)
    )
    forged = leaf_of(type(told)(told.event, told.body, post.log_key.sign(told.body)), 1, bytes(32))
    ledger, keys = post.forge(tmp_path, [*post.leaves(), forged], witnessed=True)

    broken = verify(ledger, keys).broken

    assert broken is not None
    assert broken.event == told.event.id
    assert broken.why == f"it is not signed by its device {post.couriers[0].id}"
