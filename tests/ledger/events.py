"""Every event that the format admits, for the properties that must hold of all of them."""

from dataclasses import MISSING, fields
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

from postal_service.domain import acts
from postal_service.domain.acts import Act, Counts
from postal_service.domain.event import NO_ITEM, Event
from postal_service.ledger.encoding import TYPES

LARGEST = 2**53 - 1
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

_ids = st.uuids(version=4).map(lambda found: f"{str(found)[:14]}7{str(found)[15:]}")
_hash = st.binary(min_size=32, max_size=32).map(bytes.hex)
_device = st.text(_BASE32, min_size=8, max_size=8)
_staff = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,31}", fullmatch=True)
_unit = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", fullmatch=True)
_word = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
_item = st.from_regex(r"[A-Z]{2}[0-9]{9}[A-Z]{2}", fullmatch=True)
_seal = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,23}", fullmatch=True)
_base64 = st.from_regex(r"[A-Za-z0-9+/]{0,120}={0,2}", fullmatch=True)
_reason = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=100)
    .map(lambda told: normalize("NFC", told))
    .filter(lambda told: len(told) <= 200)
)
_few = st.integers(0, 9_999)
_counts = st.builds(Counts, originals=_few, certified=_few, photocopies=_few)
_rotation = st.integers(1, 999)
_proof = st.one_of(
    st.builds(
        acts.CodeProof,
        rotation=_rotation,
        secret=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26),
    ),
    st.builds(acts.MessageProof, reference=_word),
    st.builds(acts.CardProof, last4=st.from_regex(r"[0-9]{4}", fullmatch=True)),
    st.builds(acts.OverrideProof, witness=_staff),
)


def _maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | strategy


def _tuple(strategy: st.SearchStrategy[str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "action": st.from_regex(r"A[0-9]", fullmatch=True),
    "agreed_for": st.dates().map(lambda day: day.isoformat()),
    "algorithm": st.sampled_from(["ed25519", "p256"]),
    "bag": _item,
    "batch": _word,
    "batch_count": st.integers(1, 65_535),
    "capacity": st.sampled_from(acts.Capacity),
    "commitment": _maybe(_hash),
    "condition": st.sampled_from(acts.Condition),
    "corrects": _ids,
    "counted": st.booleans(),
    "counts": _counts,
    "destination": _unit,
    "device": _device,
    "evidence": _tuple(_hash, 16),
    "exchange": _maybe(_word),
    "giver": _device,
    "holder": _staff,
    "holder_unit": _unit,
    "kind": st.sampled_from(acts.CorrectionKind),
    "leg": st.sampled_from(acts.Leg),
    "lock": _hash,
    "maker": _staff,
    "manifest": _hash,
    "offer": _hash,
    "offer_code": _base64,
    "offer_path": _tuple(_hash, 16),
    "offer_place": st.integers(0, 65_534),
    "offer_signature": _base64,
    "ordinal": st.integers(1, 9),
    "proof": _proof,
    "public_key": _base64,
    "reason": st.from_regex(r"R[0-9]{2}", fullmatch=True),
    "receiver": st.sampled_from(acts.Receiver),
    "recovered": _few,
    "replacements": _tuple(_ids, 8),
    "reserved_for": st.sampled_from(acts.ReservedFor),
    "result_item": _maybe(_item),
    "rotation": _rotation,
    "round": _word,
    "run": _word,
    "seal": _seal,
    "subject": _word,
    "to_staff": _maybe(_staff),
    "to_unit": _unit,
    "until": st.dates().map(lambda day: day.isoformat()),
    "why": _reason,
    "witness": _staff,
}


def acts_of(kind: type[Act]) -> st.SearchStrategy[Act]:
    """Every act of one kind; what may be left out is left out at times."""
    told: dict[str, st.SearchStrategy[Any]] = {}
    for each in fields(kind):
        told[each.name] = _FIELDS[each.name]
        if each.default is not MISSING:
            told[each.name] |= st.just(each.default)
    return st.builds(kind, **told)


ACTS: st.SearchStrategy[Act] = st.sampled_from(list(TYPES)).flatmap(acts_of)


def events(act: st.SearchStrategy[Act] = ACTS) -> st.SearchStrategy[Event]:
    """Whole events; with every act if none is asked for."""
    return act.flatmap(_around)


def _around(act: Act) -> st.SearchStrategy[Event]:
    number = st.integers(0, LARGEST)
    return st.builds(
        Event,
        id=_ids,
        device=_device,
        staff=_staff,
        unit=_unit,
        sequence=st.integers(1, LARGEST),
        previous=_hash,
        checkpoint=_maybe(st.binary(min_size=16, max_size=16).map(bytes.hex)),
        item=st.just(NO_ITEM) if isinstance(act, acts.REGISTRY) else _item,
        parent=_maybe(_ids),
        wall_ms=number,
        monotonic_ms=number,
        boot=st.binary(min_size=4, max_size=4).map(bytes.hex),
        place=_maybe(st.text("0123456789bcdefghjkmnpqrstuvwxyz", min_size=5, max_size=5)),
        act=st.just(act),
    )
