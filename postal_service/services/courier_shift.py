"""What a courier's phone holds for the shift, so that it can work without a network.

The phone can check a label's token and a citizen's delivery code against it, verify a colleague's
offer, and see who holds what. It tells no more than this courier needs for his rounds of the day.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from itertools import islice

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.attempts import STANDARD, DeliveryPolicy, days_to_agree
from postal_service.domain.custody import Standing
from postal_service.domain.ids import DeviceId, DossierId, ItemId, StaffId, UnitCode
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import base64_strict, reading
from postal_service.ledger.reading import PHONE
from postal_service.projections import holdings
from postal_service.services import (
    calendars,
    charges,
    collecting,
    cursors,
    day_version,
    places,
    plans,
    return_envelopes,
)
from postal_service.services.charges import Account
from postal_service.services.collecting import ToCollect
from postal_service.services.devices import ACTIVE, is_couriers
from postal_service.services.return_envelopes import TakenBack
from postal_service.services.rounds_reading import Round, with_stops
from postal_service.services.vault import Vault
from postal_service.storage.schema import (
    DeviceRow,
    ItemRow,
    RoundRow,
    StaffRow,
    StopItemRow,
)

GOOD_FOR_SECONDS = 12 * 3600  # without a word from us: a shift, and not the next one
MOST_PHONES = 500
MOST_HELD = 2_000  # items; nobody carries more
NOTHING_BACK = TakenBack(papers=(), envelope=ItemId(""))


@dataclass(frozen=True, kw_only=True)
class OfferSigned:
    """The giver's half of an open offer: what the phone countersigns when it takes the item."""

    giver: DeviceId
    digest: str  # SHA-256 of the offer's signed bytes
    signature: str  # base64


@dataclass(frozen=True, kw_only=True)
class Package:
    """An item as the phone needs it: without a standing nobody has accepted it yet.

    `expected` is what the acceptance at the door will say of an item that is to be collected.
    """

    item: ItemId
    leg: str
    token: str  # SHA-256 of the label's token, first 16 bytes, hex
    standing: Standing | None
    expected: ToCollect | None
    offer: OfferSigned | None
    charges: tuple[Account, ...]  # what its dossier still owes, line by line
    destination: UnitCode  # as its number was given out
    collect_back: tuple[str, ...]  # the old papers that are taken back for it
    return_envelope: ItemId  # in which they go back; "" where none was given out
    goes_with: ItemId  # of such an envelope: the result at whose delivery it is filled


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """A phone whose offers this one may meet without a network."""

    device: DeviceId
    staff: StaffId
    name: str
    algorithm: str
    public_key: str  # base64


@dataclass(frozen=True, kw_only=True)
class Shift:
    """The day of one courier. `cursor` is where its changes begin.

    Whoever has heard nothing from us for `good_for_seconds` believes no colleague's key by it any
    more: one that was lost since would else be believed for ever.
    """

    day: date
    rounds: tuple[Round, ...]
    packages: tuple[Package, ...]
    colleagues: tuple[Colleague, ...]
    cursor: str
    days_to_agree: tuple[date, ...]  # those that a receiver who asks for another day may name
    good_for_seconds: int = GOOD_FOR_SECONDS


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What became of the shift's items since a cursor; `gone` are no longer this courier's."""

    packages: tuple[Package, ...]
    gone: tuple[ItemId, ...]
    rounds_changed: bool
    cursor: str
    has_more: bool


def today(
    session: Session,
    vault: Vault,
    *,
    policy: DeliveryPolicy = STANDARD,
    by: Actor,
    at: datetime,
) -> Shift:
    """The published rounds of this courier's day in Vietnam, with all he holds or is offered."""
    day = at.astimezone(VIETNAM).date()
    # Before everything else: what is recorded while we read is then told once more, not missed.
    size = reading.size(session)
    rows = _rounds(session, by.staff, day)
    carried = _carried(session, [row.id for row in rows], by)
    numbers = carried | _offered(session, by)
    back = return_envelopes.of(session, numbers)
    envelopes = _envelopes(back)
    version = day_version.of(session, rows, envelopes, carried, by=by)
    return Shift(
        day=day,
        rounds=with_stops(session, vault, rows),
        packages=_packages(session, numbers | envelopes, back),
        colleagues=_colleagues(session, by),
        cursor=cursors.Cursor(size, version).written,
        days_to_agree=_days_to_agree(session, by, day, policy),
    )


def changes(session: Session, since: str, *, by: Actor, at: datetime) -> Changes:
    """What changed since a cursor of `today` or of the last call; at most a page of events.

    Raises CursorMalformed, or CursorExpired when the phone must load everything anew.
    """
    cursor = cursors.read(since)
    size = reading.size(session)
    cursors.refuse_if_too_old(cursor, size)
    rows = _rounds(session, by.staff, at.astimezone(VIETNAM).date())
    page = list(islice(reading.everything(session, after=cursor.size), cursors.PAGE))
    touched = {each.event.item for each in page} - {""}
    carried = _carried(session, [row.id for row in rows], by)
    numbers = carried | _offered(session, by)
    back = return_envelopes.of(session, numbers)
    envelopes = _envelopes(back)
    mine = (numbers | envelopes) & touched
    version = day_version.of(session, rows, envelopes, carried, by=by)
    end = cursor.size + len(page)
    return Changes(
        packages=_packages(session, mine, back),
        gone=tuple(sorted(_left(session, page, mine, by))),
        rounds_changed=version != cursor.rounds,
        cursor=cursors.Cursor(end, version).written,
        has_more=end < size,
    )


