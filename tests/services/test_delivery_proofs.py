"""What a courier's phone alone can say of a delivery: every honest proof passes, and no phone ends a custody by itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import CardProof, Condition, Leg, OverrideProof, Receiver
from postal_service.domain.custody import State, Trouble
from postal_service.domain.ids import ItemId, StaffId
from postal_service.domain.persons import PersonRole
from postal_service.ledger import signing
from postal_service.projections import holdings, rebuild, verdicts
from postal_service.services import (
    delegates,
    directory,
    item_papers,
    items,
    message_codes,
    persons,
    quarantine,
    staffing,
)
from postal_service.services.delegates import Ground, Shown
from postal_service.services.office_events import Told, tell
from postal_service.services.reception import Received
from postal_service.services.staffing import Decision
from postal_service.services.syncing import Outcome
from postal_service.storage.schema import AccessRow, DossierKeyRow, MessageCodeRow, PersonRow
from tests.clock import NOON, Clock
from tests.mobile_api.phones import TWO, collected, number
from tests.services import journeys
from tests.services import world as w
from tests.services.phones import known_phone, statuses, upload
from tests.services.registrations import LAN
from tests.services.test_delegates import MAI
from tests.services.world import VAULT, World

LANS, MAIS, NOBODYS = "3456", "3457", "0000"
BOUND = "ab" * 32  # who came, and by which letter


@pytest.fixture
def phone(session: Session, world: World, clock: Clock) -> Phone:
    return known_phone(session, world.courier, clock)


@dataclass(frozen=True)
class Carried:
    """A result in the courier's hands, of a dossier whose owner is Lan."""

    received: Received
    item: ItemId


@pytest.fixture
def carried(session: Session, world: World) -> Carried:
    received = journeys.received(session, world)
    return carried_by_courier(session, world, received)


def carried_by_courier(session: Session, world: World, received: Received) -> Carried:
    made = journeys.ready(session, world, received, at=w.MORNING)
    journeys.with_courier(session, world, made, at=w.MORNING)
    return Carried(received, made.item)


def delivers(
    session: Session,
    phone: Phone,
    item: ItemId,
    proof: acts.Proof,
    receiver: Receiver = Receiver.OWNER,
    *,
    bound: str = "",
) -> Outcome:
    """The phone tells of it, and is asked whether it was believed."""
    standing = items.standing(session, item)
    act = acts.Deliver(
        receiver=receiver, proof=proof, counts=standing.counts, condition=Condition.OK,
        commitment=bound,
    )  # fmt: skip
    phone.tell(item, act, parent=standing.custody)
    return upload(session, phone, phone.outbox[-1:])[0]


def how(outcome: Outcome) -> str:
    return outcome.reason or outcome.verdict or outcome.status.value


def ended(session: Session, item: ItemId) -> bool:
    return holdings.standings(session, [item])[item].ended


# --- Every honest proof ------------------------------------------------------------------------


def code(session: Session, world: World, carried: Carried) -> acts.Proof:
    own = carried.received.delivery_code
    assert own is not None
    return acts.CodeProof(rotation=own.rotation, secret=own.secret)


def message(session: Session, world: World, carried: Carried) -> acts.Proof:
    reference = message_codes.send(
        session, world.vault, carried.item, phone=LAN.phone, can_send=True, by=world.courier,
        at=NOON,
    )  # fmt: skip
    session.get_one(MessageCodeRow, reference).used_at = NOON
    session.flush()
    return acts.MessageProof(reference=reference)


def card(session: Session, world: World, carried: Carried) -> acts.Proof:
    return CardProof(last4=LANS)


def two(session: Session, world: World, carried: Carried) -> acts.Proof:
    return OverrideProof(witness=world.manager.staff)


@pytest.mark.parametrize("honest", [code, message, card, two])
def test_an_honest_delivery_of_every_proof_is_accepted_and_nobody_looked_at_a_person(
    session: Session,
    world: World,
    phone: Phone,
    carried: Carried,
    honest: Callable[[Session, World, Carried], acts.Proof],
) -> None:
    proof = honest(session, world, carried)
    looked = session.scalar(select(func.count()).select_from(AccessRow))

    assert how(delivers(session, phone, carried.item, proof)) == "accepted"

    standing = holdings.standings(session, [carried.item])[carried.item]
    assert (standing.state, standing.troubles) == (State.DELIVERED, frozenset())
    assert session.scalar(select(func.count()).select_from(AccessRow)) == looked


