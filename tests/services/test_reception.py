"""A citizen comes with papers: what is taken, what is refused, and what nobody knows afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from postal_service.domain import dossier_code
from postal_service.domain import procedures as domain
from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import Accept, Capacity, Leg
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.codes import lock_opens, token_digest
from postal_service.domain.custody import State
from postal_service.domain.identity import NotACitizenNumber
from postal_service.domain.ids import UnitCode
from postal_service.domain.money import BadAmount, Line, Means
from postal_service.domain.persons import BadAddress, BadName, PersonRole, read_person
from postal_service.domain.phones import NotAPhoneNumber
from postal_service.domain.procedures import PaperCount
from postal_service.domain.refusals import Refusal, SeveralRefused
from postal_service.domain.standing import Administrative, Channel, Money
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import reading
from postal_service.projections import holdings
from postal_service.services import (
    cash,
    charges,
    checklist,
    dossiers,
    persons,
    places,
    procedures,
    reception,
    registration,
)
from postal_service.services.charges import Due
from postal_service.services.registration import Registration
from postal_service.storage.schema import Base, DossierRow, EntryRow, ItemRow
from tests.services import world as w
from tests.services.registrations import BINH, LAN, all_papers, home, register
from tests.services.registrations import registration as filled_in
from tests.services.world import World


def test_a_dossier_posted_at_the_counter_is_in_the_clerks_hands_and_the_clock_stands(
    session: Session, world: World
) -> None:
    received = register(session, world, filled_in(session))

    assert received.item is not None
    standing = holdings.standings(session, [received.item])[received.item]
    assert standing.state is State.ACCEPTED
    assert standing.holder is not None
    assert (standing.holder.unit, standing.holder.capacity) == (w.OFFICE, Capacity.COUNTER)
    assert standing.destination == w.DESK
    dossier = dossiers.load(session, received.dossier)
    assert dossier.administrative is Administrative.POSTED
    assert dossier.posted_at == w.MORNING
    assert (dossier.received_at, dossier.due_at, received.due_at) == (None, None, None)
    assert (dossier.helped_unit, dossier.received_unit) == (w.OFFICE, w.DESK)
    assert received.code == "H17.132-261123-0001"


def test_at_the_agencys_own_desk_the_clock_starts_and_nothing_is_carried(
    session: Session, world: World
) -> None:
    command = filled_in(session, channel=Channel.DIRECT)
    received = register(session, world, command, by=world.desk_clerk)

    assert received.item is None
    assert received.state is Administrative.RECEIVED
    assert received.due_at == datetime(2026, 11, 23, 17, tzinfo=VIETNAM)
    assert received.delivery_code is not None  # the result still goes by post


def test_received_after_the_cut_it_is_due_after_culture_day(session: Session, world: World) -> None:
    command = filled_in(session, channel=Channel.DIRECT)
    received = register(session, world, command, by=world.desk_clerk, at=w.AFTER_CUT)

    assert received.due_at == datetime(2026, 11, 25, 17, tzinfo=VIETNAM)


def test_a_desk_takes_for_another_agency_and_the_post_carries(
    session: Session, world: World
) -> None:
    command = filled_in(session, agency=w.FAR_AGENCY, channel=Channel.DIRECT)
    received = register(session, world, command, by=world.desk_clerk)

    assert received.item is not None
    standing = holdings.standings(session, [received.item])[received.item]
    assert standing.holder is not None
    assert standing.holder.capacity is Capacity.DESK
    assert standing.destination == w.FAR_DESK
    dossier = dossiers.load(session, received.dossier)
    assert (dossier.received_unit, dossier.competent_unit) == (w.DESK, w.FAR_AGENCY)
    assert dossier.received_at == w.MORNING


def test_the_accept_event_carries_counts_and_lock_and_nothing_of_the_person(
    session: Session, world: World
) -> None:
    received = register(session, world, filled_in(session))

    assert received.item is not None
    assert received.delivery_code is not None
    entry = reading.entries_of(session, received.item)[0]
    act = entry.event.act
    assert isinstance(act, Accept)
    assert (act.leg, act.counts) == (Leg.IN, received.counts)
    assert act.result_item == received.result_item
    code = received.delivery_code
    assert lock_opens(act.lock, item=code.item, rotation=1, secret=code.secret)
    assert act.commitment
    for secret in (LAN.name, LAN.phone, LAN.citizen):
        assert secret.encode() not in entry.body


def test_no_table_keeps_a_secret_or_a_person_in_clear(session: Session, world: World) -> None:
    received = register(session, world, filled_in(session))

    assert received.delivery_code is not None
    assert received.label is not None
    kept = _everything(session)
    for secret in (
        received.delivery_code.secret, received.label, LAN.name, LAN.phone, LAN.phone[-9:],
        LAN.citizen, "Trần Cao Vân",
    ):  # fmt: skip
        assert secret.encode() not in kept
    row = session.scalars(select(ItemRow).filter_by(item=received.item)).one()
    assert row.token_hash == token_digest(received.label)
    assert received.pin not in repr(received)
    assert received.delivery_code.secret not in repr(received)


def test_every_slip_has_its_own_secrets(session: Session, world: World) -> None:
    one = register(session, world, filled_in(session))
    other = register(session, world, filled_in(session))

    assert one.delivery_code is not None
    assert other.delivery_code is not None
    assert one.delivery_code.secret != other.delivery_code.secret
    assert one.label != other.label
    assert len({one.item, one.result_item, other.item, other.result_item}) == 4


def test_what_is_missing_is_named_for_the_citizens_guidance(session: Session, world: World) -> None:
    papers = all_papers(session, w.BUILDING)
    one_design_only = replace(papers[2], originals=1)

    with pytest.raises(checklist.PapersMissing) as refused:
        register(
            session, world,
            filled_in(session, w.BUILDING, papers=(papers[0], one_design_only)),
        )  # fmt: skip
    names = [need.name for need in refused.value.missing]
    assert names == [papers[1].name, papers[2].name]
    assert papers[1].name in str(refused.value.facts["papers"])
    assert session.scalars(select(DossierRow)).all() == []


def _paper(name: str, originals: int = 1, photocopies: int = 0) -> PaperCount:
    return PaperCount(name=name, originals=originals, certified=0, photocopies=photocopies)


FORM = "Tờ khai cấp bản sao trích lục hộ tịch"
CARD = "Giấy tờ tùy thân của người yêu cầu"


@pytest.mark.parametrize(
    ("papers", "refusals"),
    [
        ((), [checklist.PapersMissing]),
        ((_paper("Sổ hộ khẩu"),), [domain.PaperNotListed, checklist.PapersMissing]),
        ((_paper(FORM), _paper(FORM), _paper(CARD, 0, 1)), [checklist.PaperTwice]),
        ((_paper(FORM, 2), _paper(CARD, 0, 1)), [domain.TooManyOfPaper]),
        ((_paper(FORM, -1), _paper(CARD, 0, 1)), [domain.TooManyOfPaper, checklist.PapersMissing]),
        ((_paper(FORM), _paper(CARD, 0, 1000)), [checklist.TooManySheets]),
        (
            (_paper(FORM, 2), _paper("Sổ đỏ"), _paper("Sổ hồng"), _paper(CARD, 0, 1000)),
            [
                domain.TooManyOfPaper,
                domain.PaperNotListed,
                domain.PaperNotListed,
                checklist.TooManySheets,
            ],
        ),
    ],
)
def test_papers_outside_the_closed_list_are_refused(
    session: Session, world: World, papers: tuple[PaperCount, ...], refusals: list[type[Refusal]]
) -> None:
    assert refused(session, world, filled_in(session, papers=papers)) == refusals


@pytest.mark.parametrize(
    ("code", "result_by_post"), [(w.MARRIAGE, False), (w.LICENCE, False), (w.LICENCE, True)]
)
def test_what_the_list_closes_to_the_post_is_not_taken_at_a_post_office(
    session: Session, world: World, code: str, result_by_post: bool
) -> None:
    told = refused(session, world, filled_in(session, code, result_by_post=result_by_post))
    # The result of a licence is brought home: only its way in is closed.
    assert told == [domain.NotByPost]


def test_a_result_that_must_be_fetched_in_person_is_not_promised_by_post(
    session: Session, world: World
) -> None:
    at_desk = filled_in(session, w.MARRIAGE, channel=Channel.DIRECT)
    with pytest.raises(domain.NotByPost):
        register(session, world, at_desk, by=world.desk_clerk)

    fetched = replace(at_desk, result_by_post=False)
    received = register(session, world, fetched, by=world.desk_clerk)
    assert (received.delivery_code, received.result_item) == (None, None)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"procedure": "khai sinh"}, domain.BadProcedureCode),
        ({"procedure": "1.999999"}, procedures.UnknownProcedure),
        ({"agency": UnitCode("AG-0")}, UnknownUnit),
        ({"agency": w.OFFICE}, places.NotAnAgency),
        ({"submitter": replace(LAN, phone="")}, registration.NoPhoneToReach),
        ({"receiver": replace(LAN, phone="")}, registration.NoPhoneToReach),
        ({"receiver": replace(LAN, address=None)}, registration.NoReceiver),
        ({"receiver": replace(LAN, address=home(w.PROVINCE))}, places.NoOfficeServes),
        ({"channel": Channel.DIRECT}, reception.ChannelDoesNotFit),
        ({"code": "H17.132-269999-0001"}, Refusal),
    ],
)
def test_what_cannot_be_carried_out_is_refused_before_anything_is_written(
    session: Session, world: World, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        register(session, world, replace(filled_in(session), **changes))  # type: ignore[arg-type]
    assert session.scalars(select(DossierRow)).all() == []
    assert session.scalars(select(EntryRow)).all() == []


NOWHERE = home(w.PROVINCE)  # no office delivers in all of it


@pytest.mark.parametrize(
    ("changes", "refusals"),
    [
        (
            {
                "agency": UnitCode("AG-0"),
                "papers": (_paper("Sổ đỏ"),),
                "dues": (Due(line=Line.STATE_FEE, amount_dong=9000),),
                "submitter": replace(LAN, phone="", address=NOWHERE),
                "code": "H17.132-260000-0001",
            },
            {
                UnknownUnit,
                domain.PaperNotListed,
                checklist.PapersMissing,
                checklist.FeeDiffers,
                registration.NoPhoneToReach,
                places.NoOfficeServes,
                dossier_code.NoSuchDay,
            },
        ),
        # Papers, fee and way are those of a version: without one only the rest is judged.
        (
            {
                "procedure": "1.999999",
                "agency": w.OFFICE,
                "papers": (),
                "submitter": replace(LAN, phone=""),
            },
            {procedures.UnknownProcedure, places.NotAnAgency, registration.NoPhoneToReach},
        ),
        # Nor is the fee of a way that is closed, nor a receiver whom nobody may bring it to.
        (
            {
                "procedure": w.MARRIAGE,
                "papers": (),
                "dues": (Due(line=Line.STATE_FEE, amount_dong=9000),),
                "submitter": replace(LAN, address=NOWHERE),
            },
            {domain.NotByPost, checklist.PapersMissing},
        ),
        # How it comes decides what is asked, so nothing else is judged.
        ({"channel": Channel.DIRECT, "papers": ()}, {reception.ChannelDoesNotFit}),
    ],
)
def test_all_that_hinders_a_reception_is_told_at_once(
    session: Session, world: World, changes: dict[str, object], refusals: set[type[Refusal]]
) -> None:
    command = replace(filled_in(session), **changes)  # type: ignore[arg-type]

    assert set(refused(session, world, command)) == refusals
    assert session.scalars(select(DossierRow)).all() == []
    assert session.scalars(select(EntryRow)).all() == []


def test_what_hinders_twice_is_told_once(session: Session, world: World) -> None:
    unreached = replace(LAN, phone="")

    sender_and_receiver = replace(filled_in(session), submitter=unreached)
    assert refused(session, world, sender_and_receiver) == [registration.NoPhoneToReach]
    two_people = replace(sender_and_receiver, receiver=replace(BINH, phone=""))
    assert refused(session, world, two_people) == [registration.NoPhoneToReach] * 2


def refused(session: Session, world: World, command: Registration) -> list[type[Refusal]]:
    """What a reception is refused for, each by its kind."""
    with pytest.raises(Refusal) as told:
        register(session, world, command)
    why = told.value
    return [type(each) for each in (why.refusals if isinstance(why, SeveralRefused) else (why,))]


def test_who_does_not_work_at_a_counter_registers_nothing(session: Session, world: World) -> None:
    command = filled_in(session)
    for by in (world.courier, world.auditor, world.manager, world.officer):
        with pytest.raises(RoleNeeded):
            register(session, world, command, by=by)
    elsewhere = replace(world.counter, unit=w.AGENCY)
    with pytest.raises(reception.NotACounter):
        register(session, world, command, by=elsewhere)


def test_before_the_reform_the_agency_did_not_stand(session: Session, world: World) -> None:
    with pytest.raises(UnknownUnit):
        register(session, world, filled_in(session), at=w.MORNING - timedelta(days=600))


def test_a_desk_does_not_promise_a_date_in_an_unknown_year(session: Session, world: World) -> None:
    late = datetime(2026, 12, 31, 16, tzinfo=VIETNAM)
    command = filled_in(session, channel=Channel.DIRECT)
    with pytest.raises(NoCalendar):
        register(session, world, command, by=world.desk_clerk, at=late)


def test_a_dossier_filed_online_keeps_its_code_and_comes_once(
    session: Session, world: World
) -> None:
    command = filled_in(session, channel=Channel.ONLINE, code="000.00.16.H47-261120-0001")
    received = register(session, world, command)

    assert received.code == "000.00.16.H47-261120-0001"
    with pytest.raises(registration.DossierKnown):
        register(session, world, command)


def test_the_confirmed_fee_is_due_without_being_asked_for(session: Session, world: World) -> None:
    received = register(session, world, filled_in(session))

    account = charges.accounts(session, received.dossier)[0]
    assert (account.charge.line, account.charge.amount_dong) == (Line.STATE_FEE, 8000)
    assert dossiers.load(session, received.dossier).money is Money.DUE


@pytest.mark.parametrize(
    ("code", "due", "refusal"),
    [
        (w.EXTRACT, Due(line=Line.STATE_FEE, amount_dong=9000), checklist.FeeDiffers),
        (w.EXTRACT, Due(line=Line.STATE_FEE, amount_dong=0), checklist.FeeDiffers),
        (w.BUILDING, Due(line=Line.STATE_FEE, amount_dong=75_000), checklist.FeeNotConfirmed),
    ],
)
def test_nobody_invents_a_fee(
    session: Session, world: World, code: str, due: Due, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        register(session, world, filled_in(session, code, dues=(due,)))


def test_fee_by_the_copy_and_postage_stand_on_their_own_lines(
    session: Session, world: World
) -> None:
    dues = (
        Due(line=Line.STATE_FEE, amount_dong=24_000, paid_by=Means.CASH, reference="BL-1"),
        Due(line=Line.POSTAGE, amount_dong=26_000, exempt="Hộ nghèo"),
    )
    received = register(session, world, filled_in(session, dues=dues))

    lines = [each.charge.line for each in charges.accounts(session, received.dossier)]
    assert lines == [Line.STATE_FEE, Line.POSTAGE]
    assert dossiers.load(session, received.dossier).money is Money.PAID


def test_what_costs_nothing_opens_no_charge(session: Session, world: World) -> None:
    dues = (
        Due(line=Line.STATE_FEE, amount_dong=0, paid_by=Means.CASH),
        Due(line=Line.POSTAGE, amount_dong=0),
    )
    for code in (w.MARRIAGE, w.BUILDING):  # confirmed as free, and not confirmed
        command = filled_in(session, code, channel=Channel.DIRECT, result_by_post=False, dues=dues)
        received = register(session, world, command, by=world.desk_clerk)

        assert charges.accounts(session, received.dossier) == []
        assert dossiers.load(session, received.dossier).money is Money.NONE
    assert cash.of(session, world.desk_clerk.staff).charges == ()


def test_an_exemption_from_what_costs_nothing_anyway_is_kept(
    session: Session, world: World
) -> None:
    dues = (Due(line=Line.STATE_FEE, amount_dong=0, exempt="Hộ nghèo"),)
    command = filled_in(
        session, w.MARRIAGE, channel=Channel.DIRECT, result_by_post=False, dues=dues
    )
    received = register(session, world, command, by=world.desk_clerk)

    assert [each.charge.basis for each in charges.accounts(session, received.dossier)] == [
        "Hộ nghèo"
    ]
    assert dossiers.load(session, received.dossier).money is Money.EXEMPT


def test_an_amount_below_nothing_is_no_amount() -> None:
    with pytest.raises(BadAmount):
        Due(line=Line.POSTAGE, amount_dong=-1)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"name": "  "}, BadName),
        ({"name": "x" * 121}, BadName),
        ({"name": "Lan", "phone": "113"}, NotAPhoneNumber),
        ({"name": "Lan", "citizen": "123"}, NotACitizenNumber),
    ],
)
def test_a_person_typed_wrongly_is_refused_without_being_repeated(
    typed: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        read_person(**typed)  # type: ignore[arg-type]
    assert not any(value.strip() and value in str(refused.value) for value in typed.values())


@pytest.mark.parametrize(("lat", "lon"), [(15.5, None), (95.0, 108.0), (108.4, 15.5)])
def test_a_point_outside_the_country_is_no_home(lat: float, lon: float | None) -> None:
    with pytest.raises(BadAddress):
        replace(home(w.COMMUNE), lat=lat, lon=lon)


def test_the_owner_may_be_somebody_else_and_live_elsewhere(session: Session, world: World) -> None:
    received = register(session, world, filled_in(session, owner=BINH, receiver=BINH))

    shown = persons.masked(session, world.vault, [received.dossier])[received.dossier]
    assert shown[PersonRole.SUBMITTER].name == LAN.name
    assert shown[PersonRole.OWNER].citizen == "049*****4321"
    assert shown[PersonRole.RECEIVER].unit == w.FAR_COMMUNE


def _everything(session: Session) -> bytes:
    """Every value of every table, as bytes one after the other."""
    kept: list[bytes] = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(text(f'SELECT * FROM "{table.name}"')):  # names are our own
            kept += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(kept)
