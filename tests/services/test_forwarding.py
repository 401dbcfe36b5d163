"""What came to the wrong unit is sent on: bound elsewhere, held by the same, and begun anew where it belongs."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.acts import Capacity, Condition, ReservedFor
from postal_service.domain.administrative import ReasonNeeded, ReasonTellsNumbers
from postal_service.domain.attempts import STANDARD, Step
from postal_service.domain.custody import State, Trouble
from postal_service.domain.custody_rules import (
    AlreadyOffered,
    BoundThereAlready,
    ItemEnded,
    ItemFrozen,
    NotSealed,
    NotTheHolder,
    NotToForward,
    WithAgencyAlready,
)
from postal_service.domain.ids import DossierId, EventId, ItemId, UnitCode
from postal_service.domain.persons import PersonRole, read_address, read_person
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative
from postal_service.domain.units import UnknownUnit
from postal_service.projections import comparing
from postal_service.services import (
    administrative,
    calendars,
    delivery,
    dossiers,
    exceptions,
    forwarding,
    handovers,
    persons,
    places,
    workdays,
)
from postal_service.services.forwarding import NotWhereThisGoes
from postal_service.services.handovers import Reservation
from postal_service.services.items import UnknownItem
from postal_service.storage.schema import DossierKeyRow, ItemRow
from tests.services import journeys
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.in_hand import accepted, events, passed, standing
from tests.services.world import World

WHY = "gửi nhầm tuyến"
AT = w.MORNING + timedelta(hours=1)


@pytest.fixture
def item(session: Session, world: World) -> ItemId:
    """A result at the counter of OFFICE."""
    (made,) = d.results_at_office(session, world, d.homes(1))
    return made


@pytest.fixture
def posted(session: Session, world: World) -> ItemId:
    """A sealed dossier at the counter of OFFICE, bound for DESK."""
    return d.dossier_at_counter(session, world)


def forward(
    session: Session,
    world: World,
    item: ItemId,
    to: UnitCode = w.FAR_OFFICE,
    *,
    why: str = WHY,
    by: Actor | None = None,
) -> EventId:
    return forwarding.forward(
        session, world.keys, item, to=to, why=why, by=by or world.counter, at=AT
    )


def dossier_of(session: Session, item: ItemId) -> DossierId:
    return dossiers.of_items(session, [item])[item]


def planned(session: Session, world: World, office: UnitCode) -> set[str]:
    place = places.place(session, office, day=d.DAY)
    read = workdays.read(session, world.vault, place, d.DAY, at=d.EARLY)
    return {each.reference for order in read.orders for each in order.references}


def test_it_stays_with_its_holder_bound_elsewhere_and_the_ledger_alone_tells_so(
    session: Session, world: World, item: ItemId
) -> None:
    before = standing(session, item)

    forward(session, world, item)

    after = standing(session, item)
    assert (after.holder, after.custody, after.seal) == (
        before.holder, before.custody, before.seal,
    )  # fmt: skip
    assert (after.destination, after.state) == (w.FAR_OFFICE, State.AT_ORIGIN_OFFICE)
    assert after.troubles == {Trouble.REDIRECTED}
    assert not after.frozen
    assert list(comparing.differing(session)) == []
    projections.rebuild(session)
    assert standing(session, item) == after


def test_where_it_belongs_it_has_arrived_and_is_delivered_as_if_never_tried(
    session: Session, world: World, item: ItemId
) -> None:
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER, at=AT)
    delivery.attempt(session, world.keys, item, reason="R04", by=world.courier, at=AT)
    passed(session, world, [item], world.courier, world.counter, Capacity.COUNTER, at=AT)
    calendar = calendars.common(session, calendars.POST)

    def step() -> Step:
        return delivery.next_step(session, item, policy=STANDARD, calendar=calendar, at=AT).step

    assert step() is Step.FORWARD
    forward(session, world, item)
    assert step() is Step.DELIVER
    assert item not in planned(session, world, w.OFFICE)

    passed(session, world, [item], world.counter, world.far_counter, Capacity.COUNTER, at=AT)

    found = standing(session, item)
    assert (found.troubles, found.attempts, found.tried) == (frozenset(), 0, False)
    assert item in planned(session, world, w.FAR_OFFICE)


def test_on_its_way_through_a_third_hand_it_is_still_redirected(
    session: Session, world: World, item: ItemId
) -> None:
    forward(session, world, item)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER, at=AT)
    assert standing(session, item).troubles == {Trouble.REDIRECTED}


def test_a_dossier_the_desk_did_not_take_is_received_at_the_other_desk(
    session: Session, world: World, posted: ItemId
) -> None:
    # Given a desk that refuses a dossier which is not its own,
    passed(session, world, [posted], world.counter, world.courier, Capacity.COURIER, at=AT)
    offered = handovers.offer(
        session, world.keys, [posted], to_unit=w.DESK, by=world.courier, at=AT
    )
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.DESK,
        reserved={posted: Reservation(reserved_for=ReservedFor.NOT_OURS)}, by=world.desk_clerk,
        at=AT,
    )  # fmt: skip
    passed(session, world, [posted], world.courier, world.counter, Capacity.COUNTER, at=AT)

    # When the counter sends it on,
    forward(session, world, posted, w.FAR_DESK)
    passed(session, world, [posted], world.counter, world.far_courier, Capacity.COURIER, at=AT)
    passed(session, world, [posted], world.far_courier, world.far_desk_clerk, Capacity.DESK, at=AT)

    # Then the other desk has it and receives it; who decides is as it was registered.
    found = standing(session, posted)
    assert (found.state, found.troubles) == (State.WITH_AGENCY, frozenset())
    dossier = dossier_of(session, posted)
    administrative.receive(session, dossier, by=world.far_desk_clerk, at=AT + timedelta(minutes=5))
    read = dossiers.load(session, dossier)
    assert (read.administrative, read.received_unit, read.competent_unit) == (
        Administrative.RECEIVED, w.FAR_DESK, w.AGENCY,
    )  # fmt: skip


def test_a_desk_gives_away_what_it_took_until_it_has_received_it(
    session: Session, world: World, posted: ItemId
) -> None:
    passed(session, world, [posted], world.counter, world.courier, Capacity.COURIER, at=AT)
    passed(session, world, [posted], world.courier, world.desk_clerk, Capacity.DESK, at=AT)

    forward(session, world, posted, w.FAR_DESK, by=world.desk_clerk)

    found = standing(session, posted)
    assert (found.state, found.destination) == (State.AT_ORIGIN_OFFICE, w.FAR_DESK)
    passed(session, world, [posted], world.desk_clerk, world.courier, Capacity.COURIER, at=AT)
    assert standing(session, posted).state is State.WITH_COURIER


def test_what_a_desk_has_legally_received_is_the_agencys(session: Session, world: World) -> None:
    received = journeys.received(session, world)
    assert received.item is not None
    before = events(session)
    with pytest.raises(WithAgencyAlready):
        forward(session, world, received.item, w.FAR_DESK, by=world.desk_clerk)
    assert events(session) == before
    assert dossiers.load(session, received.dossier).received_unit == w.DESK


def test_a_result_still_at_the_agency_goes_to_another_office(
    session: Session, world: World
) -> None:
    made = d.result_at_desk(session, world, d.homes(1)[0])
    forward(session, world, made, by=world.desk_clerk)
    found = standing(session, made)
    assert (found.state, found.destination) == (State.RESULT_AT_AGENCY, w.FAR_OFFICE)
    passed(session, world, [made], world.desk_clerk, world.counter, Capacity.COUNTER, at=AT)
    assert standing(session, made).state is State.RESULT_TAKEN


@pytest.mark.parametrize(
    ("to", "refusal"),
    [
        (w.OFFICE, BoundThereAlready),
        (w.FAR_DESK, NotWhereThisGoes),
        (w.FAR_AGENCY, NotWhereThisGoes),
        (w.PROVINCE, NotWhereThisGoes),
        (UnitCode("nowhere"), UnknownUnit),
        (UnitCode(""), UnknownUnit),
    ],
)
def test_a_place_to_which_it_does_not_go_is_refused(
    session: Session, world: World, item: ItemId, to: UnitCode, refusal: type[Refusal]
) -> None:
    before = events(session)
    with pytest.raises(refusal):
        forward(session, world, item, to)
    assert events(session) == before


@pytest.mark.parametrize(
    ("why", "refusal"),
    [("", ReasonNeeded), ("  ", ReasonNeeded), ("x" * 201, ReasonNeeded),
     ("ông Bình 0914 000 777", ReasonTellsNumbers)],
)  # fmt: skip
def test_the_reason_is_for_the_ledger_short_and_without_a_persons_number(
    session: Session, world: World, item: ItemId, why: str, refusal: type[Refusal]
) -> None:
    before = events(session)
    with pytest.raises(refusal):
        forward(session, world, item, why=why)
    assert events(session) == before


def test_only_who_has_it_at_his_counter_sends_it_on(
    session: Session, world: World, item: ItemId
) -> None:
    before = events(session)
    for by, refusal in (
        (world.desk_clerk, (NotTheHolder, UnknownItem)),
        (world.far_counter, UnknownItem),
        (world.officer, (RoleNeeded, UnknownItem)),
    ):
        with pytest.raises(refusal):
            forward(session, world, item, by=by)
    with pytest.raises(UnknownItem):
        forward(session, world, ItemId("BH999999999VN"))
    assert events(session) == before
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER, at=AT)
    with pytest.raises(RoleNeeded):
        forward(session, world, item, by=world.courier)
    with pytest.raises(NotTheHolder):
        forward(session, world, item)


def test_what_is_not_free_stays_bound_where_it_was(
    session: Session, world: World, item: ItemId
) -> None:
    (bare,) = accepted(session, world)
    with pytest.raises(NotSealed):
        forward(session, world, bare, w.FAR_DESK)
    offered = handovers.offer(
        session, world.keys, [item], to_unit=w.FAR_OFFICE, by=world.counter, at=AT
    )
    with pytest.raises(AlreadyOffered):
        forward(session, world, item)
    handovers.withdraw(session, world.keys, offered.batch, why="", by=world.counter, at=AT)
    exceptions.report_damage(
        session, world.keys, item, condition=Condition.WET, why="ướt", by=world.counter, at=AT
    )
    with pytest.raises(ItemFrozen):
        forward(session, world, item)


def test_what_goes_back_has_its_way_already(session: Session, world: World, item: ItemId) -> None:
    journeys.go_back(session, world, item, at=AT)
    with pytest.raises(NotToForward):
        forward(session, world, item)
    passed(session, world, [item], world.counter, world.desk_clerk, Capacity.DESK, at=AT)
    with pytest.raises((ItemEnded, NotToForward)):
        forward(session, world, item, by=world.desk_clerk)


def lives_in(session: Session, world: World, item: ItemId, commune: UnitCode) -> None:
    dossier = DossierId(session.get_one(ItemRow, item).dossier or "")
    key = persons.key_of(session, world.vault, dossier)
    who = read_person("Trần Văn Bình", address=read_address("Số 1", commune))
    persons.keep(session, world.vault, key, PersonRole.RECEIVER, who)


def elsewhere(session: Session, world: World, item: ItemId) -> dict[ItemId, UnitCode]:
    found = forwarding.elsewhere(
        session, world.vault, [standing(session, item)], day=w.MORNING.date()
    )
    return {each: office.code for each, office in found.items()}


def test_the_office_that_delivers_where_the_receiver_lives_is_known_until_it_is_bound_there(
    session: Session, world: World, item: ItemId
) -> None:
    assert elsewhere(session, world, item) == {}
    lives_in(session, world, item, w.FAR_COMMUNE)
    assert elsewhere(session, world, item) == {item: w.FAR_OFFICE}
    forward(session, world, item)
    assert elsewhere(session, world, item) == {}


def test_where_nobody_delivers_or_nobody_is_known_no_office_is_named(
    session: Session, world: World, item: ItemId, posted: ItemId
) -> None:
    lives_in(session, world, item, w.PROVINCE)
    assert elsewhere(session, world, item) == {}
    lives_in(session, world, item, w.FAR_COMMUNE)
    session.delete(session.get_one(DossierKeyRow, session.get_one(ItemRow, item).dossier))
    assert elsewhere(session, world, item) == {}
    assert elsewhere(session, world, posted) == {}


def test_what_goes_back_goes_to_its_agency_wherever_its_receiver_lives(
    session: Session, world: World, item: ItemId
) -> None:
    lives_in(session, world, item, w.FAR_COMMUNE)
    journeys.go_back(session, world, item, at=AT)
    assert elsewhere(session, world, item) == {}
