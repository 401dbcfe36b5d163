"""A signed note is believed only where a known key signed it, and has one form in bytes."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from postal_service.ledger import base64_strict, notes
from postal_service.ledger.notes import Kind, NoteInvalid, NoteKey, believe, known_key, read

TEXT = "post.example/custody\nđã nhận\n"
LOG = Ed25519PrivateKey.generate()
OFFICE = Ed25519PrivateKey.generate()
LOG_KEY = notes.public_key("post.example/custody", LOG)
OFFICE_KEY = notes.public_key("witness.example/w1", OFFICE, Kind.COSIGNATURE)


def a_note() -> str:
    line = notes.cosign(TEXT, OFFICE_KEY.name, OFFICE, at_seconds=1_795_435_200)
    return str(notes.sign(TEXT, LOG_KEY.name, LOG)) + str(line)


def test_a_note_of_the_specification_s_own_author_is_believed() -> None:
    # The example of the Go module golang.org/x/mod/sumdb/note, whose format C2SP made its own.
    key = known_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    written = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )

    note, signers = believe(written, [key])

    assert signers == (key,)
    assert str(note) == written
    with pytest.raises(NoteInvalid, match="is false"):
        believe(written.replace("answer", "solution"), [key])


def test_a_note_tells_its_text_and_who_signed() -> None:
    note, signers = believe(a_note(), [LOG_KEY, OFFICE_KEY])

    assert note.text == TEXT
    assert signers == (LOG_KEY, OFFICE_KEY)
    assert str(note) == a_note()


def test_strangers_are_passed_over() -> None:
    stranger = str(notes.sign(TEXT, "stranger.example", Ed25519PrivateKey.generate()))
    line = stranger.rpartition("\n\n")[2]

    assert believe(a_note() + line, [LOG_KEY])[1] == (LOG_KEY,)
    with pytest.raises(NoteInvalid, match="Nobody known"):
        believe(stranger, [LOG_KEY])


def test_a_key_of_the_same_name_is_another_key() -> None:
    other = notes.public_key(LOG_KEY.name, Ed25519PrivateKey.generate())
    with pytest.raises(NoteInvalid, match="Nobody known"):
        believe(a_note(), [other])


def test_a_false_signature_of_a_known_key_condemns_the_note() -> None:
    other = str(notes.sign(TEXT + "more\n", LOG_KEY.name, LOG)).rpartition("\n\n")[2]
    with pytest.raises(NoteInvalid, match="is false"):
        believe(a_note() + other, [LOG_KEY])


def test_a_cosignature_does_not_hold_at_another_time() -> None:
    line = notes.cosign(TEXT, OFFICE_KEY.name, OFFICE, at_seconds=5)
    later = notes.Signature(line.name, line.key_id, (6).to_bytes(8, "big") + line.value[8:])
    with pytest.raises(NoteInvalid, match="is false"):
        notes.signers_of(TEXT, [later], [OFFICE_KEY])


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda note: note.rstrip("\n"),
        lambda note: note + "\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("— ", "—"),
        lambda note: note.replace("custody ", "cus+tody "),
        lambda note: note.replace("custody ", "cus\N{NO-BREAK SPACE}tody "),
        lambda note: note.replace("=\n", "\n"),
        lambda note: note.replace("=\n", "==\n"),
        lambda note: note.replace("=\n", "= \n"),
        lambda note: note.replace("\t", "") + "\t",
        lambda note: note + "— x AAAA\n",
        lambda note: note + "— post.example/custody \n",
        lambda note: note + "— y AAAAAAA=\n" * 65,
        lambda note: "x" * 70_000 + note,
    ],
)
def test_what_is_not_in_the_form_of_a_note_is_refused(change: Callable[[str], str]) -> None:
    changed = change(a_note())
    assert changed != a_note()
    with pytest.raises(NoteInvalid):
        read(changed)


def test_a_text_without_an_end_cannot_be_signed() -> None:
    for text in ("no end", "bell\a\n"):
        with pytest.raises(NoteInvalid):
            notes.sign(text, LOG_KEY.name, LOG)


def test_a_published_key_is_read_as_it_was_written() -> None:
    assert known_key(str(LOG_KEY)) == LOG_KEY
    assert known_key(str(OFFICE_KEY)) == OFFICE_KEY
    assert LOG_KEY.id != NoteKey(LOG_KEY.name, Kind.COSIGNATURE, LOG_KEY.public).id


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+",
        "name+00000000+AQ==",
        pytest.param(str(LOG_KEY).replace("custody", "custodY"), id="another name"),
        pytest.param(str(LOG_KEY) + "A", id="a letter more"),
        pytest.param(str(LOG_KEY).replace("+A", "+B"), id="another kind"),
    ],
)
def test_a_key_that_is_none_is_refused(vkey: str) -> None:
    with pytest.raises(NoteInvalid):
        known_key(vkey)


@given(st.binary(max_size=40))
def test_base64_has_one_form(value: bytes) -> None:
    assert base64_strict.read(base64_strict.write(value)) == value
    assert base64_strict.read_url(base64_strict.write_url(value)) == value


@given(st.text("AQgw+/-_= \n", max_size=12))
def test_any_other_base64_is_refused(text: str) -> None:
    for read_, write in (
        (base64_strict.read, base64_strict.write),
        (base64_strict.read_url, base64_strict.write_url),
    ):
        try:
            value = read_(text)
        except ValueError:
            continue
        assert write(value) == text
