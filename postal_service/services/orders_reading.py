"""The orders of a day of one post office: what is to be brought to homes and desks, and what is to be fetched.

Where a home lies is opened in memory and never written again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.attempts import DeliveryPolicy, NextStep, Step, next_step
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.custody import Standing, State
from postal_service.domain.deadlines import slack_working_days
from postal_service.domain.ids import DossierId, ItemId, StaffId, UnitCode
from postal_service.domain.persons import PersonRole
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings
from postal_service.services import calendars, carried, charges, delivery, persons
from postal_service.services.orders import (
    SAME_DAY_CUT,
    Kind,
    Order,
    Reference,
    Seconds,
    Spot,
    Thing,
    second_of,
    second_of_clock,
    spot_of,
)
from postal_service.services.persons import Home
from postal_service.services.places import Place, place_of
from postal_service.services.vault import Vault
from postal_service.storage.schema import (
    DossierRow,
    ItemRow,
    PaperRow,
    PickupRow,
    ProcedureRow,
    UnitRow,
)

# Assumptions of the office's planner (docs: service times), not law.
DOOR_SECONDS: Final = 5 * 60  # identity check and signature
DOOR_EXCHANGE_SECONDS: Final = 9 * 60  # ... and old papers taken back, or fees
PICKUP_SECONDS: Final = 10 * 60  # count, seal, sign
DESK_SECONDS: Final = 4 * 60
DESK_SECONDS_AN_ITEM: Final = 20
DESK_SETUP_SECONDS: Final = 3 * 60  # park, walk in
DESK_CLOSES: Final = time(16, 30)

# What leaving an order for another day costs, in seconds of travel, by the working days left to its date.
# The least is more than a shift: nothing is left out only because it is far.
PENALTY_SECONDS: Final = ((0, 160_000), (1, 100_000), (3, 70_000), (1_000_000, 45_000))
PROMISED_PENALTY_SECONDS: Final = 160_000  # a citizen waits at home, or a same-day procedure

_AGAIN: Final = frozenset({Step.DELIVER, Step.POSTPONE})
# No event says that an address was found or a record made: sending the item on says it.
_BY_A_PERSON: Final = frozenset({Step.VERIFY_ADDRESS, Step.FORWARD, Step.MAKE_RECORD})


def of_the_day(
    session: Session,
    vault: Vault,
    office: Place,
    day: date,
    *,
    policy: DeliveryPolicy,
    van_arrives: int | None = None,
) -> tuple[Order, ...]:
    """Everything that a courier of this office could do on this day, by key.

    With `van_arrives`, a second of the day that is still to come, also what travels here until then.
    Raises NoCalendar for a year whose days off nobody has entered.
    """
    look = _Look(session, vault, office, day, policy, van_arrives)
    found = [*look.to_homes(), *look.to_desks(), *look.from_desks(), *look.from_homes()]
    return tuple(sorted(found, key=lambda order: order.key))


def desks_of(session: Session, office: Place, day: date) -> dict[UnitCode, UnitRow]:
    """The one-stop desks in the commune that this office serves."""
    if office.serves is None:
        return {}
    commune = session.get(UnitRow, office.serves)
    if commune is None:
        return {}
    rows = session.scalars(
        select(UnitRow).where(
            UnitRow.kind == "desk",
            UnitRow.path.startswith(commune.path, autoescape=True),
            UnitRow.valid_from <= day,
        )
    )
    return {UnitCode(row.code): row for row in rows if row.valid_to is None or day <= row.valid_to}


class _Look:
    """One reading of the store for one office and day."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        office: Place,
        day: date,
        policy: DeliveryPolicy,
        van_arrives: int | None,
    ) -> None:
        self.session, self.vault, self.office, self.day = session, vault, office, day
        self.policy = policy
        self.van_arrives = van_arrives or 0
        self.calendar = calendars.of_unit(session, office)
        self.desks = desks_of(session, office, day)
        self.carried = carried.carried(session, office.code)
        self.arriving = [] if van_arrives is None else carried.arriving(session, office.code)
        known = [*(standing for standing, _ in self.carried), *self.arriving]
        self.papers = {standing.item: standing.counts.total for standing in known}
        items = [standing.item for standing in known]
        rows = session.scalars(select(ItemRow).where(ItemRow.item.in_(items)))
        self.items = {row.item: row for row in rows}
        tried = [standing.item for standing in known if standing.tried]
        self.histories = delivery.histories(session, tried)
        self.following: dict[ItemId, NextStep] = {}  # of what was tried

    def to_homes(self) -> list[Order]:
        calls: dict[tuple[DossierId, StaffId], list[ItemId]] = defaultdict(list)
        coming = {standing.item for standing in self.arriving}
        to_carry = [*self.carried, *((standing, StaffId("")) for standing in self.arriving)]
        for standing, bound in to_carry:
            row = self.items.get(standing.item)
            if row is not None and row.dossier and self._goes_home(standing):
                calls[DossierId(row.dossier), bound].append(standing.item)
        homes = self._homes([dossier for dossier, _ in calls], PersonRole.RECEIVER)
        known = _dossiers(self.session, [dossier for dossier, _ in calls])
        owed = charges.due_dong(self.session, known)
        orders = []
        for (dossier, bound), items in calls.items():
            facts = known[dossier]
            longer = dossier in owed or any(self.items[item].collect_back for item in items)
            is_promised = any(self._is_promised(item) for item in items)
            slack = self._slack(facts.due_at)
            if is_promised:
                slack = min(slack or 0, 0)
            order = Order(
                kind=Kind.DELIVER,
                unit=None,
                dossier=dossier,
                references=_items(items),
                spot=homes.get(dossier),
                service_seconds=DOOR_EXCHANGE_SECONDS if longer else DOOR_SECONDS,
                penalty_seconds=PROMISED_PENALTY_SECONDS if is_promised else _penalty(slack),
                slack_days=slack,
                bound_to=bound,
                papers=sum(self.papers[item] for item in items),
                cash_dong=owed.get(dossier, 0),
                # One visit, not two: what lies here already waits for what comes.
                there_from=0 if coming.isdisjoint(items) else self.van_arrives,
            )
            orders.append(order)
        return orders

    def to_desks(self) -> list[Order]:
        calls: dict[tuple[UnitCode, StaffId], list[ItemId]] = defaultdict(list)
        for standing, bound in self.carried:
            desk = self._desk_of(standing)
            # What was collected at a home goes to the counter first, unless it is due today.
            if desk is not None and (
                not carried.is_from_a_door(standing) or self._is_same_day(standing.item)
            ):
                calls[desk, bound].append(standing.item)
        return [
            self._at_desk(Kind.DELIVER, desk, items, bound)
            for (desk, bound), items in calls.items()
        ]

    def from_desks(self) -> list[Order]:
        calls: dict[UnitCode, list[ItemId]] = defaultdict(list)
        after = ""
        while page := holdings.offered_to(self.session, self.office.code, after=after):
            for standing in page:
                holder = standing.holder
                if holder and holder.capacity is Capacity.DESK and not standing.frozen:
                    calls[holder.unit].append(standing.item)
                    self.papers[standing.item] = standing.counts.total
            after = page[-1].item
        rows = self.session.scalars(
            select(ItemRow).where(
                ItemRow.item.in_([item for each in calls.values() for item in each])
            )
        )
        self.items.update({row.item: row for row in rows})
        return [
            self._at_desk(Kind.COLLECT, desk, items, StaffId("")) for desk, items in calls.items()
        ]

    def from_homes(self) -> list[Order]:
        rows = self.session.scalars(
            select(PickupRow).filter_by(office=self.office.code, day=self.day, state="registered")
        ).all()
        asked = [DossierId(row.dossier) for row in rows]
        homes = self._homes(asked, PersonRole.SUBMITTER)
        owed, papers = charges.due_dong(self.session, asked), _papers(self.session, asked)
        orders = [
            Order(
                kind=Kind.COLLECT,
                unit=None,
                dossier=DossierId(row.dossier),
                references=(Reference(reference=row.dossier, kind=Thing.PICKUP),),
                spot=homes.get(DossierId(row.dossier)),
                service_seconds=PICKUP_SECONDS,
                windows=((second_of(row.opens_at), second_of(row.closes_at)),),
                penalty_seconds=PROMISED_PENALTY_SECONDS,
                slack_days=0,
                papers=papers.get(row.dossier, 0),
                cash_dong=owed.get(DossierId(row.dossier), 0),
            )
            for row in rows
        ]
        return [*orders, *self._to_bring(orders)]

    def _to_bring(self, collected: Sequence[Order]) -> list[Order]:
        """The way on to the desk of what is due there today, as far as the desk is open after it."""
        known = _dossiers(self.session, [order.dossier for order in collected if order.dossier])
        same_day = _same_day(self.session, known.values())
        rows = self.session.scalars(
            select(ItemRow).where(ItemRow.dossier.in_(same_day), ItemRow.leg == Leg.IN.value)
        )
        items = {row.dossier: row for row in rows}
        orders = []
        for order in collected:
            item = items.get(order.dossier)
            desk = self.desks.get(UnitCode(item.destination_unit)) if item is not None else None
            if item is None or desk is None:
                continue
            service = DESK_SECONDS + DESK_SECONDS_AN_ITEM
            windows = self._desk_windows(desk, service, cut=True)
            spot = spot_of(desk, area=self.office.serves or desk.code)
            ready = order.windows[0][0] + order.service_seconds
            if spot is None or not windows or windows[-1][1] < ready:
                continue
            orders.append(
                Order(
                    kind=Kind.BRING,
                    unit=UnitCode(desk.code),
                    dossier=order.dossier,
                    references=_items([ItemId(item.item)]),
                    spot=spot,
                    service_seconds=service,
                    setup_seconds=DESK_SETUP_SECONDS,
                    windows=windows,
                    penalty_seconds=0,  # the collecting has it: they are one decision
                    slack_days=0,
                )
            )
        return orders

    def _is_same_day(self, item: ItemId) -> bool:
        dossier = self._dossier(item)
        if dossier is None:
            return False
        known = _dossiers(self.session, [dossier])
        return bool(_same_day(self.session, known.values()))

    def _goes_home(self, standing: Standing) -> bool:
        ours = standing.destination == self.office.code
        outward = standing.leg is Leg.OUT and not standing.returning
        return outward and ours and (not standing.tried or self._is_tried_again(standing))

    def _is_tried_again(self, standing: Standing) -> bool:
        history = self.histories[standing.item]
        following = next_step(history, policy=self.policy, on=self.calendar, today=self.day)
        self.following[standing.item] = following
        if following.step in _BY_A_PERSON:
            return standing.state is not State.UNDELIVERED
        return following.step in _AGAIN and following.not_before <= self.day

    def _is_promised(self, item: ItemId) -> bool:
        """Whether the receiver named this day, or one that was missed."""
        following = self.following.get(item)
        return following is not None and following.is_agreed

    def _desk_of(self, standing: Standing) -> UnitCode | None:
        if standing.leg is not Leg.OUT:
            return standing.destination if standing.destination in self.desks else None
        row = self.items.get(standing.item)
        origin = UnitCode(row.origin_unit) if row is not None else UnitCode("")
        return origin if standing.returning and origin in self.desks else None

    def _at_desk(
        self, kind: Kind, desk: UnitCode, items: Sequence[ItemId], bound: StaffId
    ) -> Order:
        row = self.desks.get(desk) or self.session.get_one(UnitRow, desk)
        dossiers = _dossiers(self.session, [d for i in items if (d := self._dossier(i))])
        slacks = [s for each in dossiers.values() if (s := self._slack(each.due_at)) is not None]
        slack = min(slacks, default=None)
        service = DESK_SECONDS + DESK_SECONDS_AN_ITEM * len(items)
        same_day = kind is Kind.DELIVER and bool(_same_day(self.session, dossiers.values()))
        return Order(
            kind=kind,
            unit=desk,
            dossier=None,
            references=_items(items),
            spot=spot_of(row, area=self.office.serves or row.code),
            service_seconds=service,
            setup_seconds=DESK_SETUP_SECONDS,
            windows=self._desk_windows(row, service, cut=same_day),
            penalty_seconds=PROMISED_PENALTY_SECONDS if same_day else _penalty(slack),
            slack_days=0 if same_day else slack,
            bound_to=bound,
            papers=sum(self.papers[item] for item in items),
        )

    def _slack(self, due_at: datetime | None) -> int | None:
        if due_at is None:
            return None
        try:
            return slack_working_days(due_at, day=self.day, on=self.calendar)
        except NoCalendar:
            # Of a year that nobody has entered, or of one long past: then every day counts.
            return (local(due_at).date() - self.day).days

    def _desk_windows(self, desk: UnitRow, service: int, *, cut: bool) -> tuple[Seconds, ...]:
        """When a hand-over may begin so that it ends before the desk closes, or by the same-day cut."""
        calendar = calendars.of_unit(self.session, place_of(desk))
        closes = min(DESK_CLOSES, SAME_DAY_CUT) if cut else DESK_CLOSES
        spans = []
        for session in calendar.work_sessions(self.day):
            last = min(second_of_clock(session.closes), second_of_clock(closes)) - service
            if second_of_clock(session.opens) <= last:
                spans.append((second_of_clock(session.opens), last))
        return tuple(spans)

    def _dossier(self, item: ItemId) -> DossierId | None:
        row = self.items.get(item)
        return DossierId(row.dossier) if row is not None and row.dossier else None

    def _homes(self, asked: Sequence[DossierId], role: PersonRole) -> dict[DossierId, Spot]:
        """Where these people live; the middle of the commune where nobody entered a point."""
        found = persons.homes(self.session, self.vault, asked, role)
        codes = {home.unit for home in found.values()}
        rows = self.session.scalars(select(UnitRow).where(UnitRow.code.in_(codes)))
        units = {row.code: row for row in rows}
        spots = {dossier: _home_spot(home, units.get(home.unit)) for dossier, home in found.items()}
        return {dossier: spot for dossier, spot in spots.items() if spot is not None}