# --- What is not for a citizen -----------------------------------------------------------------


@pytest.mark.parametrize("leg", [Leg.IN, Leg.SUP, Leg.RET, Leg.BAG])
def test_a_phone_alone_does_not_end_what_is_not_for_a_citizen(
    session: Session, world: World, phone: Phone, leg: Leg
) -> None:
    item = number(session, leg)
    phone.accept(item, leg, TWO, w.AGENCY)
    phone.tell(item, acts.Pack(seal="S1", counts=TWO))
    upload(session, phone, phone.outbox)

    outcome = delivers(session, phone, item, OverrideProof(witness=world.manager.staff))

    assert (outcome.status.value, outcome.verdict) == ("conflict", "disputed")
    standing = holdings.standings(session, [item])[item]
    assert standing.holder is not None
    assert (standing.holder.staff, standing.ended) == (world.courier.staff, False)
    assert [each.verdict for each in verdicts.of_item(session, item)] == ["disputed"]


def test_the_order_in_which_a_false_delivery_arrives_changes_nothing(
    session: Session, world: World, clock: Clock
) -> None:
    ends = set()
    for place, order in enumerate(permutations(range(3))):
        parts = [known_phone(session, world.courier, clock) for _ in range(3)]
        item = number(session)
        custody = parts[0].accept(item, Leg.IN, TWO, w.AGENCY)
        parts[1].tell(item, acts.Pack(seal=f"S{place}", counts=TWO), parent=custody)
        false = acts.Deliver(
            receiver=Receiver.OWNER, proof=CardProof(last4=LANS), counts=TWO,
            condition=Condition.OK,
        )  # fmt: skip
        parts[2].tell(item, false, parent=custody)
        for part in order:
            upload(session, parts[part], parts[part].outbox)
        standing = holdings.standings(session, [item])[item]
        ends.add((standing.state, standing.custody == custody, standing.seal == f"S{place}"))
    assert ends == {(State.SEALED, True, True)}
    before = {row.event: row.verdict for row in verdicts.open_ones(session)}
    rebuild(session)
    assert {row.event: row.verdict for row in verdicts.open_ones(session)} == before


def test_what_its_citizen_withdrew_is_given_back_at_his_door(
    session: Session, world: World, phone: Phone
) -> None:
    parcel = collected(phone, number(session), "S1")
    upload(session, phone, phone.outbox)
    standing = items.standing(session, parcel.item)
    cancel = rules.cancel(standing, by=world.courier, why="withdrawn")
    told = Told(item=parcel.item, parent=standing.custody, act=cancel)
    tell(session, world.keys, [told], by=world.courier, at=NOON)

    assert how(delivers(session, phone, parcel.item, CardProof(last4=LANS))) == "accepted"
    assert ended(session, parcel.item)


@pytest.mark.parametrize(("proof", "said"), [(code, "accepted"), (card, "disputed")])
def test_what_goes_back_is_delivered_by_its_code_alone(
    session: Session,
    world: World,
    phone: Phone,
    carried: Carried,
    proof: Callable[[Session, World, Carried], acts.Proof],
    said: str,
) -> None:
    standing = items.standing(session, carried.item)
    back = rules.send_back(standing, by=world.courier, why="refused")
    told = Told(item=carried.item, parent=standing.custody, act=back)
    tell(session, world.keys, [told], by=world.courier, at=NOON)

    outcome = delivers(session, phone, carried.item, proof(session, world, carried))

    assert how(outcome) == said
    assert ended(session, carried.item) is (said == "accepted")
    record = item_papers.way_back
    if said == "accepted":  # the agency never got it
        with pytest.raises(item_papers.NotSentBack):
            record(session, world.vault, carried.item, by=world.manager, at=NOON)
    else:
        assert record(session, world.vault, carried.item, by=world.manager, at=NOON).taken is None


# --- Two staff ---------------------------------------------------------------------------------


