"""What went wrong with an item, and how two members of staff settle it."""

from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Act, Capacity, Condition, Counts
from postal_service.domain.custody import Standing
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.domain.refusals import RuleBroken
from postal_service.services import cases, dossiers, items
from postal_service.services.office_events import OfficeKeys, Told, tell


class NotFetchedInVain(RuleBroken):
    """Its dossier was not withdrawn, or the item has heard of it already."""

    code = "custody.not_fetched_in_vain"


def report_damage(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    condition: Condition,
    why: str,
    evidence: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
) -> EventId:
    """Torn, wet or with a broken seal: the item is frozen. Raises UnknownItem, NotTheHolder."""
    standing = items.standing(session, item)
    act = rules.report_damage(standing, by=by, condition=condition, why=why, evidence=evidence)
    return _tell(session, keys, standing, act, by=by, at=at)


def report_lost(
    session: Session, keys: OfficeKeys, item: ItemId, *, why: str, by: Actor, at: datetime
) -> EventId:
    """The holder cannot find it and still answers for it. Raises UnknownItem, NotTheHolder."""
    standing = items.standing(session, item)
    return _tell(session, keys, standing, rules.lose(standing, by=by, why=why), by=by, at=at)


def report_found(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    capacity: Capacity,
    condition: Condition,
    why: str,
    by: Actor,
    at: datetime,
) -> EventId:
    """A lost item turned up: the finder holds it now. Raises UnknownItem, NotLost, ItemEnded."""
    standing = items.standing(session, item)
    act = rules.find(standing, capacity=capacity, condition=condition, why=why)
    return _tell(session, keys, standing, act, by=by, at=at)


def postpone(
    session: Session, keys: OfficeKeys, item: ItemId, *, why: str, by: Actor, at: datetime
) -> EventId:
    """Flood, storm, a cut road. Raises UnknownItem, NotTheHolder."""
    standing = items.standing(session, item)
    return _tell(session, keys, standing, rules.postpone(standing, by=by, why=why), by=by, at=at)


def note_withdrawn(
    session: Session, keys: OfficeKeys, item: ItemId, *, by: Actor, at: datetime
) -> EventId:
    """What a courier fetched although its citizen had withdrawn goes back to him from here.

    Raises UnknownItem, NotFetchedInVain, NotTheHolder, or WithAgencyAlready until the agency's desk
    has handed it back to the post.
    """
    standing = items.standing(session, item)
    dossier = dossiers.of_items(session, [item]).get(item)
    if dossier is None or not cases.is_fetched_in_vain(
        standing, dossiers.load(session, dossier).administrative
    ):
        raise NotFetchedInVain(item=item)
    act = rules.cancel(standing, by=by, why="withdrawn")
    return _tell(session, keys, standing, act, by=by, at=at)


def settle(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    witness: StaffId,
    counts: Counts,
    why: str,
    by: Actor,
    at: datetime,
) -> EventId:
    """Close what froze an item: what both counted is what is in it from now on.

    Raises RoleNeeded, UnknownItem, NothingToClear or WitnessIsHimself.
    """
    by.need(Role.MANAGER, Role.AGENCY, Role.ADMINISTRATOR)
    standing = items.standing(session, item)
    act = rules.clear(standing, by=by, witness=witness, why=why, counts=counts)
    return _tell(session, keys, standing, act, by=by, at=at)


def _tell(
    session: Session, keys: OfficeKeys, standing: Standing, act: Act, *, by: Actor, at: datetime
) -> EventId:
    told = Told(item=standing.item, parent=standing.custody, act=act)
    return tell(session, keys, [told], by=by, at=at)[0].event
