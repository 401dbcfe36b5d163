"""Somebody is named to receive in the owner's place: he gets a code, the one before opens nothing any more."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Grant, Role, RoleNeeded
from postal_service.domain.acts import Capacity, CardProof, CodeProof, Counts, Receiver
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.custody import State
from postal_service.domain.custody_rules import ItemEnded, WrongDeliveryCode
from postal_service.domain.identity import (
    CardComparison,
    Compared,
    Contradiction,
    Entitlement,
    IdentityContradicts,
    NoAuthorisation,
    read_card,
)
from postal_service.domain.ids import ItemId, RoundId
from postal_service.domain.money import Means
from postal_service.domain.persons import Person, PersonRole, read_person
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative
from postal_service.ledger import reading
from postal_service.projections.comparing import differing
from postal_service.services import (
    administrative,
    charges,
    counter_delivery,
    courier_shift,
    delegates,
    delivery,
    dossiers,
    erasing,
    handovers,
    particulars,
    persons,
    receivers,
    results,
    round_contacts,
    taking,
    tracking,
)
from postal_service.services.delegated import Change
from postal_service.services.delegates import (
    NEVER,
    DelegationId,
    Ground,
    Incomplete,
    NamedMeanwhile,
    NobodyNamed,
    NothingToReceive,
    OnItsWay,
    OwnerHimself,
    PaperNotNamed,
    Shown,
)
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.erasing import EraseReason
from postal_service.services.persons import DossierErased, Purpose
from postal_service.services.reception import Received
from postal_service.storage.schema import (
    CommitmentRow,
    DelegationRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    RoundRow,
    StopItemRow,
    StopRow,
)
from postal_service.storage.transaction import Sessions, transaction
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import events, passed, standing
from tests.services.registrations import LAN
from tests.services.world import World, build

NOON = w.MORNING + timedelta(hours=3)
NONE = Counts(originals=0, certified=0, photocopies=0)
PAPER = Shown(ground=Ground.PAPER, paper="UQ 12 ngày 20/11/2026")
MAI = read_person("Trần Thị Mai", phone="0914 222 333", citizen="049190123457")
BINH = read_person("Trần Văn Bình", phone="0914 000 777", citizen="049080654321")
LANS_CARD = "049190123456||Nguyễn Thị Lan|01011990|Nữ|12 Trần Cao Vân|01012022"
MAIS_CARD = "049190123457||TRẦN THỊ MAI|01011990|Nữ|Tam Kỳ|01012022"
BINHS_CARD = "049080654321||Trần Văn Bình|01011980|Nam|Hà Lam|01012022"


@dataclass(frozen=True)
class AtCounter:
    """A result that lies sealed and paid for at the counter of OFFICE, and its dossier."""

    received: Received
    item: ItemId


@pytest.fixture
def lying(session: Session, world: World) -> AtCounter:
    return at_counter(session, world, journeys.received(session, world))


def at_counter(session: Session, world: World, received: Received) -> AtCounter:
    ready = journeys.ready(session, world, received, at=w.MORNING)
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=w.MORNING)
    passed(session, world, [ready.item], world.desk_clerk, world.counter, Capacity.COUNTER)
    dossier = received.dossier
    for each in charges.owed(session, [dossier]).get(dossier, ()):
        taking.at_counter(
            session, dossier, each.id, Means.CASH, reference="", by=world.counter, at=w.MORNING
        )  # fmt: skip
    return AtCounter(received, ready.item)


def name(
    session: Session,
    world: World,
    received: Received,
    who: Person = MAI,
    *,
    instead_of: DelegationId = NEVER,
    by: Actor | None = None,
) -> DeliveryCode:
    code = delegates.name(
        session, world.keys, received.dossier, who, shown=PAPER, instead_of=instead_of,
        by=by or world.counter, at=NOON,
    )  # fmt: skip
    assert code is not None
    return code


def newest(session: Session, received: Received) -> DelegationId:
    return delegates.history(session, received.dossier)[0].id


def people(session: Session, world: World, received: Received) -> dict[PersonRole, str]:
    masked = persons.masked(session, world.vault, [received.dossier])[received.dossier]
    return {role: who.name for role, who in masked.items()}


def hand_out(
    session: Session, world: World, item: ItemId, code: DeliveryCode, receiver: Receiver
) -> None:
    counter_delivery.deliver(
        session, world.keys, item, entitlement=Entitlement(receiver=receiver),
        proof=CodeProof(rotation=code.rotation, secret=code.secret), recovered=NONE, service="BR",
        by=world.counter, at=NOON,
    )  # fmt: skip


def test_whoever_is_named_gets_a_code_and_the_one_before_opens_nothing(
    session: Session, world: World, lying: AtCounter
) -> None:
    old = lying.received.delivery_code
    assert old is not None

    code = name(session, world, lying.received)

    assert (code.item, code.rotation) == (lying.item, 2)
    assert people(session, world, lying.received)[PersonRole.DELEGATE] == "Trần Thị Mai"
    with pytest.raises(WrongDeliveryCode):
        hand_out(session, world, lying.item, old, Receiver.OWNER)
    hand_out(session, world, lying.item, code, Receiver.AUTHORISED)  # and no paper once more
    assert standing(session, lying.item).state is State.DELIVERED
    assert list(differing(session)) == []


def test_the_event_knows_the_delegate_by_a_commitment_alone(
    session: Session, world: World, lying: AtCounter
) -> None:
    name(session, world, lying.received)

    entry = reading.entries_of(session, lying.item)[-1]
    act = entry.event.act
    assert isinstance(act, acts.Rotate)
    assert act.why == Change.NAMED
    assert session.get(CommitmentRow, act.commitment) is not None
    for told in (MAI.name, MAI.phone[3:], MAI.citizen, "UQ 12"):
        assert told.encode() not in entry.body
    look = persons.looks(session, lying.received.dossier)[0]
    assert (look.staff, look.purpose) == (world.counter.staff, "naming")
    assert look.what == "delegate,owner,submitter"


def test_before_the_result_has_its_envelope_the_code_is_told_with_it(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    before = events(session)

    first = name(session, world, received, by=world.desk_clerk)
    second = name(session, world, received, BINH, instead_of=newest(session, received))

    assert (first.rotation, second.rotation) == (2, 3)
    assert events(session) == before  # there is no item yet to tell it of
    lying = at_counter(session, world, received)
    told = [each.event.act for each in reading.entries_of(session, lying.item)]
    assert [act.rotation for act in told if isinstance(act, acts.Rotate)] == [2, 3]
    assert standing(session, lying.item).lock == second.lock
    with pytest.raises(WrongDeliveryCode):
        hand_out(session, world, lying.item, first, Receiver.AUTHORISED)
    hand_out(session, world, lying.item, second, Receiver.AUTHORISED)
    assert list(differing(session)) == []


def test_what_is_taken_back_leaves_nobody_and_gives_the_owner_a_code(
    session: Session, world: World, lying: AtCounter
) -> None:
    delegates_code = name(session, world, lying.received)

    owners_code = delegates.take_back(
        session, world.keys, lying.received.dossier, shown=Shown(ground=Ground.OWNER),
        instead_of=newest(session, lying.received), by=world.second_counter, at=NOON,
    )  # fmt: skip

    assert owners_code is not None
    assert PersonRole.DELEGATE not in people(session, world, lying.received)
    assert delegates.named(session, lying.received.dossier) is None
    past = delegates.history(session, lying.received.dossier)
    assert [(each.change, each.ground, each.made_by) for each in past] == [
        (Change.TAKEN_BACK, Ground.OWNER, world.second_counter.staff),
        (Change.NAMED, Ground.PAPER, world.counter.staff),
    ]
    with pytest.raises(NoAuthorisation):
        hand_out(session, world, lying.item, delegates_code, Receiver.AUTHORISED)
    with pytest.raises(WrongDeliveryCode):
        hand_out(session, world, lying.item, delegates_code, Receiver.OWNER)
    hand_out(session, world, lying.item, owners_code, Receiver.OWNER)


def test_nobody_is_taken_back_where_nobody_was_named(
    session: Session, world: World, lying: AtCounter
) -> None:
    with pytest.raises(NobodyNamed):
        delegates.take_back(
            session, world.keys, lying.received.dossier, shown=PAPER, instead_of=NEVER,
            by=world.counter, at=NOON,
        )  # fmt: skip


def test_without_a_result_by_post_there_is_no_code(session: Session, world: World) -> None:
    received = journeys.received(session, world, result_by_post=False)
    before = events(session)

    code = delegates.name(
        session, world.keys, received.dossier, MAI, shown=PAPER, instead_of=NEVER,
        by=world.desk_clerk, at=NOON,
    )  # fmt: skip

    assert code is None
    assert events(session) == before
    authorised = Entitlement(receiver=Receiver.AUTHORISED)
    assert receivers.bind(session, world.vault, received.dossier, authorised) == ""


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (replace(MAI, phone=""), Incomplete),
        (replace(MAI, citizen=""), Incomplete),
        (replace(MAI, citizen=LAN.citizen), OwnerHimself),
    ],
)
def test_a_delegate_is_somebody_else_and_can_be_known_and_reached(
    session: Session, world: World, lying: AtCounter, who: Person, refusal: type[Refusal]
) -> None:
    before = events(session)

    with pytest.raises(refusal), session.begin_nested():
        name(session, world, lying.received, who)

    assert PersonRole.DELEGATE not in people(session, world, lying.received)
    assert (events(session), delegates.history(session, lying.received.dossier)) == (before, [])


def test_a_written_authorisation_is_named() -> None:
    with pytest.raises(PaperNotNamed):
        Shown(ground=Ground.PAPER, paper="  ")


def test_others_name_nobody(session: Session, world: World, lying: AtCounter) -> None:
    """Who sees it by another role, as an auditor of the province does, is no clerk of it."""
    auditing = Grant(role=Role.AUDITOR, unit=w.PROVINCE, path=f"/{w.PROVINCE}/")
    auditor_too = replace(world.far_counter, grants=(*world.far_counter.grants, auditing))
    for by, refusal in (
        (world.far_counter, UnknownDossier),
        (world.far_desk_clerk, UnknownDossier),
        (world.officer, RoleNeeded),
        (world.manager, RoleNeeded),
        (world.auditor, RoleNeeded),
        (auditor_too, RoleNeeded),
    ):
        with pytest.raises(refusal):
            name(session, world, lying.received, by=by)
        with pytest.raises(refusal):
            delegates.compare_owner(
                session, world.keys, lying.received.dossier, read_card(LANS_CARD), by=by, at=NOON
            )
    assert delegates.history(session, lying.received.dossier) == []


def _offered(session: Session, world: World, lying: AtCounter) -> None:
    handovers.offer(
        session, world.keys, [lying.item], to_unit=w.OFFICE, to_staff=world.courier.staff,
        by=world.counter, at=NOON,
    )  # fmt: skip


def _with_courier(session: Session, world: World, lying: AtCounter) -> None:
    passed(
        session, world, [lying.item], world.counter, world.courier, Capacity.COURIER, at=NOON
    )  # fmt: skip


def _withdrawn(session: Session, world: World, lying: AtCounter) -> None:
    row = dossiers.row_of(session, lying.received.dossier)
    row.administrative = Administrative.WITHDRAWN.value


def _delivered(session: Session, world: World, lying: AtCounter) -> None:
    code = lying.received.delivery_code
    assert code is not None
    hand_out(session, world, lying.item, code, Receiver.OWNER)


def _delivered_and_not_yet_noted(session: Session, world: World, lying: AtCounter) -> None:
    delivery.deliver(
        session, world.keys, lying.item, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.counter, at=NOON,
    )  # fmt: skip


def _erased(session: Session, world: World, lying: AtCounter) -> None:
    _delivered(session, world, lying)
    erasing.erase(
        session, world.keys, lying.received.dossier, reason=EraseReason.RETENTION_OVER,
        by=world.administrator, at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happened", "refusal"),
    [
        (_offered, OnItsWay),
        (_with_courier, OnItsWay),
        (_withdrawn, NothingToReceive),
        (_delivered, NothingToReceive),
        (_delivered_and_not_yet_noted, ItemEnded),
        (_erased, DossierErased),
    ],
)
def test_where_a_new_code_would_come_too_late_nobody_is_named(
    session: Session,
    world: World,
    lying: AtCounter,
    happened: Callable[[Session, World, AtCounter], None],
    refusal: type[Refusal],
) -> None:
    happened(session, world, lying)
    before = events(session)

    with pytest.raises(refusal), session.begin_nested():
        name(session, world, lying.received)

    assert events(session) == before
    assert delegates.history(session, lying.received.dossier) == []
    assert PersonRole.DELEGATE not in people(session, world, lying.received)


def test_whoever_saw_another_delegate_changes_nothing(
    session: Session, world: World, lying: AtCounter
) -> None:
    name(session, world, lying.received)

    for who in (BINH, MAI):
        with pytest.raises(NamedMeanwhile):
            name(session, world, lying.received, who)

    assert people(session, world, lying.received)[PersonRole.DELEGATE] == "Trần Thị Mai"
    assert standing(session, lying.item).rotation == 2


def test_of_two_who_name_at_once_the_second_changes_nothing(committed_sessions: Sessions) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        lying = at_counter(session, world, journeys.received(session, world))
    start = Barrier(2)

    def named(who: Person) -> DeliveryCode | None:
        start.wait(timeout=20)
        try:
            with transaction(committed_sessions) as session:
                return name(session, world, lying.received, who)
        except NamedMeanwhile:
            return None

    with ThreadPoolExecutor(2) as clerks:
        codes = [code for code in clerks.map(named, (MAI, BINH)) if code]
    with transaction(committed_sessions) as session:
        (code,) = codes
        assert standing(session, lying.item).lock == code.lock
        assert len(delegates.history(session, lying.received.dossier)) == 1


def test_the_envelope_and_the_naming_at_once_agree_on_the_code(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        received = journeys.received(session, world)
    start = Barrier(2)

    def named() -> DeliveryCode:
        start.wait(timeout=20)
        with transaction(committed_sessions) as session:
            return name(session, world, received)

    def enveloped() -> ItemId:
        start.wait(timeout=20)
        with transaction(committed_sessions) as session:
            return journeys.ready(session, world, received, at=NOON).item

    with ThreadPoolExecutor(2) as clerks:
        naming, envelope = clerks.submit(named), clerks.submit(enveloped)
        code, item = naming.result(timeout=60), envelope.result(timeout=60)
    with transaction(committed_sessions) as session:
        assert standing(session, item).lock == code.lock


@pytest.mark.parametrize(
    ("card", "receiver", "found"),
    [
        (MAIS_CARD, Receiver.AUTHORISED, ()),
        (BINHS_CARD, Receiver.AUTHORISED, (Contradiction.NAME, Contradiction.NUMBER)),
        (LANS_CARD, Receiver.AUTHORISED, (Contradiction.NAME, Contradiction.NUMBER)),
        (LANS_CARD, Receiver.OWNER, ()),
        (MAIS_CARD, Receiver.OWNER, (Contradiction.NAME, Contradiction.NUMBER)),
        (MAIS_CARD.replace("3457", "3458"), Receiver.AUTHORISED, (Contradiction.NUMBER,)),
    ],
)
def test_the_card_at_the_counter_is_compared_with_whoever_was_named(
    session: Session,
    world: World,
    lying: AtCounter,
    card: str,
    receiver: Receiver,
    found: tuple[Contradiction, ...],
) -> None:
    name(session, world, lying.received)

    compared = counter_delivery.compare_card(
        session, world.vault, lying.item, read_card(card), Entitlement(receiver=receiver),
        by=world.counter, at=NOON,
    )  # fmt: skip

    assert compared == CardComparison(compared=Compared.NAME_AND_NUMBER, found=found)


@pytest.mark.parametrize(
    ("card", "found"),
    [
        (LANS_CARD, ()),
        (LANS_CARD.replace("Nguyễn Thị Lan", "NGUYEN THI LAN"), ()),
        (MAIS_CARD, (Contradiction.NAME,)),
    ],
)
def test_where_no_number_of_the_owner_is_kept_his_name_is_compared_wherever_he_shows_his_card(
    session: Session,
    world: World,
    lying: AtCounter,
    card: str,
    found: tuple[Contradiction, ...],
) -> None:
    dossier, shown = lying.received.dossier, read_card(card)
    key = persons.key_of(session, world.vault, dossier)
    persons.keep(session, world.vault, key, PersonRole.OWNER, read_person("Nguyễn Thị Lan"))
    session.expire_all()

    at_the_desk = delegates.compare_owner(
        session, world.keys, dossier, shown, by=world.counter, at=NOON
    )
    at_the_counter = counter_delivery.compare_card(
        session, world.vault, lying.item, shown, Entitlement(receiver=Receiver.OWNER),
        by=world.counter, at=NOON,
    )  # fmt: skip

    assert at_the_desk == at_the_counter == CardComparison(compared=Compared.NAME, found=found)


@pytest.mark.parametrize(
    ("card", "found"),
    [(LANS_CARD, ()), (BINHS_CARD, (Contradiction.NAME, Contradiction.NUMBER))],
)
def test_whoever_says_he_is_the_owner_shows_his_card_and_the_look_is_logged(
    session: Session,
    world: World,
    lying: AtCounter,
    card: str,
    found: tuple[Contradiction, ...],
) -> None:
    compared = delegates.compare_owner(
        session, world.keys, lying.received.dossier, read_card(card), by=world.counter, at=NOON
    )

    assert compared == CardComparison(compared=Compared.NAME_AND_NUMBER, found=found)
    look = persons.looks(session, lying.received.dossier)[0]
    assert (look.staff, look.purpose) == (world.counter.staff, Purpose.NAMING)


def test_a_card_that_contradicts_itself_is_compared_with_nobody(
    session: Session, world: World, lying: AtCounter
) -> None:
    before = persons.looks(session, lying.received.dossier)

    with pytest.raises(IdentityContradicts):
        delegates.compare_owner(
            session, world.keys, lying.received.dossier,
            read_card(LANS_CARD.replace("Nữ", "Nam")), by=world.counter, at=NOON,
        )  # fmt: skip

    assert persons.looks(session, lying.received.dossier) == before


def on_a_round(session: Session, world: World, lying: AtCounter) -> RoundId:
    """The result is to be brought home today, by a round that is published."""
    session.add(
        PlanRow(
            id="plan-1", office=w.OFFICE, day=NOON.date(), version=1, state="published",
            made_by="s-manager", made_at=NOON, published_by="s-manager", published_at=NOON, seed=1,
            budget_seconds=1.0, cost=1, metres=1, seconds=1, baseline_metres=1, baseline_seconds=1,
            baseline_unserved=0, unserved=[], faults=[], orders="", edits=0, edited_by="",
            edited_at=NOON,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        RoundRow(
            id="round-1", plan="plan-1", office=w.OFFICE, day=NOON.date(),
            courier=world.courier.staff, state="published", acknowledged_at=None, starts_at=NOON,
            ends_at=NOON, metres=1, seconds=1,
        )
    )  # fmt: skip
    session.flush()
    at = {"arrives_at": NOON, "starts_at": NOON, "departs_at": NOON, "locked": "none"}
    home = lying.received.dossier
    session.add(StopRow(round="round-1", position=1, kind="deliver", unit=None, dossier=home, **at))
    session.add(StopItemRow(round="round-1", position=1, reference=lying.item, kind="item"))
    session.flush()
    return RoundId("round-1")


def test_the_phone_hears_of_the_delegate_first_and_that_its_day_changed(
    session: Session, world: World, lying: AtCounter
) -> None:
    mine = on_a_round(session, world, lying)
    loaded = courier_shift.today(session, world.vault, by=world.courier, at=NOON)

    code = name(session, world, lying.received)

    changed = courier_shift.changes(session, loaded.cursor, by=world.courier, at=NOON)
    assert changed.rounds_changed
    known = next(each.standing for each in changed.packages if each.item == lying.item)
    assert known is not None
    assert (known.rotation, known.lock) == (2, code.lock)
    first, *_ = round_contacts.contacts(session, world.vault, mine, by=world.courier, at=NOON)
    assert (first.role, first.name, first.citizen_last4) == (
        PersonRole.DELEGATE, "Trần Thị Mai", "3457",
    )  # fmt: skip
    assert first.phone == MAI.phone
    again = courier_shift.today(session, world.vault, by=world.courier, at=NOON)
    unchanged = courier_shift.changes(session, again.cursor, by=world.courier, at=NOON)
    assert not unchanged.rounds_changed


def test_a_code_by_message_goes_to_the_delegate(
    session: Session, world: World, lying: AtCounter
) -> None:
    name(session, world, lying.received)

    counter_delivery.send_code(
        session, world.vault, lying.item, can_send=True, by=world.counter, at=NOON
    )

    assert session.scalars(select(OutboxRow.shown_to)).one() == MAI.masked.phone


def test_a_delegate_is_named_anew_and_not_corrected(
    session: Session, world: World, lying: AtCounter
) -> None:
    name(session, world, lying.received)

    with pytest.raises(particulars.NamedAnew):
        particulars.propose(
            session, world.vault, lying.received.dossier, PersonRole.DELEGATE,
            particulars.Changes(name="Trần Thị Mây"), basis=particulars.Basis.CARD,
            by=world.counter, at=NOON,
        )  # fmt: skip


def test_the_citizen_reads_that_somebody_was_named_until_it_is_over(
    session: Session, world: World, lying: AtCounter
) -> None:
    def tracked() -> tracking.Tracked:
        made = lying.received
        return tracking.track(session, world.vault, made.code, made.pin, at=NOON)

    assert not tracked().delegated
    code = name(session, world, lying.received)
    assert tracked().delegated
    assert "Mai" not in repr(tracked())
    hand_out(session, world, lying.item, code, Receiver.AUTHORISED)
    assert not tracked().delegated


def test_what_was_named_is_erased_with_the_dossier(
    session: Session, world: World, lying: AtCounter
) -> None:
    code = name(session, world, lying.received)
    hand_out(session, world, lying.item, code, Receiver.AUTHORISED)
    dossier = lying.received.dossier

    kept = delegates.papers(session, world.vault, dossier)
    assert list(kept.values()) == [PAPER.paper]

    erasing.erase(
        session, world.keys, dossier, reason=EraseReason.CITIZEN_ASKED, by=world.administrator,
        at=NOON,
    )  # fmt: skip

    assert delegates.papers(session, world.vault, dossier) == {}
    assert session.scalars(select(DelegationRow.content)).all() == [None]
    for table in (PersonRow, CommitmentRow):
        asked = select(func.count()).select_from(table).filter_by(dossier=dossier)
        assert session.scalar(asked) == 0
    assert [each.change for each in delegates.history(session, dossier)] == [Change.NAMED]


def test_over_the_agencys_desk_the_delegate_needs_no_paper_once_more(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world, result_by_post=False)
    administrative.resolve(session, received.dossier, by=world.officer, at=NOON)
    with pytest.raises(NoAuthorisation):
        results.give_at_desk(
            session, world.vault, received.dossier,
            entitlement=Entitlement(receiver=Receiver.AUTHORISED), by=world.desk_clerk, at=NOON,
        )  # fmt: skip
    delegates.name(
        session, world.keys, received.dossier, MAI, shown=PAPER, instead_of=NEVER,
        by=world.desk_clerk, at=NOON,
    )  # fmt: skip

    given = results.give_at_desk(
        session, world.vault, received.dossier,
        entitlement=Entitlement(receiver=Receiver.AUTHORISED), by=world.desk_clerk, at=NOON,
    )  # fmt: skip

    assert given.state is Administrative.RETURNED
