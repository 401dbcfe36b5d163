"""An empty envelope goes with the courier for the papers that he takes back at the door.

It has its number and label before he leaves, so that his phone can sign the exchange without a
network: what is not known to the office beforehand would be kept apart when it arrives.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Leg
from postal_service.domain.crockford import Token
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.services import dossiers, numbers
from postal_service.services.items import UnknownItem
from postal_service.storage.schema import ItemRow


class NothingToTakeBack(RuleBroken):
    """Nothing is taken back when this is delivered."""

    code = "delivery.nothing_to_take_back"


@dataclass(frozen=True, kw_only=True)
class ReturnEnvelope:
    """An envelope that is empty yet, with what its label says, and the papers it is for."""

    item: ItemId
    label: Token
    papers: tuple[str, ...]
    destination: UnitCode


def issue(
    session: Session, item: ItemId, *, service: str, by: Actor, at: datetime
) -> ReturnEnvelope:
    """Give out the envelope that belongs to a result. `service` is the S10 indicator.

    Raises RoleNeeded, UnknownItem, NothingToTakeBack or NumbersExhausted.
    """
    by.need(Role.POSTAL_CLERK, Role.MANAGER)
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
    )
    return ReturnEnvelope(
        item=number,
        label=label.token,
        papers=tuple(row.collect_back.split("\n")),
        destination=destination,
    )
