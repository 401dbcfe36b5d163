"""The result's way home begins at the agency; what was asked for afterwards goes the other way."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import Accept, Capacity, CodeProof, Counts, Leg, Receiver
from postal_service.domain.administrative import StepOutOfPlace
from postal_service.domain.codes import lock_opens
from postal_service.domain.custody import State
from postal_service.domain.custody_rules import CountsMalformed
from postal_service.domain.dossier_code import NotADossierCode
from postal_service.domain.identity import (
    Entitlement,
    NoAuthorisation,
    OwnerNeedsNoPaper,
    ReceiverNotNamed,
)
from postal_service.domain.procedures import NotByPost, PaperCount, TooManyOfPaper
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative, Channel
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import reading
from postal_service.services import (
    administrative,
    delivery,
    dossiers,
    items,
    results,
    supplements,
)
from postal_service.services.administrative import SupplementReason
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.results import WayOut
from postal_service.services.steps import steps_of
from postal_service.storage.schema import DossierRow, UnitRow
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.registrations import BINH, SERVICE, register, registration
from tests.services.world import World

ASKED = "Giấy tờ làm căn cứ thay đổi, cải chính"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


def test_the_result_takes_the_number_that_was_reserved_and_the_lock_the_citizen_can_open(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    ready = journeys.ready(session, world, received, at=at(23, 11))

    assert ready.item == received.result_item
    assert received.delivery_code is not None
    standing = items.standing(session, ready.item)
    assert (standing.state, standing.destination) == (State.RESULT_AT_AGENCY, w.OFFICE)
    code = received.delivery_code
    assert lock_opens(standing.lock, item=code.item, rotation=1, secret=code.secret)
    found = dossiers.load(session, received.dossier)
    assert (found.administrative, found.resolved_at) == (Administrative.RESOLVED, at(23, 11))


def test_what_may_go_out_is_told_as_it_stands_and_to_whom_it_may_concern(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)

    def ways() -> set[str]:
        found = dossiers.load(session, received.dossier)
        return set(results.ways_out(session, found, by=world.desk_clerk, at=at(23, 11)))

    assert ways() == {WayOut.BY_POST}  # sending it off resolves it
    administrative.resolve(session, received.dossier, by=world.desk_clerk, at=at(23, 10))
    assert ways() == {WayOut.BY_POST, WayOut.AT_DESK}
    for by in (world.counter, world.manager, world.auditor):
        found = dossiers.load(session, received.dossier)
        assert results.ways_out(session, found, by=by, at=at(23, 11)) == frozenset()
    ready = journeys.ready(session, world, received, at=at(23, 11))
    assert ways() == set()
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=at(23, 11))
    passed(session, world, [ready.item], world.desk_clerk, world.counter, Capacity.COUNTER)
    journeys.go_back(session, world, ready.item)
    assert ways() == set()
    passed(session, world, [ready.item], world.counter, world.desk_clerk, Capacity.DESK)
    assert ways() == {WayOut.AT_DESK}


def test_of_an_agency_that_is_no_more_nothing_is_offered_and_nothing_fails(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    found = dossiers.load(session, received.dossier)
    for unit in (w.AGENCY, w.DESK):
        session.get_one(UnitRow, unit).valid_to = date(2026, 11, 23)

    assert results.ways_out(session, found, by=world.desk_clerk, at=at(24, 9)) == frozenset()


def test_the_post_office_of_the_receivers_home_will_deliver(session: Session, world: World) -> None:
    command = registration(session, receiver=BINH, channel=Channel.DIRECT)
    received = register(session, world, command, by=world.desk_clerk)
    assert journeys.ready(session, world, received, at=at(23, 11)).destination == w.FAR_OFFICE


def test_the_clerk_is_reminded_of_originals_and_of_what_is_taken_back(
    session: Session, world: World
) -> None:
    correction = journeys.received(session, world, w.CORRECTION)
    ready = journeys.ready(session, world, correction, at=at(23, 11))
    assert [paper.name for paper in ready.returns] == ["Giấy khai sinh bản chính"]

    licence = registration(session, w.LICENCE, channel=Channel.DIRECT)
    received = register(session, world, licence, by=world.desk_clerk)
    ready = journeys.ready(session, world, received, at=at(23, 11))
    assert ready.collect_back == ("Giấy phép lái xe cũ",)
    out = [each for each in dossiers.items_of(session, received.dossier) if each.leg is Leg.OUT]
    assert out[0].collect_back == ("Giấy phép lái xe cũ",)


def test_nothing_is_taken_back_at_the_door_that_the_procedure_does_not_name(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    with pytest.raises(results.NotCollectedBack):
        results.register_ready(
            session, world.keys, received.dossier, journeys.ONE_PAPER,
            collect_back=["Sổ hộ khẩu"], by=world.desk_clerk, at=at(23, 11),
        )  # fmt: skip


@pytest.mark.parametrize(
    "counts",
    [
        Counts(originals=0, certified=0, photocopies=0),
        Counts(originals=-1, certified=2, photocopies=0),
    ],
)
def test_an_empty_envelope_is_no_result(session: Session, world: World, counts: Counts) -> None:
    received = journeys.received(session, world)
    with pytest.raises(CountsMalformed):
        results.register_ready(
            session, world.keys, received.dossier, counts, by=world.desk_clerk, at=at(23, 11)
        )
    assert dossiers.load(session, received.dossier).administrative is Administrative.RECEIVED


def test_a_result_goes_out_once_by_post_and_only_if_that_was_asked_for(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    journeys.ready(session, world, received, at=at(23, 11))
    with pytest.raises(results.AlreadyOnItsWay):
        journeys.ready(session, world, received, at=at(23, 12))
    with pytest.raises(results.AlreadyOnItsWay):
        results.give_at_desk(
            session, world.vault, received.dossier, entitlement=Entitlement(receiver=Receiver.OWNER),
            by=world.desk_clerk, at=at(23, 12),
        )  # fmt: skip
    fetched = journeys.received(session, world, result_by_post=False)
    with pytest.raises(results.NotAskedByPost):
        journeys.ready(session, world, fetched, at=at(23, 11))


def test_what_has_to_be_fetched_in_person_never_begins_its_way_home(
    session: Session, world: World
) -> None:
    # given a dossier that asks for its result by post though its procedure forbids it
    received = journeys.received(session, world)
    row = session.get_one(DossierRow, received.dossier)
    row.procedure = world.procedures[w.MARRIAGE]
    session.flush()

    with pytest.raises(NotByPost):
        journeys.ready(session, world, received, at=at(23, 11))

    assert received.result_item is not None
    assert reading.entries_of(session, received.result_item) == []


def test_a_result_is_not_made_by_the_post_or_by_another_agency_or_too_early(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)

    def make(by: str, hour: int = 11) -> None:
        results.register_ready(
            session, world.keys, received.dossier, journeys.ONE_PAPER, by=getattr(world, by),
            at=at(23, hour),
        )  # fmt: skip

    with pytest.raises(results.NotAtTheAgency):
        make("counter")
    with pytest.raises(RoleNeeded):
        make("manager")
    with pytest.raises(UnknownDossier):
        make("far_desk_clerk")

    posted = register(session, world, registration(session))
    with pytest.raises(results.NotResolved):
        results.register_ready(
            session, world.keys, posted.dossier, journeys.ONE_PAPER, by=world.desk_clerk,
            at=at(23, 12),
        )  # fmt: skip


def test_refused_papers_go_back_the_same_way(session: Session, world: World) -> None:
    received = journeys.received(session, world)
    administrative.refuse(
        session, received.dossier, why="Không đủ điều kiện", by=world.officer, at=at(23, 10)
    )
    ready = journeys.ready(session, world, received, at=at(23, 11))

    assert items.standing(session, ready.item).state is State.RESULT_AT_AGENCY
    assert dossiers.load(session, received.dossier).administrative is Administrative.REFUSED


def test_a_delivered_result_closes_its_dossier_once(session: Session, world: World) -> None:
    received = journeys.received(session, world)
    ready = journeys.ready(session, world, received, at=at(23, 11))
    journeys.with_courier(session, world, ready, at=at(23, 12))
    assert results.note_delivered(session, [ready.item], at=at(23, 13)) == ()

    assert received.delivery_code is not None
    proof = CodeProof(rotation=1, secret=received.delivery_code.secret)
    delivery.deliver(
        session, world.keys, ready.item, receiver=Receiver.OWNER, proof=proof, by=world.courier,
        at=at(23, 14),
    )  # fmt: skip
    later = at(23, 18)
    assert results.note_delivered(session, [ready.item], at=later) == (received.dossier,)
    assert results.note_delivered(session, [ready.item], at=later) == ()

    assert dossiers.load(session, received.dossier).administrative is Administrative.RETURNED
    step = steps_of(session, received.dossier)[-1]
    assert (step.at, step.staff) == (at(23, 14), world.courier.staff)


def test_over_the_desk_somebody_else_shows_his_authorisation(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world, result_by_post=False)

    def give(receiver: Receiver, name: str = "", paper: str = "") -> Administrative:
        return results.give_at_desk(
            session, world.vault, received.dossier,
            entitlement=Entitlement(receiver=receiver, name=name, paper=paper),
            by=world.desk_clerk, at=at(23, 14),
        ).state  # fmt: skip

    with pytest.raises(StepOutOfPlace):
        give(Receiver.OWNER)
    administrative.resolve(session, received.dossier, by=world.officer, at=at(23, 13))
    with pytest.raises(NoAuthorisation):
        give(Receiver.AUTHORISED, "Trần Văn Bảo")
    with pytest.raises(ReceiverNotNamed):
        give(Receiver.AUTHORISED, paper="Giấy ủy quyền 12/11")
    with pytest.raises(OwnerNeedsNoPaper):
        give(Receiver.OWNER, paper="Giấy ủy quyền 12/11")
    given = give(Receiver.AUTHORISED, "Trần Văn Bảo", "Giấy ủy quyền 12/11")
    assert given is Administrative.RETURNED


def _asked(session: Session, world: World) -> str:
    received = journeys.received(session, world, w.CORRECTION, at=at(16, 9))
    administrative.request_supplement(
        session, received.dossier, [ASKED], reason=SupplementReason.ILLEGIBLE, by=world.officer,
        at=at(17, 9),
    )  # fmt: skip
    return received.code


def _certified(name: str = ASKED, count: int = 1, originals: int = 0) -> PaperCount:
    return PaperCount(name=name, originals=originals, certified=count, photocopies=0)


def test_a_supplement_is_taken_at_any_counter_and_goes_to_the_desk_that_asked(
    session: Session, world: World
) -> None:
    code = _asked(session, world)
    sent = supplements.accept(
        session, world.keys, code, [_certified()], service=SERVICE, by=world.far_counter,
        at=at(18, 9),
    )  # fmt: skip

    standing = items.standing(session, sent.item)
    assert (standing.leg, standing.destination) == (Leg.SUP, w.DESK)
    act = reading.entries_of(session, sent.item)[0].event.act
    assert isinstance(act, Accept)
    assert act.counts == Counts(originals=0, certified=1, photocopies=0)
    listed = {paper.name: paper.counts for paper in dossiers.papers(session, sent.dossier)}
    assert listed[ASKED] == Counts(originals=0, certified=2, photocopies=0)
    with pytest.raises(administrative.NotAtDesk):
        administrative.supplement_received(
            session, sent.dossier, by=world.desk_clerk, at=at(18, 10)
        )


@pytest.mark.parametrize(
    ("papers", "refusal"),
    [
        ([_certified("Giấy khai sinh bản chính")], supplements.NotTheAskedPaper),
        ([_certified("Sổ đỏ")], supplements.NotTheAskedPaper),
        ([_certified(originals=1)], TooManyOfPaper),
        ([_certified(count=-1)], TooManyOfPaper),
        ([_certified(count=0)], CountsMalformed),
        ([], CountsMalformed),
    ],
)
def test_a_supplement_holds_what_was_asked_and_nothing_else(
    session: Session, world: World, papers: list[PaperCount], refusal: type[Refusal]
) -> None:
    code = _asked(session, world)
    with pytest.raises(refusal):
        supplements.accept(
            session, world.keys, code, papers, service=SERVICE, by=world.counter, at=at(18, 9)
        )


@pytest.mark.parametrize(
    ("code", "refusal"),
    [("", NotADossierCode), ("x" * 99, NotADossierCode), ("H17.132-261101-9999", UnknownDossier)],
)
def test_a_supplement_to_no_dossier_is_refused(
    session: Session, world: World, code: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        supplements.accept(
            session, world.keys, code, [_certified()], service=SERVICE, by=world.counter,
            at=at(18, 9),
        )  # fmt: skip


def test_a_supplement_nobody_asked_for_is_refused_and_a_desk_is_no_counter(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world, w.CORRECTION, at=at(16, 9))
    with pytest.raises(supplements.NothingWasAsked):
        supplements.accept(
            session, world.keys, received.code, [_certified()], service=SERVICE,
            by=world.counter, at=at(18, 9),
        )  # fmt: skip
    with pytest.raises(RoleNeeded):
        supplements.accept(
            session, world.keys, received.code, [_certified()], service=SERVICE,
            by=replace(world.courier), at=at(18, 9),
        )  # fmt: skip


def test_the_clock_of_the_phone_does_not_close_a_dossier_before_it_was_resolved(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    ready = journeys.ready(session, world, received, at=at(23, 11))
    journeys.with_courier(session, world, ready, at=at(23, 12))
    assert received.delivery_code is not None
    proof = CodeProof(rotation=1, secret=received.delivery_code.secret)
    wrong_clock = at(23, 12, 2) - timedelta(days=3)
    delivery.deliver(
        session, world.keys, ready.item, receiver=Receiver.OWNER, proof=proof, by=world.courier,
        at=wrong_clock,
    )  # fmt: skip

    results.note_delivered(session, [ready.item], at=at(23, 13))
    assert steps_of(session, received.dossier)[-1].at == at(23, 11)
