"""What a scanner or a hand at a desk has read: an item, a dossier, a colleague, or a citizen's delivery code.

One scan resolves to one thing. What cannot be one of ours is refused, and a secret is never repeated.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from postal_service.domain import codes, desk_codes, s10
from postal_service.domain.actors import Actor
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.services import directory, dossiers, sight
from postal_service.storage.schema import ItemRow

LONGEST = 200
LONGEST_REPEATED = 40


class NothingFound(Unknown):
    """The code is none of ours, or what it names is not this person's to see."""

    code = "scan.nothing_found"


class NotOurLabel(RuleBroken):
    """The label's token is not the one that was printed for this item."""

    code = "scan.not_our_label"


class Kind(StrEnum):
    ITEM = "item"
    DOSSIER = "dossier"
    COLLEAGUE = "colleague"
    DELIVERY_CODE = "delivery_code"


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What a code names: an item's number, a dossier's id, a colleague's pseudonym, or the item of a
    delivery code, whose secret is left out.
    """

    kind: Kind
    id: str


def resolve(session: Session, written: str, *, by: Actor, at: datetime) -> Scanned:
    """What this code names, if this person may see it.

    Raises InputMethodIsOn where a Vietnamese input method has changed the scanner's key strokes,
    NotOurLabel, WrongCheckDigit, or NothingFound.
    """
    text = written.strip()[:LONGEST]
    desk_codes.refuse_if_transformed(text)
    upper = text.upper()
    if upper.startswith("HTTPS://"):
        return _label(session, upper, by)
    if upper.startswith("BG1:"):
        code = codes.read_delivery_code(upper)
        sight.item(session, code.item, by=by)
        return Scanned(kind=Kind.DELIVERY_CODE, id=code.item)
    compact = upper.replace(" ", "")
    if len(compact) == 13 and compact[:2].isalpha() and compact[2:11].isdigit():
        number = s10.parse(compact).id
        sight.item(session, number, by=by)
        return Scanned(kind=Kind.ITEM, id=number)
    return _dossier_or_colleague(session, upper, by, at)


def _label(session: Session, upper: str, by: Actor) -> Scanned:
    label = codes.read_label(upper)
    sight.item(session, label.item, by=by)
    row = session.get(ItemRow, label.item)
    if row is None or not codes.is_genuine(label, row.token_hash):
        raise NotOurLabel(item=label.item)
    return Scanned(kind=Kind.ITEM, id=label.item)


def _dossier_or_colleague(session: Session, upper: str, by: Actor, at: datetime) -> Scanned:
    try:
        return Scanned(kind=Kind.DOSSIER, id=dossiers.by_code(session, upper, by=by, at=at).id)
    except (Malformed, RuleBroken):
        pass  # no dossier code: it may be a badge
    try:
        return Scanned(kind=Kind.COLLEAGUE, id=directory.colleague_by_badge(session, upper).staff)
    except directory.UnknownStaff:
        raise NothingFound(written=upper[:LONGEST_REPEATED]) from None


def items(session: Session, written: list[str], *, by: Actor, at: datetime) -> list[ItemId]:
    """The items that these codes name, each once, in the order scanned. Raises like `resolve`."""
    found: list[ItemId] = []
    for text in written:
        scanned = resolve(session, text, by=by, at=at)
        if scanned.kind is not Kind.ITEM:
            raise NothingFound(written=text.strip()[:LONGEST_REPEATED])
        found.append(ItemId(scanned.id))
    return list(dict.fromkeys(found))
