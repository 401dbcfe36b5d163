"""What came to the wrong unit is sent on from the counter at which it lies: to another office's round, or another desk.

Custody does not move by it, and no state is lost: the item stays with its holder, bound for another
place, and shows as redirected (X4) until it has come there (docs/adr/0018). A dossier that no agency has received yet is
from then on to be received at the desk it goes to; who decides on it stays as it was registered.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Leg
from postal_service.domain.administrative import read_reason
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import EventId, ItemId, UnitCode
from postal_service.domain.persons import PersonRole
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import local
from postal_service.services import dossiers, items, persons, places, sight
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.services.places import NoOfficeServes, Place
from postal_service.services.vault import Vault

LONGEST_WHY: Final = 200  # as much as an event takes
FORWARDING: Final = (Role.POSTAL_CLERK, Role.MANAGER, Role.DESK_CLERK)


class NotWhereThisGoes(RuleBroken):
    """A result goes to the post office that delivers it, everything else to a one-stop desk."""

    code = "custody.not_where_this_goes"


def kind_of_destination(leg: Leg) -> str:
    """Of which kind the unit is to which an item of this leg goes."""
    return places.POST_OFFICE if leg is Leg.OUT else places.DESK


def forward(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    to: UnitCode,
    why: str,
    by: Actor,
    at: datetime,
) -> EventId:
    """Send on what lies at the actor's counter or in his hands.

    Raises UnknownItem, RoleNeeded, ReasonNeeded, ReasonTellsNumbers, UnknownUnit, NotWhereThisGoes,
    WithAgencyAlready of a dossier that was legally received, NotTheHolder, ItemEnded, ItemFrozen,
    InClosedBag, NotSealed, AlreadyOffered, NotToForward or BoundThereAlready; then nothing is recorded.
    """
    sight.item(session, item, by=by)
    by.need(*FORWARDING)
    reason = read_reason(why, most=LONGEST_WHY)
    standing = items.standing(session, item)
    unit = places.place(session, to, day=local(at).date())
    if unit.kind != kind_of_destination(standing.leg):
        raise NotWhereThisGoes(item=item, unit=unit.name)
    act = rules.forward(standing, by=by, destination=unit.code, why=reason)
    if standing.leg is Leg.IN:
        _to_be_received_at(session, item, unit.code, is_there=standing.state is State.WITH_AGENCY)
    (told,) = tell(session, keys, [Told(item=item, parent=standing.custody, act=act)], by=by, at=at)
    return told.event


def elsewhere(
    session: Session, vault: Vault, standings: Iterable[Standing], *, day: date
) -> dict[ItemId, Place]:
    """Of these results those whose receiver lives where another office delivers, and that office.

    What goes back, and whose commune no office serves, is left out. Nobody learns who lives where.
    """
    bound = {
        each.item: each.destination
        for each in standings
        if each.leg is Leg.OUT and not each.returning and not each.ended
    }
    of = dossiers.of_items(session, bound)
    homes = persons.homes(session, vault, of.values(), PersonRole.RECEIVER)
    offices = {
        commune: office
        for commune in {home.unit for home in homes.values()}
        if (office := _office_of(session, commune, day)) is not None
    }
    found = {
        item: offices.get(homes[dossier].unit) for item, dossier in of.items() if dossier in homes
    }
    return {
        item: office
        for item, office in found.items()
        if office is not None and office.code != bound[item]
    }


def _office_of(session: Session, commune: UnitCode, day: date) -> Place | None:
    try:
        return places.office_serving(session, commune, day=day)
    except NoOfficeServes:
        return None


def _to_be_received_at(session: Session, item: ItemId, desk: UnitCode, *, is_there: bool) -> None:
    """`is_there`: it lies at a desk already, which may give it away until it has received it."""
    dossier = dossiers.of_items(session, [item]).get(item)
    if dossier is None:
        return
    row = dossiers.row_of(session, dossier)
    if Administrative(row.administrative) is Administrative.POSTED:
        row.received_unit = desk
        session.flush()
    elif is_there:
        raise rules.WithAgencyAlready(item=item)
