"""What a bag's page shows, and its opening: what was found in it is compared with what was put into it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Condition, Depart, Pack
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import ItemId, StaffId, UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.projections import holdings, timelines
from postal_service.services import (
    closed_bags,
    exceptions,
    items,
    overview,
    places,
    sight,
    transport,
)
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.services.overview import LYING, Line, Names
from postal_service.storage.schema import BagContentRow, ItemRow

LONGEST_WHY: Final = 200
NAMED: Final = 6  # as many as an event's reason has room for


class OpenedAlready(RuleBroken):
    """What was put into the bag has been taken out of it."""

    code = "bag.opened_already"


@dataclass(frozen=True, kw_only=True)
class BagLine:
    """A bag of this office's list, and how many items lie in it still."""

    standing: Standing
    inside: int
    astray: int  # was put into it, and does not go along


@dataclass(frozen=True, kw_only=True)
class BagView:
    """A bag, its manifest and where each item of it stands now."""

    standing: Standing
    manifest: tuple[Line, ...]  # everything that was put into it
    inside: frozenset[ItemId]  # what goes where it goes and has not been taken out
    is_opened: bool
    origin: UnitCode
    closed_at: datetime
    packer: StaffId
    run: str  # with which it left its office; "" while it has not
    names: Names


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What came of opening a bag."""

    bag: ItemId
    came_out: tuple[ItemId, ...]
    missing: tuple[ItemId, ...]  # on the manifest, not in the bag: reported lost
    astray: tuple[ItemId, ...]  # held elsewhere before the bag was opened: a case of the bag
    unlisted: tuple[ItemId, ...]  # in the bag, not on the manifest: nothing is told of them yet
    seal_differs: bool


def of_unit(session: Session, *, by: Actor) -> list[BagLine]:
    """The closed bags that lie at the actor's unit, or are offered to it: as many as there are."""
    bags: list[Standing] = []
    page = holdings.bags_of_unit(session, by.unit, by.staff, LYING)
    while page:
        bags += page
        page = holdings.bags_of_unit(session, by.unit, by.staff, LYING, page[-1].item)
    return [_line(session, standing) for standing in bags if not standing.ended]


def destinations(session: Session, day: date, *, by: Actor) -> dict[UnitCode, str]:
    """The post offices a bag may go to, by name: all that stand on that day but the actor's own."""
    found = overview.units_of_kind(session, [places.POST_OFFICE], day=day)
    return {code: name for code, name in found.items() if code != by.unit}


def view(session: Session, bag: ItemId, *, by: Actor) -> BagView:
    """A bag as its page shows it. Raises UnknownItem, or NotABag for an item that is none."""
    standing = sight.item(session, bag, by=by)
    if not standing.is_bag:
        raise transport.NotABag(item=bag)
    listed = _listed(session, bag)
    found = holdings.standings(session, listed)
    manifest = overview.lines(session, [found[item] for item in listed if item in found])
    row = session.get_one(ItemRow, bag)
    moments = timelines.of_item(session, bag)
    closed = next(each for each in reversed(moments) if isinstance(each.act, Pack))
    return BagView(
        standing=standing,
        manifest=manifest,
        inside=frozenset(each.item for each in closed_bags.inside(session, standing)),
        is_opened=standing.state is State.OPENED,
        origin=UnitCode(row.origin_unit),
        closed_at=closed.happened_at,
        packer=closed.by.staff,
        # A hand-over or the opening ends a bag's being on a run; its papers still name it.
        run=next((each.act.run for each in reversed(moments) if isinstance(each.act, Depart)), ""),
        names=overview.names(
            session,
            moments,
            [standing, *(line.standing for line in manifest)],
            units=[UnitCode(row.origin_unit)],
        ),
    )


def open_bag(
    session: Session,
    keys: OfficeKeys,
    bag: ItemId,
    found: Collection[ItemId],
    *,
    seal: str,
    by: Actor,
    at: datetime,
) -> Opened:
    """Empty a bag at the office that holds it, and compare it with its manifest.

    `found` is what lay in it, `seal` the serial that was on it. What is missing is reported lost by
    this office, which has signed for it. Another seal, or something that was handed on before the
    bag was opened, is an exception of the bag. The bag has ended then. Raises UnknownItem, NotABag,
    OpenedAlready, AlreadyOffered while it waits to be taken over, or NotTheHolder while it has not
    been handed over.
    """
    standing = items.standing(session, bag)
    if not standing.is_bag:
        raise transport.NotABag(item=bag)
    if standing.state is State.OPENED:
        raise OpenedAlready(item=bag)
    inside = [each.item for each in closed_bags.inside(session, standing)]
    lay = set(found)
    astray = tuple(i for i in _listed(session, bag) if i not in inside and i not in lay)
    # Decided together before anything is told: nobody opens a bag that he does not hold.
    told = [
        Told(item=each.item, parent=each.custody, act=rules.arrive(each, by=by))
        for each in [standing, *items.standings(session, [i for i in inside if i in lay])]
    ]
    differs = seal != standing.seal
    faults = [f"Niêm phong trên túi là {seal}, sổ ghi {standing.seal}."] if differs else []
    if astray:
        more = f" và {len(astray) - NAMED} bưu gửi nữa" if len(astray) > NAMED else ""
        faults.append(f"Rời túi trước khi mở: {', '.join(astray[:NAMED])}{more}.")
    if faults:
        why = " ".join(faults)[:LONGEST_WHY]
        exceptions.report_damage(
            session, keys, bag, condition=Condition.SEAL_BROKEN, why=why, by=by, at=at
        )
    tell(session, keys, told, by=by, at=at)
    missing = tuple(item for item in inside if item not in lay)
    for item in missing:
        why = f"Không có trong túi {bag} khi mở."
        exceptions.report_lost(session, keys, item, why=why, by=by, at=at)
    return Opened(
        bag=bag,
        came_out=tuple(item for item in inside if item in lay),
        missing=missing,
        astray=astray,
        unlisted=tuple(sorted(lay - set(inside))),
        seal_differs=differs,
    )


def with_contents(session: Session, chosen: Collection[ItemId]) -> list[ItemId]:
    """The same items, and after each bag what lies in it: a bag is never handed over without."""
    moved: list[ItemId] = []
    for item in chosen:
        moved.append(item)
        found = holdings.standings(session, [item]).get(item)
        if found is not None and found.is_bag:
            moved += [each.item for each in closed_bags.inside(session, found)]
    return list(dict.fromkeys(moved))


def refuse_unless_held(bag: BagView, *, by: Actor) -> None:
    """Raises NotTheHolder unless this office has taken the bag over."""
    rules.arrive(bag.standing, by=by)


def _line(session: Session, bag: Standing) -> BagLine:
    inside = {each.item for each in closed_bags.inside(session, bag)}
    astray = [item for item in _listed(session, bag.item) if item not in inside]
    return BagLine(standing=bag, inside=len(inside), astray=len(astray))


def _listed(session: Session, bag: ItemId) -> list[ItemId]:
    rows = session.scalars(
        select(BagContentRow.item).where(BagContentRow.bag == bag).order_by(BagContentRow.item)
    )
    return [ItemId(item) for item in rows]
