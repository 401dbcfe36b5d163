"""The post comes to the citizen: everything is prepared before, and the phone's word counts after."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import acts, custody_rules
from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import Accept, Capacity, CorrectionKind, Counts, Leg
from postal_service.domain.administrative import StepKind
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.codes import token_digest
from postal_service.domain.custody import Trouble
from postal_service.domain.custody_rules import ItemFrozen, NotTheHolder
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.domain.procedures import NotByPost
from postal_service.domain.refusals import Refusal, SeveralRefused
from postal_service.domain.standing import Administrative, Channel
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import reading
from postal_service.projections import holdings, rebuild
from postal_service.services import (
    administrative,
    cases,
    checklist,
    collecting,
    corrections,
    dossiers,
    exceptions,
    handovers,
    items,
    places,
    tracking,
)
from postal_service.services.collecting import ToCollect
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.office_events import Told, tell
from postal_service.services.registration import (
    ChannelDoesNotFit,
    NoPhoneToReach,
    Received,
    Registration,
)
from postal_service.services.steps import steps_of
from postal_service.storage.schema import DossierRow, PaperRow, PickupRow
from tests.clock import Clock
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.phones import known_phone, upload
from tests.services.registrations import BINH, LAN, SERVICE, home, registration
from tests.services.world import World


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


def request(
    session: Session,
    world: World,
    command: Registration | None = None,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Received:
    opens = opens_at or at(25, 8)
    return collecting.request(
        session, world.keys, command or registration(session), opens_at=opens,
        closes_at=closes_at or opens + timedelta(hours=2), service=SERVICE, by=world.counter,
        at=w.MORNING,
    )  # fmt: skip


def sign_at_the_door(
    session: Session, world: World, given: ToCollect, *, counts: Counts | None = None
) -> None:
    act = custody_rules.accept(
        capacity=Capacity.COURIER,
        leg=Leg.IN,
        counts=counts or given.counts,
        destination=given.destination,
        lock=given.lock,
        result_item=given.result_item or ItemId(""),
    )
    told = Told(item=given.item, parent=NO_PARENT, act=act)
    tell(session, world.keys, [told], by=world.courier, at=at(25, 9))


def test_what_the_courier_needs_exists_before_he_leaves_and_holds_no_secret(
    session: Session, world: World
) -> None:
    received = request(session, world)

    given = collecting.expected(session, [received.dossier])[received.dossier]
    assert received.delivery_code is not None
    assert received.label is not None
    assert (given.item, given.destination, given.office) == (received.item, w.DESK, w.OFFICE)
    assert (given.lock, given.result_item) == (received.delivery_code.lock, received.result_item)
    assert given.token_hash == token_digest(received.label)
    assert given.counts == received.counts
    assert received.delivery_code.secret not in repr(given)
    found = dossiers.load(session, received.dossier)
    assert (found.administrative, found.posted_at) == (Administrative.REQUESTED, None)
    assert collecting.awaited(session, received.dossier) == collecting.Visit(
        office=w.OFFICE, opens_at=at(25, 8), closes_at=at(25, 10)
    )


def test_the_office_of_the_citizens_own_address_comes(session: Session, world: World) -> None:
    received = request(session, world, registration(session, submitter=BINH))
    assert collecting.expected(session, [received.dossier])[received.dossier].office == w.FAR_OFFICE


def test_when_the_phones_word_arrives_the_dossier_is_posted_once(
    session: Session, world: World
) -> None:
    received = request(session, world)
    assert received.item is not None
    collecting.note_collected(session, [received.item], at=at(25, 8))
    assert dossiers.load(session, received.dossier).administrative is Administrative.REQUESTED
    sign_at_the_door(
        session, world, collecting.expected(session, [received.dossier])[received.dossier]
    )

    for hour in (18, 19):
        collecting.note_collected(session, [received.item], at=at(25, hour))

    assert [step.kind for step in steps_of(session, received.dossier)].count(StepKind.POSTED) == 1
    found = dossiers.load(session, received.dossier)
    assert (found.administrative, found.posted_at) == (Administrative.POSTED, at(25, 9))
    last = steps_of(session, received.dossier)[-1]
    assert (last.staff, last.unit) == (world.courier.staff, w.OFFICE)
    pickup = session.scalars(select(PickupRow)).one()
    assert pickup.state == "collected"
    assert collecting.expected(session, [received.dossier]) == {}
    assert collecting.awaited(session, received.dossier) is None


def test_a_count_at_the_door_that_differs_is_a_case_wherever_the_item_goes(
    session: Session, world: World
) -> None:
    received = request(session, world)
    assert received.item is not None
    given = collecting.expected(session, [received.dossier])[received.dossier]
    fewer = Counts(originals=1, certified=0, photocopies=0)
    assert fewer != received.counts
    sign_at_the_door(session, world, given, counts=fewer)
    collecting.note_collected(session, [received.item], at=at(25, 18))

    counted = items.standing(session, received.item)
    assert (counted.troubles, counted.counts) == (frozenset({Trouble.SEAL}), fewer)
    assert dossiers.load(session, received.dossier).administrative is Administrative.POSTED
    for who in (world.counter, world.manager):
        (case,) = cases.open_ones(session, by=who).cases
        assert (case.standing.item, case.fetched_in_vain) == (received.item, False)
    assert cases.open_ones(session, by=world.far_counter).cases == ()
    journeys.seal(session, world, received.item, by=world.courier, at=at(25, 9, 5))
    with pytest.raises(ItemFrozen):
        handovers.offer(
            session, world.keys, [received.item], to_unit=w.OFFICE, by=world.courier, at=at(25, 10)
        )

    rebuild(session)
    assert items.standing(session, received.item).frozen
    exceptions.settle(
        session, world.keys, received.item, witness=world.courier.staff, counts=fewer,
        why="công dân giữ lại bản sao", by=world.manager, at=at(25, 11),
    )  # fmt: skip
    assert cases.open_ones(session, by=world.manager).cases == ()
    rebuild(session)
    settled = items.standing(session, received.item)
    assert (settled.frozen, settled.counts) == (False, fewer)


@pytest.mark.parametrize("together", [True, False])
def test_what_a_phone_tells_of_a_home_is_compared_whenever_it_comes(
    session: Session, world: World, clock: Clock, *, together: bool
) -> None:
    received = request(session, world)
    given = collecting.expected(session, [received.dossier])[received.dossier]
    phone = known_phone(session, world.courier, clock)
    more = Counts(originals=6, certified=0, photocopies=0)
    phone.accept(given.item, Leg.IN, more, given.destination)
    phone.tell(given.item, acts.Pack(seal="NP-6", counts=more))

    first, second = phone.outbox
    for batch in [[first, second]] if together else [[second], [first]]:
        upload(session, phone, batch)

    standing = items.standing(session, given.item)
    assert (standing.frozen, standing.seal, standing.counts) == (True, "NP-6", more)
    before = holdings.standings(session, [given.item])
    rebuild(session)
    assert holdings.standings(session, [given.item]) == before


def test_what_a_supplement_adds_to_the_list_makes_no_case_of_what_was_fetched_before(
    session: Session, world: World
) -> None:
    received = request(session, world)
    assert received.item is not None
    sign_at_the_door(
        session, world, collecting.expected(session, [received.dossier])[received.dossier]
    )
    paper = session.scalars(select(PaperRow).filter_by(dossier=received.dossier)).first()
    assert paper is not None
    paper.photocopies += 1
    session.flush()

    rebuild(session)

    assert items.standing(session, received.item).troubles == set()


def test_a_correction_of_what_was_counted_at_the_door_ends_the_case(
    session: Session, world: World
) -> None:
    received = request(session, world)
    assert received.item is not None
    given = collecting.expected(session, [received.dossier])[received.dossier]
    more = replace(given.counts, originals=given.counts.originals + 5)
    sign_at_the_door(session, world, given, counts=more)
    (accepted,) = reading.entries_of(session, received.item)
    wrong = accepted.event
    assert isinstance(wrong.act, Accept)

    corrections.correct(
        session, world.keys, wrong.id, kind=CorrectionKind.INCORRECT_DATA,
        replacements=[replace(wrong.act, counts=given.counts)], maker=world.courier.staff,
        why="gõ nhầm", by=world.manager, at=at(25, 12),
    )  # fmt: skip

    assert items.standing(session, received.item).troubles == set()
    rebuild(session)
    assert items.standing(session, received.item).troubles == set()


def corrected(session: Session, world: World, received: Received, *, hour: int) -> None:
    """The acceptance of his item did not occur."""
    assert received.item is not None
    told = reading.entries_of(session, received.item)[0].event
    corrections.correct(
        session, world.keys, told.id, kind=CorrectionKind.DID_NOT_OCCUR,
        maker=world.courier.staff, why="nhầm nhà", by=world.manager, at=at(25, hour),
    )  # fmt: skip


def test_an_acceptance_at_the_door_that_did_not_occur_is_awaited_again(
    session: Session, world: World
) -> None:
    received = request(session, world)
    assert received.item is not None
    given = collecting.expected(session, [received.dossier])[received.dossier]
    sign_at_the_door(session, world, given)
    collecting.note_collected(session, [received.item], at=at(25, 9, 30))

    corrected(session, world, received, hour=10)

    found = dossiers.load(session, received.dossier)
    assert (found.administrative, found.posted_at) == (Administrative.REQUESTED, None)
    assert collecting.awaited(session, received.dossier) is not None
    assert collecting.expected(session, [received.dossier]) == {received.dossier: given}
    step = steps_of(session, received.dossier)[-1]
    assert (step.kind, step.staff) == (StepKind.POSTING_CORRECTED, world.manager.staff)
    collecting.note_collected(session, [received.item], at=at(25, 11))
    assert dossiers.load(session, received.dossier).administrative is Administrative.REQUESTED

    sign_at_the_door(session, world, given)  # at nine, before it was put right
    collecting.note_collected(session, [received.item], at=at(25, 12))

    found = dossiers.load(session, received.dossier)
    assert (found.administrative, found.posted_at) == (Administrative.POSTED, at(25, 9))
    assert collecting.awaited(session, received.dossier) is None
    shown = tracking.track(session, world.vault, received.code, received.pin, at=at(25, 12))
    told = [line.step for line in shown.timeline if line.step.startswith("post")]
    assert told == [StepKind.POSTED]


def test_what_the_agency_has_received_or_the_citizen_withdrawn_is_fetched_by_nobody_again(
    session: Session, world: World
) -> None:
    for ends in (Administrative.RECEIVED, Administrative.WITHDRAWN):
        received = request(session, world)
        assert received.item is not None
        given = collecting.expected(session, [received.dossier])[received.dossier]
        sign_at_the_door(session, world, given)
        collecting.note_collected(session, [received.item], at=at(25, 9, 30))
        journeys.seal(session, world, received.item, by=world.courier, at=at(25, 10))
        if ends is Administrative.RECEIVED:
            passed(
                session, world, [received.item], world.courier, world.desk_clerk, Capacity.DESK,
                at=at(25, 10),
            )  # fmt: skip
            administrative.receive(session, received.dossier, by=world.desk_clerk, at=at(25, 11))
        else:
            passed(
                session, world, [received.item], world.courier, world.counter, Capacity.COUNTER,
                at=at(25, 10),
            )  # fmt: skip
            administrative.withdraw(
                session, world.keys, received.dossier, why="Thôi", by=world.counter, at=at(25, 11)
            )

        corrected(session, world, received, hour=12)

        assert dossiers.load(session, received.dossier).administrative is ends
        assert collecting.awaited(session, received.dossier) is None


def test_what_was_withdrawn_before_the_courier_came_goes_back_from_the_counter(
    session: Session, world: World
) -> None:
    received = request(session, world)
    assert received.item is not None
    given = collecting.expected(session, [received.dossier])[received.dossier]
    administrative.withdraw(
        session, world.keys, received.dossier, why="Không cần nữa", by=world.counter, at=at(25, 8)
    )
    assert collecting.expected(session, [received.dossier]) == {}
    assert collecting.awaited(session, received.dossier) is None
    assert cases.open_ones(session, by=world.manager).cases == ()
    sign_at_the_door(session, world, given)
    collecting.note_collected(session, [received.item], at=at(25, 18))
    assert dossiers.load(session, received.dossier).administrative is Administrative.WITHDRAWN
    (case,) = cases.open_ones(session, by=world.counter).cases
    assert (case.standing.item, case.fetched_in_vain) == (received.item, True)
    with pytest.raises(NotTheHolder):
        exceptions.note_withdrawn(
            session, world.keys, received.item, by=world.counter, at=at(25, 18)
        )

    journeys.seal(session, world, received.item, by=world.courier, at=at(25, 9, 5))
    journeys.hand_over(
        session, world, received.item, giver=world.courier, receiver=world.counter,
        capacity=Capacity.COUNTER, at=at(25, 18),
    )  # fmt: skip
    exceptions.note_withdrawn(session, world.keys, received.item, by=world.counter, at=at(25, 19))

    assert items.standing(session, received.item).withdrawn
    assert cases.open_ones(session, by=world.counter).cases == ()
    with pytest.raises(exceptions.NotFetchedInVain):
        exceptions.note_withdrawn(
            session, world.keys, received.item, by=world.counter, at=at(25, 19)
        )


def test_what_nobody_withdrew_is_not_sent_back_as_withdrawn(session: Session, world: World) -> None:
    received = request(session, world)
    assert received.item is not None
    sign_at_the_door(
        session, world, collecting.expected(session, [received.dossier])[received.dossier]
    )
    with pytest.raises(exceptions.NotFetchedInVain):
        exceptions.note_withdrawn(
            session, world.keys, received.item, by=world.courier, at=at(25, 19)
        )


@pytest.mark.parametrize(
    ("opens_at", "closes_at", "refusal"),
    [
        (at(25, 10), at(25, 8), collecting.BadWindow),
        (at(25, 10), at(25, 10, 15), collecting.BadWindow),
        (at(25, 10), at(26, 10), collecting.BadWindow),
        (at(20, 8), at(20, 10), collecting.BadWindow),
        (at(23, 8) + timedelta(days=30), at(23, 10) + timedelta(days=30), collecting.BadWindow),
        (at(24, 8), at(24, 10), collecting.OfficeClosed),  # Culture Day
        (at(29, 8), at(29, 10), collecting.OfficeClosed),  # a Sunday
    ],
)
def test_a_window_nobody_could_keep_is_refused(
    session: Session,
    world: World,
    opens_at: datetime,
    closes_at: datetime,
    refusal: type[Refusal],
) -> None:
    with pytest.raises(refusal):
        request(session, world, opens_at=opens_at, closes_at=closes_at)
    assert session.scalars(select(DossierRow)).all() == []


def test_a_collection_in_a_year_without_calendar_is_not_promised(
    session: Session, world: World
) -> None:
    with pytest.raises(NoCalendar):
        collecting.request(
            session, world.keys, registration(session),
            opens_at=datetime(2027, 1, 4, 8, tzinfo=VIETNAM),
            closes_at=datetime(2027, 1, 4, 10, tzinfo=VIETNAM),
            service=SERVICE, by=world.counter, at=datetime(2026, 12, 28, 8, tzinfo=VIETNAM),
        )  # fmt: skip


def test_what_cannot_go_by_post_is_not_fetched_either(session: Session, world: World) -> None:
    nowhere = registration(session, submitter=replace(LAN, address=None), result_by_post=False)
    for command, refusal in (
        (registration(session, w.MARRIAGE, result_by_post=False), NotByPost),
        (registration(session, papers=()), checklist.PapersMissing),
        (registration(session, channel=Channel.DIRECT), ChannelDoesNotFit),
        (nowhere, collecting.NoAddressToCollect),
        (
            registration(session, submitter=replace(LAN, address=home(w.PROVINCE))),
            places.NoOfficeServes,
        ),
    ):
        with pytest.raises(refusal):
            request(session, world, command)


def test_all_that_hinders_a_visit_is_told_at_once(session: Session, world: World) -> None:
    command = registration(
        session, agency=UnitCode("AG-0"), papers=(), submitter=replace(LAN, phone="")
    )
    for day, hours, refusal in ((25, 0, collecting.BadWindow), (24, 2, collecting.OfficeClosed)):
        opens = at(day, 8)
        with pytest.raises(SeveralRefused) as told:
            request(
                session, world, command, opens_at=opens, closes_at=opens + timedelta(hours=hours)
            )
        assert {type(each) for each in told.value.refusals} == {
            refusal, UnknownUnit, checklist.PapersMissing, NoPhoneToReach,
        }  # fmt: skip
    assert session.scalars(select(DossierRow)).all() == []


def test_a_home_that_no_office_serves_is_told_once(session: Session, world: World) -> None:
    """Neither the visit nor the result gets there; which office is open is not asked of none."""
    command = registration(session, submitter=replace(LAN, address=home(w.PROVINCE)), papers=())
    with pytest.raises(SeveralRefused) as told:
        request(session, world, command)
    assert {type(each) for each in told.value.refusals} == {
        places.NoOfficeServes, checklist.PapersMissing,
    }  # fmt: skip
    assert told.value.facts == {"count": 2}


def test_a_courier_does_not_send_himself(session: Session, world: World) -> None:
    with pytest.raises(RoleNeeded):
        collecting.request(
            session, world.keys, registration(session), opens_at=at(25, 8), closes_at=at(25, 10),
            service=SERVICE, by=world.courier, at=w.MORNING,
        )  # fmt: skip


def test_a_courier_sees_what_he_holds_and_nothing_else_of_his_office(
    session: Session, world: World
) -> None:
    received = request(session, world)
    with pytest.raises(UnknownDossier):
        dossiers.visible(session, received.dossier, by=world.courier)
    sign_at_the_door(
        session, world, collecting.expected(session, [received.dossier])[received.dossier]
    )
    assert dossiers.visible(session, received.dossier, by=world.courier).id == received.dossier


def test_items_of_no_dossier_are_passed_over(session: Session, world: World) -> None:
    collecting.note_collected(session, [ItemId("BH000000005VN")], at=at(25, 9))
    assert collecting.expected(session, []) == {}
