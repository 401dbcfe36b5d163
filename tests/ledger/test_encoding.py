"""An event has exactly one form in bytes, and other programs can rely on the page that says so."""

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from postal_service.domain import acts
from postal_service.domain.acts import Act
from postal_service.domain.event import Event
from postal_service.ledger import encoding
from postal_service.ledger.encoding import (
    LARGEST_EVENT,
    TYPES,
    EventMalformed,
    canonical,
    decode,
    encode,
    parse,
    pre_authentication,
)
from postal_service.ledger.verify import Broken
from postal_service.ledger.verify.shapes import check_keys
from tests.ledger.events import acts_of, events
from tests.ledger.post import device, item
from tests.shared_data import shared

FORMAT = Path(__file__).parents[2] / "docs" / "event-format.md"


def an_event(**changed: object) -> dict[str, Any]:
    """The JSON of a loss, changed; None takes a key away."""
    body = device(1).sign(acts.Lost(why="mưa to"), of=item(1)).body
    told = json.loads(body) | changed
    return {key: value for key, value in told.items() if value is not None}


@pytest.mark.parametrize("kind", list(TYPES), ids=list(TYPES.values()))
def test_every_event_comes_back_from_its_bytes(kind: type[Act]) -> None:
    @given(events(acts_of(kind)))
    def comes_back(event: Event) -> None:
        body = encode(event)
        assert decode(body) == event
        assert encode(decode(body)) == body

    comes_back()


@given(events())
def test_the_bytes_are_those_of_rfc_8785(event: Event) -> None:
    body = encode(event)
    assert rfc8785.dumps(json.loads(body)) == body


@given(events())
def test_the_verifier_knows_every_event_that_the_writer_writes(event: Event) -> None:
    # Its table was written apart; an enrolment's key is Base64 there, not only of its letters.
    if not isinstance(event.act, acts.EnrolDevice | acts.Handover):
        check_keys(json.loads(encode(event)))


@settings(max_examples=500)  # the rarest of the cells to change came up once in thousands
@given(events(), st.data())
def test_the_verifier_refuses_what_the_writer_refuses(event: Event, data: st.DataObject) -> None:
    told = json.loads(encode(event))
    key = data.draw(st.sampled_from(sorted(told)))
    told[key] = data.draw(
        st.sampled_from([*told.values(), "", "x", -1, 0, True, 1.5, None, [], {}, "x" * 300])
    )
    try:
        decode(canonical(told))
    except EventMalformed:
        with pytest.raises(Broken):
            check_keys(told)


@pytest.mark.parametrize("name", ["arrays", "french", "unicode"])
def test_the_published_vectors_of_the_profile(name: str) -> None:
    vectors = shared("vectors/jcs/testdata")
    given_, wanted = (vectors / folder / f"{name}.json" for folder in ("input", "output"))
    assert canonical(json.loads(given_.read_bytes())) == wanted.read_bytes().rstrip(b"\n")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b"{}",
        b'{"v":1}',
        b"\xff{}",
        b"\xef\xbb\xbf{}",
        b'{"v":1,"v":1}',
        b'{"v":1.0}',
        b'{"v":1e3}',
        b'{"v":NaN}',
        b'{"v":-Infinity}',
        b'{"v":' + b"9" * 5_000 + b"}",
        b"[" * 8_000,
        b'{"v":' + b"[" * 8_000,
    ],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(EventMalformed):
        decode(body)


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"type": "teleport"},
        {"type": ["lost"]},
        {"type": None},
        {"extra": 1},
        {"why": None},
        {"why": "a\u0306n"},  # not in normal form C
        {"why": "x" * 201},
        {"why": "two\nlines"},
        {"why": "\x7f"},
        {"why": 1},
        {"seq": 0},
        {"seq": True},
        {"seq": 2**53},
        {"t": -1},
        {"id": "0192-not-a-uuid"},
        {"id": "01890000-0000-4000-8000-000000000000"},
        {"dev": "abcdefgh"},
        {"op": "Lan Nguyễn"},
        {"item": "ET12VN"},
        {"item": ""},  # of the registry's events alone
        {"cp": "00"},
        {"loc": "w3gva"},
        {"prev": "0" * 63},
        {"prev": "A" * 64},
    ],
)
def test_an_event_with_a_wrong_value_is_refused(changed: dict[str, Any]) -> None:
    assert decode(canonical(an_event())).staff
    with pytest.raises(EventMalformed):
        decode(canonical(an_event(**changed)))


