"""An empty envelope goes with the courier for the papers that he takes back at the door.

It has its number and label before he leaves, so that his phone can sign the exchange without a
network: what is not known to the office beforehand would be kept apart when it arrives. It belongs
to its result until it is filled; nobody has custody of an empty envelope.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Leg
from postal_service.domain.crockford import Token
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings
from postal_service.services import dossiers, numbers
from postal_service.services.items import UnknownItem
from postal_service.storage.schema import ItemRow

ISSUING = (Role.POSTAL_CLERK, Role.MANAGER)


class NothingToTakeBack(RuleBroken):
    """Nothing is taken back when this is delivered."""

    code = "delivery.nothing_to_take_back"


@dataclass(frozen=True, kw_only=True)
class ReturnEnvelope:
    """An envelope that is empty yet, with what its label says, and the papers it is for."""

    item: ItemId
    result: ItemId
    label: Token
    papers: tuple[str, ...]
    destination: UnitCode


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """What is taken back when a result is delivered, and the envelope for it; "" before there is one."""

    papers: tuple[str, ...]
    envelope: ItemId


def issue(
    session: Session, item: ItemId, *, service: str, by: Actor, at: datetime
) -> ReturnEnvelope:
    """Give out the envelope that belongs to a result. `service` is the S10 indicator.

    A second one takes the place of the first, whose label was lost. Raises RoleNeeded, UnknownItem,
    NothingToTakeBack or NumbersExhausted.
    """
    by.need(*ISSUING)
    row = session.get(ItemRow, item)
    dossier = dossiers.of_items(session, [item]).get(item)
    if row is None or dossier is None:
        raise UnknownItem(item=item)
    if not row.collect_back:
        raise NothingToTakeBack(item=item)
    number, label = numbers.item_number(session, service), numbers.label()
    destination = UnitCode(row.origin_unit)
    dossiers.give_item(
        session,
        number,
        Leg.RET,
        dossier,
        origin=by.unit,
        destination=destination,
        token_hash=label.digest,
        made_by=by.staff,
        day=local(at).date(),
        goes_with=item,
    )
    return ReturnEnvelope(
        item=number,
        result=item,
        label=label.token,
        papers=dossiers.item_of(row).collect_back,
        destination=destination,
    )


def issue_missing(
    session: Session, results: Iterable[ItemId], *, service: str, by: Actor, at: datetime
) -> tuple[ReturnEnvelope, ...]:
    """Give out the envelopes of those that need one and have no empty one yet.

    Raises RoleNeeded or NumbersExhausted.
    """
    return tuple(
        issue(session, item, service=service, by=by, at=at)
        for item in sorted(of(session, list(results)))
        if not empty(session, item)
    )


def empty(session: Session, result: ItemId) -> ItemId:
    """The envelope that goes with a result and is not filled; "" where there is none."""
    back = of(session, [result]).get(result)
    if back is None or back.envelope in holdings.standings(session, [back.envelope]):
        return ItemId("")
    return back.envelope


def of(session: Session, results: Collection[ItemId]) -> dict[ItemId, TakenBack]:
    """What is taken back for each of these results; those without anything are left out."""
    asked = select(ItemRow).where(ItemRow.item.in_(results), ItemRow.collect_back.is_not(None))
    rows = session.scalars(asked).all()
    given_out = session.execute(
        select(ItemRow.goes_with, ItemRow.item)
        .where(ItemRow.goes_with.in_([row.item for row in rows]))
        .order_by(ItemRow.issued_on, ItemRow.item)
    )
    # The newest stays: a later one takes the place of one whose label was lost.
    envelopes = {row.goes_with: row.item for row in given_out}
    return {
        ItemId(row.item): TakenBack(
            papers=dossiers.item_of(row).collect_back,
            envelope=ItemId(envelopes.get(row.item, "")),
        )
        for row in rows
    }
