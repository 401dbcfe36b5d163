"""Bags and runs: seal items into a bag, send it with a run, take it out at the other end.

A bag is an item with a chain of its own. What lies in it keeps its own chain too, so that an item
can be followed without knowing the bag's story; the manifest hash in the bag's seal ties the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Counts, Leg
from postal_service.domain.custody import Standing
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import ItemId, StaffId, UnitCode
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import VIETNAM
from postal_service.projections import holdings
from postal_service.services import closed_bags, handovers, items, numbers, sealing
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.storage.schema import BagContentRow, ItemRow

LARGEST_BAG = handovers.LARGEST_BATCH - 1  # it is handed over with all that lies in it
EMPTY = Counts(originals=0, certified=0, photocopies=0)


class BagEmpty(Malformed):
    code = "bag.empty"


class CannotBeBagged(RuleBroken):
    """A bag, something that lies in one, or something that is offered to somebody."""

    code = "bag.cannot_be_bagged"


class NotABag(Malformed):
    code = "bag.not_a_bag"


@dataclass(frozen=True, kw_only=True)
class Bagged:
    """A sealed bag and what lies in it."""

    bag: ItemId
    label: numbers.Label
    seal: str
    manifest: str
    items: tuple[ItemId, ...]


def pack_bag(
    session: Session,
    keys: OfficeKeys,
    contents: Sequence[ItemId],
    *,
    destination: UnitCode,
    seal: str,
    item_prefix: str,
    by: Actor,
    at: datetime,
) -> Bagged:
    """Put sealed items into a new bag for another office and seal it.

    Raises BagEmpty, UnknownItem, CannotBeBagged, NotTheHolder, NotSealed, ItemFrozen, SealUsed or
    TooManyAtOnce;
    then nothing is recorded.
    """
    if not contents:
        raise BagEmpty
    if len(contents) > LARGEST_BAG:
        raise handovers.TooManyAtOnce(count=len(contents), most=LARGEST_BAG)
    found = items.standings(session, contents)
    for each in found:
        if each.is_bag or each.bag or each.offered is not None:
            raise CannotBeBagged(item=each.item)
    sealing.free(session, seal)
    bag, label = numbers.item_number(session, item_prefix), numbers.label()
    session.add(
        ItemRow(
            item=bag,
            issued_on=at.astimezone(VIETNAM).date(),
            leg=Leg.BAG.value,
            dossier=None,
            origin_unit=by.unit,
            destination_unit=destination,
            token_hash=label.digest,
            made_by=by.staff,
        )
    )
    session.flush()
    session.execute(insert(BagContentRow), [{"bag": bag, "item": each.item} for each in found])
    manifest = handovers.manifest_hash(found)
    opened = rules.accept(
        capacity=Capacity.COUNTER, leg=Leg.BAG, counts=EMPTY, destination=destination
    )
    tell(session, keys, [Told(item=bag, parent=NO_PARENT, act=opened)], by=by, at=at)
    standing = items.standing(session, bag)
    sealed = rules.pack(standing, by=by, seal=seal, counts=EMPTY, manifest=manifest)
    told = [
        Told(item=each.item, parent=each.custody, act=rules.put_in_bag(each, by=by, bag=bag))
        for each in found
    ]
    told.append(Told(item=bag, parent=standing.custody, act=sealed))
    tell(session, keys, told, by=by, at=at)
    return Bagged(
        bag=bag,
        label=label,
        seal=seal,
        manifest=manifest,
        items=tuple(each.item for each in found),
    )


def depart(
    session: Session,
    keys: OfficeKeys,
    bag: ItemId,
    *,
    run: str,
    by: Actor,
    at: datetime,
) -> tuple[ItemId, ...]:
    """The bag and what lies in it leave with a run. Raises UnknownItem, NotABag, NotTheHolder."""
    moved = closed_bags.together(_with_contents(session, bag))
    told = [
        Told(
            item=each.item,
            parent=each.custody,
            act=rules.depart(each, by=by, run=run, destination=moved[0].destination),
        )
        for each in moved
    ]
    tell(session, keys, told, by=by, at=at)
    return tuple(each.item for each in moved)


def offer_bag(
    session: Session,
    keys: OfficeKeys,
    bag: ItemId,
    *,
    to_unit: UnitCode,
    to_staff: StaffId = StaffId(""),
    by: Actor,
    at: datetime,
) -> handovers.Offered:
    """Put a bag out with everything in it, so that both sides sign for each item.

    Raises what handovers.offer raises, and NotABag.
    """
    moved = [each.item for each in _with_contents(session, bag)]
    return handovers.offer(session, keys, moved, to_unit=to_unit, to_staff=to_staff, by=by, at=at)


def arrive(
    session: Session, keys: OfficeKeys, bag: ItemId, *, by: Actor, at: datetime
) -> tuple[ItemId, ...]:
    """Empty a bag at the office that holds it now; the items that came out. The bag has ended.

    Raises UnknownItem, NotABag, ItemEnded for one that was opened, AlreadyOffered while it waits to
    be taken over, or NotTheHolder while it has not been handed over.
    """
    standing, *contents = _with_contents(session, bag)
    told = [
        Told(item=each.item, parent=each.custody, act=rules.arrive(each, by=by))
        for each in [standing, *contents]
    ]
    tell(session, keys, told, by=by, at=at)
    return tuple(each.item for each in contents)


def _with_contents(session: Session, bag: ItemId) -> list[Standing]:
    """The bag and what lies in it, all of it this transaction's alone (services/items.py)."""
    inside = [each.item for each in holdings.in_bag(session, bag)]
    standing, *contents = items.standings(session, [bag, *inside])
    if not standing.is_bag:
        raise NotABag(item=bag)
    # What lies elsewhere, or was taken out while this waited for the lock, does not travel with it.
    return [standing, *(each for each in contents if each.bag == bag)]