@pytest.mark.parametrize(
    "other",
    [
        lambda body: body + b" ",
        lambda body: body + b"\n",
        lambda body: b" " + body,
        lambda body: body.replace(b":", b": ", 1),
        lambda body: b'{"why":"",' + body[1:],
        lambda body: b'{"v":1,' + body[1:],
        lambda body: body.replace(b'"lost"', b'"\\u006cost"'),
        lambda body: body.replace("ư".encode(), b"\\u01b0"),
        lambda body: body.replace("ư".encode(), b"\\ud800"),
        lambda body: json.dumps(dict(reversed(json.loads(body).items()))).encode(),
    ],
)
def test_the_same_event_in_other_bytes_is_refused(other: Callable[[bytes], bytes]) -> None:
    body = canonical(an_event())
    assert other(body) != body
    with pytest.raises(EventMalformed):
        decode(other(body))


def test_a_default_that_is_written_out_is_refused() -> None:
    told = json.loads(
        device(1)
        .sign(acts.Found(capacity=acts.Capacity.DESK, condition=acts.Condition.OK), of=item(1))
        .body
    )
    with pytest.raises(EventMalformed):
        decode(canonical(told | {"why": ""}))


def test_an_event_has_a_largest_size() -> None:
    assert parse(b'{"x":"' + b"y" * (LARGEST_EVENT - 8) + b'"}')
    with pytest.raises(EventMalformed):
        parse(b'{"x":"' + b"y" * (LARGEST_EVENT - 7) + b'"}')


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_the_reader_fail(body: bytes) -> None:
    with pytest.raises(EventMalformed) as refused:
        decode(body)
    assert refused.value.facts["fault"]


def test_what_is_signed_names_its_kind_and_length() -> None:
    assert pre_authentication(b"{}") == b"DSSEv1 37 application/vnd.custody.event.v1+json 2 {}"


# --- docs/event-format.md ---------------------------------------------------------------------


def _rows(heading: str) -> dict[str, str]:
    """Of each row below the heading: the first cell and the second."""
    _, _, below = FORMAT.read_text(encoding="utf-8").partition(f"## {heading}\n")
    section = re.split(r"\n## |\n\n", below, maxsplit=1)[0]
    cells = [line.strip("|").split("|") for line in section.splitlines()[2:] if line[0] == "|"]
    return {first.strip(): second for first, second in cells}


def _documented_types() -> dict[str, set[str]]:
    page = FORMAT.read_text(encoding="utf-8")
    headings = re.findall(r"^## ((?:Types|Registry types).*)$", page, re.MULTILINE)
    assert len(headings) == 3
    return {
        kind.strip("`"): set(re.findall(r"`([a-z]+\??)`", keys))
        for heading in headings
        for kind, keys in _rows(heading).items()
    }


def test_the_page_lists_the_keys_of_every_type() -> None:
    written = {
        kind: {
            key + "?" * (_default(act, field) is not MISSING) for key, (field, _) in keys.items()
        }
        for kind, (act, keys) in encoding._ACTS.items()
    }
    assert _documented_types() == written


def test_the_page_lists_the_keys_of_every_event() -> None:
    told = {key for cell in _rows("Keys of every event") for key in re.findall(r"`([a-z]+)`", cell)}
    assert told == {"v", "type", *encoding._COMMON}


def _default(act: type[Act], field: str) -> object:
    return next(each.default for each in fields(act) if each.name == field)