def second_manager(session: Session, world: World) -> StaffId:
    person = directory.hire(session, login="second", name="Lê Thị Hai", by=world.administrator)
    directory.grant(session, person.staff, Role.MANAGER, w.OFFICE, by=world.administrator)
    return person.staff


def decided(world: World, at: datetime) -> Decision:
    return Decision(why="chuyển việc", by=world.administrator, at=at)


@pytest.mark.parametrize(
    "witness",
    ["far_courier", "far_counter", "counter", "desk_clerk", "officer", "auditor", "administrator"],
)
def test_whoever_is_no_manager_over_the_couriers_office_vouches_for_nothing(
    session: Session, world: World, phone: Phone, carried: Carried, witness: str
) -> None:
    person: Actor = getattr(world, witness)

    outcome = delivers(session, phone, carried.item, OverrideProof(witness=person.staff))

    assert how(outcome) == "unproved"
    assert not ended(session, carried.item)


def test_a_manager_of_another_office_or_nobody_known_vouches_for_nothing(
    session: Session, world: World, phone: Phone, carried: Carried
) -> None:
    person = directory.hire(session, login="far-head", name="Lê Thị Xa", by=world.administrator)
    directory.grant(session, person.staff, Role.MANAGER, w.FAR_OFFICE, by=world.administrator)
    for witness in (person.staff, StaffId("s-nobody")):
        refused = delivers(session, phone, carried.item, OverrideProof(witness=witness))
        assert how(refused) == "unproved"
        take_back(phone)

    directory.grant(session, person.staff, Role.MANAGER, w.OPERATOR, by=world.administrator)
    outcome = delivers(session, phone, carried.item, OverrideProof(witness=person.staff))
    assert how(outcome) == "accepted"  # over all offices of the operator


def take_back(phone: Phone) -> None:
    """As if the phone had not told the last event: the office has not taken it either."""
    phone.outbox.pop()
    phone._sequence -= 1
    assert not phone.outbox
    phone._previous = signing.genesis(phone.device)


@pytest.mark.parametrize("step", ["dismissed", "role taken"])
@pytest.mark.parametrize(("days", "said"), [(-1, "unproved"), (0, "accepted"), (3, "accepted")])
def test_it_counts_who_was_manager_on_the_day_of_the_delivery(
    session: Session,
    world: World,
    phone: Phone,
    carried: Carried,
    step: str,
    days: int,
    said: str,
) -> None:
    witness = second_manager(session, world)
    decision = decided(world, NOON + timedelta(days=days))
    if step == "dismissed":
        staffing.dismiss(session, witness, decision)
    else:
        staffing.take_role(session, witness, Role.MANAGER, w.OFFICE, decision)

    # The phone tells of it days later; what it signed is of NOON.
    outcome = delivers(session, phone, carried.item, OverrideProof(witness=witness))

    assert how(outcome) == said


def test_a_manager_who_had_left_and_was_taken_back_later_vouched_for_nothing(
    session: Session, world: World, phone: Phone, carried: Carried
) -> None:
    witness = second_manager(session, world)
    staffing.dismiss(session, witness, decided(world, NOON - timedelta(days=3)))
    staffing.take_back(session, witness, decided(world, NOON + timedelta(days=1)))

    assert how(delivers(session, phone, carried.item, OverrideProof(witness=witness))) == "unproved"


# --- A card ------------------------------------------------------------------------------------


def test_a_card_that_is_not_the_owners_proves_nothing_until_the_head_lets_it_in(
    session: Session, world: World, phone: Phone, carried: Carried
) -> None:
    outcome = delivers(session, phone, carried.item, CardProof(last4=NOBODYS))
    assert (outcome.status.value, outcome.reason) == ("quarantined", "unproved")
    assert not ended(session, carried.item)

    (waiting,) = quarantine.open_ones(session, by=world.manager)
    assert waiting.admissible
    quarantine.admit(session, VAULT, waiting.id, by=world.manager, at=NOON)

    assert ended(session, carried.item)