def _left(
    session: Session, page: Sequence[reading.Recorded], mine: Collection[ItemId], by: Actor
) -> set[ItemId]:
    """Items that these events may have taken from this courier, `mine` apart; too many does no harm.

    An item that was never his business is none of them: its number is told to nobody else.
    """
    near = session.execute(
        select(DeviceRow.id, DeviceRow.staff).where(
            or_(DeviceRow.staff == by.staff, DeviceRow.unit == by.unit)
        )
    ).all()
    devices = {device for device, _ in near}
    his = {device for device, staff in near if staff == by.staff}
    told = [each.event for each in page if each.event.item and each.event.item not in mine]
    left = {each.item for each in told if cursors.ends(each, by.staff, his)}
    asked = [each for each in told if cursors.may_end(each, by.unit, devices)]
    before = reading.timelines_of(session, {each.item for each in asked} - left)
    return left | {
        later.item
        for later in asked
        if any(
            cursors.concerns(entry.event, later, by.staff, by.unit)
            for entry in before.get(later.item, ())
        )
    }


def _rounds(session: Session, courier: StaffId, day: date) -> Sequence[RoundRow]:
    return session.scalars(
        select(RoundRow)
        .where(RoundRow.courier == courier, RoundRow.day == day, RoundRow.state.in_(plans.SHOWN))
        .order_by(RoundRow.starts_at, RoundRow.id)
    ).all()


def _envelopes(back: Mapping[ItemId, TakenBack]) -> set[ItemId]:
    """The envelopes that go along for the papers that are taken back."""
    return {each.envelope for each in back.values() if each.envelope}


def _days_to_agree(
    session: Session, by: Actor, day: date, policy: DeliveryPolicy
) -> tuple[date, ...]:
    office = places.place(session, by.unit, day=day)
    calendar = calendars.of_unit(session, office)
    return days_to_agree(day, policy=policy, on=calendar)


def _carried(session: Session, rounds: Sequence[str], by: Actor) -> set[ItemId]:
    """Every item number of this courier's rounds, and of what he holds."""
    handed = session.scalars(select(StopItemRow).where(StopItemRow.round.in_(rounds))).all()
    numbers = {ItemId(each.reference) for each in handed if each.kind == "item"}
    pickups = {each.reference for each in handed if each.kind == "pickup"}
    if pickups:
        asked = select(ItemRow.item).where(ItemRow.dossier.in_(pickups))
        numbers |= {ItemId(item) for item in session.scalars(asked)}
    return numbers | _of_pages(partial(holdings.held_by_staff, session, by.staff))


def _offered(session: Session, by: Actor) -> set[ItemId]:
    """What waits for this courier, or for whoever of his unit comes first, to be taken."""
    return _of_pages(partial(holdings.offered_to, session, by.unit, by.staff))


def _of_pages(page_after: Callable[[str], list[Standing]]) -> set[ItemId]:
    """The items of a list that goes on by cursor, as many as a courier can have to do with."""
    numbers: set[ItemId] = set()
    after = ""
    while page := page_after(after):
        numbers |= {each.item for each in page}
        after = page[-1].item
        if len(page) < holdings.PAGE or len(numbers) > MOST_HELD:
            break
    return numbers


def _packages(
    session: Session, numbers: Collection[ItemId], back: Mapping[ItemId, TakenBack]
) -> tuple[Package, ...]:
    standings = holdings.standings(session, numbers)
    rows = session.scalars(
        select(ItemRow).where(ItemRow.item.in_(numbers)).order_by(ItemRow.item)
    ).all()
    awaited = {DossierId(row.dossier) for row in rows if row.dossier and row.item not in standings}
    expected = {each.item: each for each in collecting.expected(session, awaited).values()}
    offers = _offers(session, standings.values())
    owed = charges.owed(session, {DossierId(row.dossier) for row in rows if row.dossier})
    return tuple(
        Package(
            item=ItemId(row.item),
            leg=row.leg,
            token=row.token_hash.hex(),
            standing=standings.get(ItemId(row.item)),
            expected=expected.get(ItemId(row.item)),
            offer=offers.get(ItemId(row.item)),
            charges=owed.get(DossierId(row.dossier or ""), ()),
            destination=UnitCode(row.destination_unit),
            collect_back=back.get(ItemId(row.item), NOTHING_BACK).papers,
            return_envelope=back.get(ItemId(row.item), NOTHING_BACK).envelope,
            goes_with=ItemId(row.goes_with or ""),
        )
        for row in rows
    )


def _offers(session: Session, standings: Iterable[Standing]) -> dict[ItemId, OfferSigned]:
    open_offers = [each.offered.event for each in standings if each.offered is not None]
    return {
        entry.event.item: OfferSigned(
            giver=entry.event.device,
            digest=sha256(entry.body).hexdigest(),
            signature=base64_strict.write(entry.signature),
        )
        for entry in reading.entries(session, open_offers).values()
    }


def _colleagues(session: Session, by: Actor) -> tuple[Colleague, ...]:
    rows = session.execute(
        select(DeviceRow, StaffRow.name)
        .join(StaffRow, StaffRow.id == DeviceRow.staff)
        .where(
            DeviceRow.unit == by.unit,
            DeviceRow.kind == PHONE,
            DeviceRow.status == ACTIVE,
            is_couriers(),  # what somebody dismissed offers is not taken
        )
        .order_by(DeviceRow.id)
        .limit(MOST_PHONES)
    )
    return tuple(
        Colleague(
            device=DeviceId(row.id),
            staff=StaffId(row.staff),
            name=name,
            algorithm=row.algorithm,
            public_key=base64_strict.write(row.public_key),
        )
        for row, name in rows
    )
