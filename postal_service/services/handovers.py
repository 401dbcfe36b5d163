"""Hand over in bulk: one side offers, the other takes what is there and reserves the rest.

Custody moves at the taking and nowhere else. Both sides are events with their own signatures.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Condition, ReservedFor
from postal_service.domain.custody import Standing
from postal_service.domain.ids import EventId, ItemId, StaffId, UnitCode
from postal_service.domain.refusals import Malformed
from postal_service.ledger import reading
from postal_service.ledger.encoding import canonical
from postal_service.projections import holdings
from postal_service.services import closed_bags, items
from postal_service.services.office_events import OfficeKeys, Told, tell

LARGEST_BATCH = 500  # items of one hand-over


class NothingToHandOver(Malformed):
    code = "handover.nothing"


class TooManyAtOnce(Malformed):
    code = "handover.too_many"


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """Why one line of a hand-over is not taken."""

    reserved_for: ReservedFor
    condition: Condition = Condition.OK


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What was put out: the batch both sides will name, and what was in it."""

    batch: str
    manifest: str
    items: tuple[ItemId, ...]
    events: tuple[EventId, ...]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What the receiver took, and what stayed with the giver and why."""

    batch: str
    taken: tuple[ItemId, ...]
    reserved: tuple[ItemId, ...]
    events: tuple[EventId, ...]


def offer(
    session: Session,
    keys: OfficeKeys,
    offered: Sequence[ItemId],
    *,
    to_unit: UnitCode,
    to_staff: StaffId = StaffId(""),
    by: Actor,
    at: datetime,
) -> Offered:
    """Put sealed items out for a unit, or for one person of it.

    All or nothing: raises UnknownItem, NotTheHolder, NotSealed, ItemFrozen, AlreadyOffered,
    Withdrawn, InClosedBag for an item without its bag or a bag without what lies in it,
    NothingToHandOver or TooManyAtOnce, and then nothing is recorded.
    """
    if not offered:
        raise NothingToHandOver
    if len(offered) > LARGEST_BATCH:
        raise TooManyAtOnce(count=len(offered), most=LARGEST_BATCH)
    found = items.standings(session, offered)
    _refuse_parts_of_bags(session, found)
    found = closed_bags.together(found)
    batch, manifest = str(uuid7()), manifest_hash(found)
    told = [
        Told(
            item=standing.item,
            parent=standing.custody,
            act=rules.offer(
                standing,
                by=by,
                to_unit=to_unit,
                to_staff=to_staff,
                batch=batch,
                manifest=manifest,
                batch_count=len(found),
            ),
        )
        for standing in found
    ]
    recorded = tell(session, keys, told, by=by, at=at)
    return Offered(
        batch=batch,
        manifest=manifest,
        items=tuple(standing.item for standing in found),
        events=tuple(each.event for each in recorded),
    )


def take(
    session: Session,
    keys: OfficeKeys,
    batch: str,
    *,
    capacity: Capacity,
    reserved: Mapping[ItemId, Reservation],
    by: Actor,
    at: datetime,
) -> Taken:
    """Take every open item of an offered batch but the reserved ones, which are refused.

    What lies in a closed bag is taken with it; where the bag is reserved, so is what lies in it. Of
    what a counter takes that left its bag, it is told that it came out.
    Raises NothingToHandOver when nothing of the batch is open, UnknownItem for a reservation that
    is not in it, NotOffered when it was meant for somebody else, TakesFromHimself, ItemFrozen,
    Withdrawn, InClosedBag for a reservation in a bag that is taken or an item without its bag;
    nothing is recorded.
    """
    put_out = _open(session, batch)
    found = closed_bags.as_they_lie(session, put_out)
    if not found:
        raise NothingToHandOver
    if strange := reserved.keys() - {standing.item for standing in found}:
        raise items.UnknownItem(item=min(strange))
    lying = {each.item for each in found if each.bag}
    strayed = {each.item for each in put_out if each.bag} - lying
    reserved = with_bags(found, reserved)
    found = closed_bags.together(found)
    offers = reading.entries(session, [each.offered.event for each in found if each.offered])
    told = [_answer(standing, offers, reserved, capacity, by) for standing in found]
    recorded = tell(session, keys, told, by=by, at=at)
    taken = tuple(each.item for each in found if each.item not in reserved)
    if capacity is Capacity.COUNTER:
        _come_apart(session, keys, [i for i in taken if i in strayed], by=by, at=at)
    return Taken(
        batch=batch,
        taken=taken,
        reserved=tuple(each.item for each in found if each.item in reserved),
        events=tuple(each.event for each in recorded),
    )


def with_bags(
    found: Sequence[Standing], reserved: Mapping[ItemId, Reservation]
) -> Mapping[ItemId, Reservation]:
    """The same reservations, and for what lies in a reserved bag those of its bag.

    Nobody looks into a closed bag. Raises InClosedBag for a reservation in a bag that is taken.
    """
    whole = dict(reserved)
    batch = {standing.item for standing in found}
    for each in found:
        if each.bag in batch and each.bag in reserved:
            whole.setdefault(each.item, reserved[each.bag])
        elif each.bag in batch and each.item in reserved:
            raise rules.InClosedBag(item=each.item, bag=each.bag)
    return whole


def withdraw(
    session: Session, keys: OfficeKeys, batch: str, *, why: str, by: Actor, at: datetime
) -> tuple[ItemId, ...]:
    """Take back what of an offered batch nobody has taken.

    Raises NothingToHandOver, or NotTheHolder when it is somebody else's.
    """
    found = closed_bags.as_they_lie(session, _open(session, batch))
    if not found:
        raise NothingToHandOver
    told = [
        Told(item=each.item, parent=each.custody, act=rules.withdraw(each, by=by, why=why))
        for each in found
    ]
    tell(session, keys, told, by=by, at=at)
    return tuple(each.item for each in found)


def manifest_hash(found: Sequence[Standing]) -> str:
    """SHA-256 over what is handed over; both sides compute it (docs/event-format.md, Offer QR)."""
    lines = sorted(
        [
            each.item,
            each.seal,
            [each.counts.originals, each.counts.certified, each.counts.photocopies],
        ]
        for each in found
    )
    return sha256(canonical(lines)).hexdigest()


def _open(session: Session, batch: str) -> list[Standing]:
    """What of a batch is open when this transaction's turn has come, as each item's own story has it."""
    items.lock(session, [each.item for each in holdings.in_batch(session, batch)])
    return holdings.in_batch(session, batch)


def _come_apart(
    session: Session,
    keys: OfficeKeys,
    strayed: Sequence[ItemId],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Tell of what came outside its bag that it is out of it.

    Else whoever seals it or takes it to a door would open a case by that (docs/adr/0004).
    """
    if not strayed:
        return
    told = [
        Told(item=each.item, parent=each.custody, act=rules.arrive(each, by=by))
        for each in items.standings(session, strayed)
    ]
    tell(session, keys, told, by=by, at=at)


def _refuse_parts_of_bags(session: Session, found: Sequence[Standing]) -> None:
    together = {standing.item for standing in found}
    for bag in found:
        if not bag.is_bag:
            continue
        for each in closed_bags.inside(session, bag):
            if each.item not in together:
                raise rules.InClosedBag(item=each.item, bag=bag.item)


def _answer(
    standing: Standing,
    offers: Mapping[EventId, reading.Recorded],
    reserved: Mapping[ItemId, Reservation],
    capacity: Capacity,
    by: Actor,
) -> Told:
    assert standing.offered is not None  # it was found by its open offer
    entry = offers[standing.offered.event]
    offered = sha256(entry.body).hexdigest()
    reservation = reserved.get(standing.item)
    if reservation is not None:
        act = rules.reserve(
            standing,
            by=by,
            offer=offered,
            reserved_for=reservation.reserved_for,
            condition=reservation.condition,
        )
        return Told(item=standing.item, parent=standing.custody, act=act)
    taken = rules.take(
        standing,
        by=by,
        capacity=capacity,
        giver=entry.event.device,
        offered_by=entry.event.staff,
        offer=offered,
        offer_signature=b64encode(entry.signature).decode(),
    )
    return Told(item=standing.item, parent=standing.custody, act=taken)