def test_a_false_card_that_was_held_is_compared_when_its_turn_comes(
    session: Session, world: World, phone: Phone, carried: Carried
) -> None:
    parcel = collected(phone, number(session), "S1")
    delivers(session, phone, carried.item, CardProof(last4=NOBODYS))
    first, packed, false = phone.outbox
    assert statuses(upload(session, phone, [packed])) == ["held"]

    assert [how(each) for each in upload(session, phone, [first, false])] == [
        "accepted", "unproved",
    ]  # fmt: skip
    assert holdings.standings(session, [parcel.item])[parcel.item].seal == "S1"
    assert not ended(session, carried.item)


@pytest.mark.parametrize(
    ("receiver", "bound", "last4", "said"),
    [
        (Receiver.AUTHORISED, "", MAIS, "accepted"),
        (Receiver.AUTHORISED, "", LANS, "unproved"),
        (Receiver.AUTHORISED, "", NOBODYS, "unproved"),
        (Receiver.AUTHORISED, BOUND, NOBODYS, "accepted"),  # another came, with a letter
        (Receiver.OWNER, "", LANS, "accepted"),
        (Receiver.OWNER, "", MAIS, "unproved"),
        (Receiver.ORGANISATION, BOUND, NOBODYS, "accepted"),  # nobody's number is kept of it
        (Receiver.ORGANISATION, "", NOBODYS, "unproved"),
    ],
)
def test_whoever_receives_for_the_owner_shows_the_card_of_whom_the_owner_named(
    session: Session,
    world: World,
    phone: Phone,
    receiver: Receiver,
    bound: str,
    last4: str,
    said: str,
) -> None:
    received = journeys.received(session, world)
    delegates.name(
        session, world.keys, received.dossier, MAI, shown=Shown(ground=Ground.PAPER, paper="UQ 12"),
        instead_of=delegates.NEVER, by=world.counter, at=w.MORNING,
    )  # fmt: skip
    carried = carried_by_courier(session, world, received)

    card = CardProof(last4=last4)
    outcome = delivers(session, phone, carried.item, card, receiver, bound=bound)

    assert how(outcome) == said


def test_a_card_of_somebody_authorised_whom_nobody_named_contradicts_nothing(
    session: Session, world: World, phone: Phone, carried: Carried
) -> None:
    card = CardProof(last4=NOBODYS)
    outcome = delivers(session, phone, carried.item, card, Receiver.AUTHORISED, bound=BOUND)
    assert how(outcome) == "accepted"


def no_number(session: Session, carried: Carried) -> None:
    key = persons.key_of(session, VAULT, carried.received.dossier)
    persons.keep(session, VAULT, key, PersonRole.OWNER, replace(LAN, citizen=""))


def erased(session: Session, carried: Carried) -> None:
    for table in (PersonRow, DossierKeyRow):
        session.execute(delete(table).where(table.dossier == carried.received.dossier))


@pytest.mark.parametrize("nothing", [no_number, erased])
def test_where_nobodys_number_is_known_a_card_is_believed(
    session: Session,
    world: World,
    phone: Phone,
    carried: Carried,
    nothing: Callable[[Session, Carried], None],
) -> None:
    nothing(session, carried)
    assert how(delivers(session, phone, carried.item, CardProof(last4=NOBODYS))) == "accepted"


def test_where_no_owner_was_named_it_is_the_card_of_whoever_brought_it(
    session: Session, world: World, phone: Phone, carried: Carried
) -> None:
    persons.forget(session, carried.received.dossier, PersonRole.OWNER)

    assert how(delivers(session, phone, carried.item, CardProof(last4=NOBODYS))) == "unproved"
    take_back(phone)
    assert how(delivers(session, phone, carried.item, CardProof(last4=LANS))) == "accepted"


# --- What was delivered in trouble -------------------------------------------------------------


def test_a_broken_seal_does_not_vanish_with_the_delivery(
    session: Session, world: World, phone: Phone, carried: Carried
) -> None:
    custody = items.standing(session, carried.item).custody
    phone.tell(carried.item, acts.Damage(condition=Condition.SEAL_BROKEN), parent=custody)
    upload(session, phone, phone.outbox)
    assert how(delivers(session, phone, carried.item, CardProof(last4=LANS))) == "accepted"

    standing = holdings.standings(session, [carried.item])[carried.item]
    assert (standing.state, standing.troubles) == (State.DELIVERED, frozenset({Trouble.SEAL}))
