"""The offer that one phone shows another: its bytes, and what they prove."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.acts import Counts
from postal_service.domain.ids import DeviceId
from postal_service.ledger import offers
from postal_service.ledger.offers import OfferCode, OfferCodeMalformed
from tests.ledger.post import PAPERS, Device, device, event_id, item

GIVER = device(4)
P256_GIVER = device(5, p256=True)


def an_offer(number: int = 1) -> OfferCode:
    return offers.make(
        GIVER.key,
        device=GIVER.id,
        sequence=number,
        wall_ms=1_795_435_200_000,
        nonce=bytes(range(16)),
        count=3,
        manifest="ab" * 32,
    )


def test_an_offer_is_135_bytes_as_the_page_lays_them_out() -> None:
    code = an_offer(258)
    raw = bytes(code)

    assert str(code) == "BG3:" + urlsafe_b64encode(raw).decode().rstrip("=")
    assert len(raw) == 135
    assert raw[:9] == b"\x01" + GIVER.id.encode()
    assert raw[9:13] == b"\x00\x00\x01\x02"
    assert int.from_bytes(raw[13:21], "big") == 1_795_435_200_000
    assert raw[21:37] == bytes(range(16))
    assert raw[37:39] == b"\x00\x03"
    assert raw[39:71] == b"\xab" * 32
    assert raw[71:] == code.signature
    assert code.digest == sha256(raw).hexdigest()


@pytest.mark.parametrize("by", [GIVER, P256_GIVER], ids=["ed25519", "p256"])
def test_what_was_scanned_is_true_only_as_it_was_signed(by: Device) -> None:
    code = offers.make(
        by.key,
        device=by.id,
        sequence=1,
        wall_ms=0,
        nonce=bytes(16),
        count=1,
        manifest="00" * 32,
    )
    scanned = offers.read(str(code))

    assert scanned == code
    assert offers.is_true(scanned, by.algorithm, by.public)
    for false in (
        replace(scanned, count=2),
        replace(scanned, wall_ms=1),
        replace(scanned, manifest="01" * 32),
        replace(scanned, device=DeviceId("AAAAAAAA")),
        replace(scanned, nonce=bytes(15) + b"\1"),
    ):
        assert not offers.is_true(false, by.algorithm, by.public)
    other = device(9)
    assert not offers.is_true(scanned, other.algorithm, other.public)


@given(st.integers(0, 135 * 8 - 1))
def test_no_bit_of_an_offer_can_be_changed(bit: int) -> None:
    raw = bytearray(bytes(an_offer()))
    raw[bit // 8] ^= 1 << bit % 8
    try:
        changed = offers.from_bytes(bytes(raw))
    except OfferCodeMalformed:
        return
    assert not offers.is_true(changed, GIVER.algorithm, GIVER.public)


@pytest.mark.parametrize(
    ("scanned", "fault"),
    [
        ("", "begin with"),
        ("BG1:ET000000001VN:1:X", "begin with"),
        ("https://example.test", "begin with"),
        ("BG3:", "has 0 bytes"),
        ("BG3:AAAA", "has 3 bytes"),
        ("BG3:đ", "not Base64"),
        ("BG3:A", "not Base64"),
        (str(an_offer()) + "=", "not Base64"),
        (str(an_offer()) + "\n", "not Base64"),
        (str(an_offer()) + "AAAA", "has 138 bytes"),
        (str(an_offer()).replace("BG3:A", "BG3:B"), "of type"),
    ],
)
def test_what_is_no_offer_is_refused(scanned: str, fault: str) -> None:
    with pytest.raises(OfferCodeMalformed, match=fault):
        offers.read(scanned)


@pytest.mark.parametrize(
    ("start", "replaced", "fault"),
    [
        (1, b"abcdefgh", "names no device"),
        (1, b"\xff" * 8, "names no device"),
        (9, bytes(4), "out of range"),
        (13, b"\xff" * 8, "out of range"),
        (37, bytes(2), "out of range"),
    ],
)
def test_numbers_that_cannot_be_are_refused(start: int, replaced: bytes, fault: str) -> None:
    raw = bytes(an_offer())
    with pytest.raises(OfferCodeMalformed, match=fault):
        offers.from_bytes(raw[:start] + replaced + raw[start + len(replaced) :])


def test_a_nonce_has_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        offers.make(
            GIVER.key,
            device=GIVER.id,
            sequence=1,
            wall_ms=0,
            nonce=b"",
            count=1,
            manifest="00" * 32,
        )


def test_the_manifest_is_the_hash_over_the_sorted_list() -> None:
    other = Counts(originals=0, certified=0, photocopies=5)
    packages = [(item(2), "S2", other), (item(1), "S1", PAPERS)]
    listed = [["ET000000001VN", "S1", [1, 2, 0]], ["ET000000002VN", "S2", [0, 0, 5]]]
    written = json.dumps(listed, separators=(",", ":")).encode()

    assert offers.manifest_of(packages) == sha256(written).hexdigest()
    assert offers.manifest_of(reversed(packages)) == offers.manifest_of(packages)
    assert offers.manifest_of(packages[:1]) != offers.manifest_of(packages)


def a_stack(size: int) -> list[offers.Package]:
    return [
        offers.Package(item=item(n), custody=event_id(n), seal=f"S{n}", counts=PAPERS)
        for n in range(1, size + 1)
    ]


def test_the_root_of_one_package_is_the_hash_over_it() -> None:
    (package,) = a_stack(1)
    told = f'["ET000000001VN","{event_id(1)}","S1",[1,2,0]]'.encode()
    assert offers.root_of([package]) == sha256(b"\0" + told).hexdigest()
    assert offers.way_to(package, [package]) == (0, ())


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_each_package_of_a_stack_is_offered_and_no_other(size: int, random: Random) -> None:
    stack = a_stack(size)
    mixed = random.sample(stack, size)
    code = replace(an_offer(), count=size, manifest=offers.root_of(mixed))
    for package in stack:
        place, path = offers.way_to(package, mixed)
        assert offers.offers_it(code, package, place, path)
        for changed in (
            replace(package, item=item(size + 1)),
            replace(package, custody=event_id(size + 1)),
            replace(package, seal="S0"),
            replace(package, counts=Counts(originals=9, certified=2, photocopies=0)),
        ):
            assert not offers.offers_it(code, changed, place, path)
        assert not offers.offers_it(code, package, place + 1, path)
        assert not offers.offers_it(code, package, place, [*path, "00" * 32])