def _home_spot(home: Home, unit: UnitRow | None) -> Spot | None:
    terrain = unit.terrain if unit else "delta"
    if home.lat is not None and home.lon is not None:
        return Spot(lat=home.lat, lon=home.lon, terrain=terrain, area=home.unit)
    middle = spot_of(unit, area=unit.code) if unit else None
    if middle is None:
        return None
    return Spot(lat=middle.lat, lon=middle.lon, terrain=terrain, area=home.unit, exact=False)


def _items(items: Sequence[ItemId]) -> tuple[Reference, ...]:
    return tuple(Reference(reference=item, kind=Thing.ITEM) for item in sorted(items))


def _dossiers(session: Session, asked: Sequence[DossierId]) -> Mapping[DossierId, DossierRow]:
    rows = session.scalars(select(DossierRow).where(DossierRow.id.in_(set(asked))))
    return {DossierId(row.id): row for row in rows}


def _papers(session: Session, asked: Sequence[DossierId]) -> Mapping[str, int]:
    """How many papers these dossiers list."""
    count = func.sum(PaperRow.originals + PaperRow.certified + PaperRow.photocopies)
    rows = session.execute(
        select(PaperRow.dossier, count)
        .where(PaperRow.dossier.in_(asked))
        .group_by(PaperRow.dossier)
    )
    return {dossier: int(papers) for dossier, papers in rows}


def _same_day(session: Session, dossiers: Iterable[DossierRow]) -> set[DossierId]:
    """Those of these dossiers that are due on the day they are handed in."""
    procedure_of = {DossierId(row.id): row.procedure for row in dossiers}
    asked = select(ProcedureRow.id).where(
        ProcedureRow.id.in_(set(procedure_of.values())), ProcedureRow.processing_unit == "same_day"
    )
    quick = set(session.scalars(asked)) if procedure_of else set()
    return {dossier for dossier, procedure in procedure_of.items() if procedure in quick}


def _penalty(slack_days: int | None) -> int:
    if slack_days is None:
        return PENALTY_SECONDS[-1][1]
    return next(cost for most, cost in PENALTY_SECONDS if slack_days <= most)
