"""Who received in the owner's place is bound by the delivery, kept with the dossier, and erased with it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import CardProof, Counts, Deliver, OverrideProof, Receiver
from postal_service.domain.identity import (
    CardComparison,
    Compared,
    Entitlement,
    IdentityContradicts,
    NoAuthorisation,
    OwnerNeedsNoPaper,
    ReceiverNotNamed,
    read_card,
)
from postal_service.domain.ids import DossierId, EventId, ItemId
from postal_service.domain.persons import BadName
from postal_service.domain.receivers import BadPaper, ReceivedBy
from postal_service.domain.refusals import Refusal
from postal_service.domain.rewriting import Changes, NothingToPutRight
from postal_service.ledger import reading
from postal_service.services import (
    administrative,
    corrections,
    counter_delivery,
    delegates,
    delivery,
    directory,
    erasing,
    overview,
    persons,
    receivers,
    results,
)
from postal_service.services.delegates import Ground, Shown
from postal_service.services.erasing import EraseReason
from postal_service.services.receivers import NobodyElse, OtherReceiver, UnknownDelivery, Words
from postal_service.services.steps import steps_of
from postal_service.storage.schema import AccessRow, CommitmentRow
from postal_service.storage.transaction import Sessions, transaction
from tests.services import journeys
from tests.services import world as w
from tests.services.test_delegates import LANS_CARD, MAI, AtCounter, at_counter
from tests.services.world import MORNING, World, build

NONE = Counts(originals=0, certified=0, photocopies=0)
CAME = Entitlement(receiver=Receiver.ORGANISATION, name="Võ Đình Khải", paper="GGT 07/2026")
CARD = CardProof(last4="3456")
WORDS = Words(name=CAME.name, paper=CAME.paper, salt=b"s" * 32)


@pytest.fixture
def lying(session: Session, world: World) -> AtCounter:
    return at_counter(session, world, journeys.received(session, world))


def hand_out(session: Session, world: World, item: ItemId, came: Entitlement) -> Deliver:
    done = counter_delivery.deliver(
        session, world.keys, item, entitlement=came, proof=CARD, recovered=NONE, service="BR",
        by=world.counter, at=w.AFTER_CUT,
    )  # fmt: skip
    entry = reading.entry(session, done.delivered.event)
    assert entry is not None
    assert isinstance(entry.event.act, Deliver)
    return entry.event.act


def told(session: Session, world: World, dossier: DossierId) -> list[ReceivedBy]:
    view = overview.dossier(session, world.vault, dossier, by=world.counter)
    return [each.received for each in view.received.values()]


def kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CommitmentRow)) or 0


def test_a_messengers_name_and_letter_are_bound_and_not_told_by_the_event(
    session: Session, world: World, lying: AtCounter
) -> None:
    act = hand_out(session, world, lying.item, CAME)

    assert act.receiver is Receiver.ORGANISATION
    (row,) = session.scalars(select(CommitmentRow).filter_by(hash=act.commitment))
    assert row.dossier == lying.received.dossier
    assert b"Kh\xe1\xba\xa3i" not in row.content
    words = receivers.words_of(
        session, world.vault, lying.received.dossier, [act.commitment]
    )[act.commitment]  # fmt: skip
    assert words.received == ReceivedBy(name=CAME.name, paper=CAME.paper)
    assert words.commitment == act.commitment
    assert repr(words.received) == "ReceivedBy()"
    assert told(session, world, lying.received.dossier) == [words.received]


def test_the_owner_and_a_named_delegate_are_told_by_reference(
    session: Session, world: World, lying: AtCounter
) -> None:
    delegates.name(
        session, world.keys, lying.received.dossier, MAI,
        shown=Shown(ground=Ground.PAPER, paper="UQ 12"), instead_of=delegates.NEVER,
        by=world.counter, at=w.AFTER_CUT,
    )  # fmt: skip
    before = kept(session)

    act = hand_out(session, world, lying.item, Entitlement(receiver=Receiver.AUTHORISED))

    assert (act.receiver, act.commitment) == (Receiver.AUTHORISED, "")
    assert kept(session) == before


def test_somebody_else_than_the_named_delegate_is_bound(
    session: Session, world: World, lying: AtCounter
) -> None:
    delegates.name(
        session, world.keys, lying.received.dossier, MAI,
        shown=Shown(ground=Ground.PAPER, paper="UQ 12"), instead_of=delegates.NEVER,
        by=world.counter, at=w.AFTER_CUT,
    )  # fmt: skip
    other = Entitlement(receiver=Receiver.AUTHORISED, name="Trần Văn Bảo", paper="UQ 13")

    assert hand_out(session, world, lying.item, other).commitment

    assert told(session, world, lying.received.dossier) == [
        ReceivedBy(name="Trần Văn Bảo", paper="UQ 13")
    ]


@pytest.mark.parametrize(
    ("came", "refusal"),
    [
        (Entitlement(receiver=Receiver.ORGANISATION), NoAuthorisation),
        (Entitlement(receiver=Receiver.AUTHORISED, name="Mai"), NoAuthorisation),
        (Entitlement(receiver=Receiver.AUTHORISED, paper="UQ 12"), ReceiverNotNamed),
        (Entitlement(receiver=Receiver.OWNER, name="Mai", paper="UQ 12"), OwnerNeedsNoPaper),
        (Entitlement(receiver=Receiver.AUTHORISED, name="x" * 121, paper="UQ"), BadName),
        (Entitlement(receiver=Receiver.AUTHORISED, name="\u200b", paper="UQ"), BadName),
        (Entitlement(receiver=Receiver.AUTHORISED, name="Mai", paper="x" * 121), BadPaper),
        (Entitlement(receiver=Receiver.AUTHORISED, name="Mai", paper="\x00"), BadPaper),
    ],
)
def test_without_name_and_paper_nothing_is_given_out_and_nothing_kept(
    session: Session, world: World, lying: AtCounter, came: Entitlement, refusal: type[Refusal]
) -> None:
    before = kept(session)
    with pytest.raises(refusal), session.begin_nested():
        hand_out(session, world, lying.item, came)

    assert kept(session) == before
    assert reading.entries_of(session, lying.item)[-1].event.moves_custody  # the counter's taking


def test_whoever_vouched_for_a_delivery_does_not_check_its_correction(
    session: Session, world: World, lying: AtCounter
) -> None:
    second = directory.hire(session, login="second", name="Lê Thị Hai", by=world.administrator)
    directory.grant(session, second.staff, Role.MANAGER, w.OFFICE, by=world.administrator)
    owner = Entitlement(receiver=Receiver.OWNER)
    counter_delivery.deliver(
        session, world.keys, lying.item, entitlement=owner, recovered=NONE, service="BR",
        proof=OverrideProof(witness=second.staff), by=world.manager, at=w.AFTER_CUT,
    )  # fmt: skip
    event = reading.entries_of(session, lying.item)[-1].event.id
    before = len(reading.entries_of(session, lying.item))

    def put_right(checker: Actor) -> corrections.Corrected:
        return corrections.rewrite(
            session, world.keys, event, Changes(receiver=Receiver.ORGANISATION), received=CAME,
            maker=world.counter.staff, why="nhầm", by=checker, at=w.AFTER_CUT,
        )  # fmt: skip

    with pytest.raises(corrections.WitnessChecks), session.begin_nested():
        put_right(directory.actor(session, second.staff))
    assert len(reading.entries_of(session, lying.item)) == before
    put_right(world.manager)  # who delivered it himself; another person vouched


def test_after_an_erasing_nobody_is_a_delegate_by_word_alone(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    delegates.name(
        session, world.keys, received.dossier, MAI, shown=Shown(ground=Ground.PAPER, paper="UQ 12"),
        instead_of=delegates.NEVER, by=world.counter, at=w.AFTER_CUT,
    )  # fmt: skip
    administrative.refuse(
        session, received.dossier, why="Không đủ điều kiện", by=world.officer, at=w.AFTER_CUT
    )
    erasing.erase(
        session, world.keys, received.dossier, reason=EraseReason.CITIZEN_ASKED,
        by=world.administrator, at=w.AFTER_CUT,
    )  # fmt: skip

    with pytest.raises(NoAuthorisation):
        results.give_at_desk(
            session, world.vault, received.dossier, by=world.desk_clerk, at=w.AFTER_CUT,
            entitlement=Entitlement(receiver=Receiver.AUTHORISED),
        )  # fmt: skip


def test_a_messengers_card_is_compared_with_his_written_name_and_nobody_looks(
    session: Session, world: World, lying: AtCounter
) -> None:
    looks = session.scalar(select(func.count()).select_from(AccessRow))
    lan = Entitlement(receiver=Receiver.ORGANISATION, name="Nguyễn Thị Lan", paper="GGT 7")

    def compared(came: Entitlement) -> CardComparison:
        return counter_delivery.compare_card(
            session, world.vault, lying.item, read_card(LANS_CARD), came, by=world.counter,
            at=w.AFTER_CUT,
        )  # fmt: skip

    assert compared(lan) == CardComparison(compared=Compared.NAME, found=())
    for came, refusal in (
        (CAME, IdentityContradicts),
        (replace(lan, name=""), ReceiverNotNamed),
        (Entitlement(receiver=Receiver.AUTHORISED), NoAuthorisation),  # nobody is named
    ):
        with pytest.raises(refusal):
            compared(came)
    assert session.scalar(select(func.count()).select_from(AccessRow)) == looks


def test_over_the_agencys_desk_the_step_binds_it(session: Session, world: World) -> None:
    received = journeys.received(session, world, result_by_post=False)
    administrative.resolve(session, received.dossier, by=world.officer, at=MORNING)

    results.give_at_desk(
        session, world.vault, received.dossier, entitlement=CAME, by=world.desk_clerk,
        at=w.AFTER_CUT,
    )  # fmt: skip

    right, _, pledged = steps_of(session, received.dossier)[-1].why.partition(": ")
    assert right == "organisation"
    assert session.get(CommitmentRow, pledged) is not None
    assert told(session, world, received.dossier) == [WORDS.received]


def test_it_is_erased_with_the_dossier_and_the_binding_stays(
    session: Session, world: World, lying: AtCounter
) -> None:
    act = hand_out(session, world, lying.item, CAME)
    results.note_delivered(session, [lying.item], at=w.AFTER_CUT)
    dossier = lying.received.dossier

    erasing.erase(
        session, world.keys, dossier, reason=EraseReason.CITIZEN_ASKED, by=world.administrator,
        at=w.AFTER_CUT,
    )  # fmt: skip

    assert kept(session) == 0
    assert receivers.words_of(session, world.vault, dossier, [act.commitment]) == {}
    assert told(session, world, dossier) == []
    assert act.commitment in {
        getattr(each.event.act, "commitment", "")
        for each in reading.entries_of(session, lying.item)
    }


# What a courier has signed, told afterwards


def signed(session: Session, world: World, *, receiver: Receiver, commitment: str) -> EventId:
    """The courier's delivery at a door, as his phone told it."""
    received = journeys.received(session, world)
    ready = journeys.ready(session, world, received, at=w.AFTER_CUT)
    journeys.with_courier(session, world, ready, at=w.AFTER_CUT)
    return delivery.deliver(
        session, world.keys, ready.item, receiver=receiver, proof=CARD, commitment=commitment,
        by=world.courier, at=w.AFTER_CUT,
    ).event  # fmt: skip


def test_his_words_are_entered_once_and_only_as_signed(session: Session, world: World) -> None:
    event = signed(
        session, world, receiver=Receiver.ORGANISATION, commitment=WORDS.commitment
    )  # fmt: skip
    before = kept(session)
    other = replace(WORDS, name="Người khác")
    for words, by, refusal in (
        (other, world.courier, OtherReceiver),
        (replace(WORDS, salt=b"t" * 32), world.courier, OtherReceiver),
        (WORDS, world.far_courier, UnknownDelivery),
        (WORDS, world.counter, UnknownDelivery),
    ):
        with pytest.raises(refusal):
            receivers.tell(session, world.vault, event, words, by=by)
    assert kept(session) == before

    assert receivers.tell(session, world.vault, event, WORDS, by=world.courier)
    assert not receivers.tell(session, world.vault, event, WORDS, by=world.courier)
    assert kept(session) == before + 1


def test_one_salt_for_two_dossiers_is_kept_with_the_first(session: Session, world: World) -> None:
    first, second = (
        signed(session, world, receiver=Receiver.ORGANISATION, commitment=WORDS.commitment)
        for _ in range(2)
    )
    assert receivers.tell(session, world.vault, first, WORDS, by=world.courier)
    with pytest.raises(OtherReceiver):
        receivers.tell(session, world.vault, second, WORDS, by=world.courier)


def test_where_the_owner_received_nobody_is_told(session: Session, world: World) -> None:
    event = signed(session, world, receiver=Receiver.OWNER, commitment=WORDS.commitment)
    with pytest.raises(NobodyElse):
        receivers.tell(session, world.vault, event, WORDS, by=world.courier)


def test_what_another_event_binds_is_not_told_as_a_receiver(
    session: Session, world: World, lying: AtCounter
) -> None:
    key = persons.key_of(session, world.vault, lying.received.dossier)
    pledged = persons.commit(session, key, {"delegate": ["a", "b", "c"], "ground": "paper"})
    assert receivers.words_of(session, world.vault, lying.received.dossier, [pledged]) == {}


def test_sent_twice_at_once_they_are_entered_once(committed_sessions: Sessions) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        event = signed(
            session, world, receiver=Receiver.ORGANISATION, commitment=WORDS.commitment
        )  # fmt: skip
        before = kept(session)
    both = Barrier(2)

    def one(_: int) -> bool:
        both.wait(10)
        with transaction(committed_sessions) as session:
            return receivers.tell(session, world.vault, event, WORDS, by=world.courier)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [False, True]
    with transaction(committed_sessions) as session:
        assert kept(session) == before + 1


# Put right


def rewrite(
    session: Session, world: World, event: EventId, changes: Changes, came: Entitlement | None
) -> Deliver:
    done = corrections.rewrite(
        session, world.keys, event, changes, maker=world.counter.staff, why="ghi nhầm",
        received=came, by=world.manager, at=w.AFTER_CUT,
    )  # fmt: skip
    entry = reading.entry(session, done.replacements[0])
    assert entry is not None
    assert isinstance(entry.event.act, Deliver)
    return entry.event.act


def test_a_receiver_told_wrongly_is_put_right_with_name_and_paper(
    session: Session, world: World, lying: AtCounter
) -> None:
    hand_out(session, world, lying.item, Entitlement(receiver=Receiver.OWNER))
    event = reading.entries_of(session, lying.item)[-1].event.id
    to_another = Changes(receiver=Receiver.ORGANISATION)
    with pytest.raises(NoAuthorisation):
        rewrite(session, world, event, to_another, None)

    act = rewrite(session, world, event, to_another, CAME)

    assert (act.receiver, bool(act.commitment)) == (Receiver.ORGANISATION, True)
    assert told(session, world, lying.received.dossier) == [WORDS.received]


def test_put_right_to_the_owner_nobody_else_is_bound(
    session: Session, world: World, lying: AtCounter
) -> None:
    hand_out(session, world, lying.item, CAME)
    event = reading.entries_of(session, lying.item)[-1].event.id

    act = rewrite(session, world, event, Changes(receiver=Receiver.OWNER), None)

    assert (act.receiver, act.commitment) == (Receiver.OWNER, "")


def test_a_name_alone_is_put_right(session: Session, world: World, lying: AtCounter) -> None:
    first = hand_out(session, world, lying.item, CAME)
    event = reading.entries_of(session, lying.item)[-1].event.id
    with pytest.raises(NothingToPutRight):
        rewrite(session, world, event, Changes(), None)
    right = Entitlement(receiver=Receiver.ORGANISATION, name="Võ Đình Khởi", paper="GGT 07/2026")

    act = rewrite(session, world, event, Changes(), right)

    assert act.commitment not in {"", first.commitment}
    assert ReceivedBy(name="Võ Đình Khởi", paper="GGT 07/2026") in told(
        session, world, lying.received.dossier
    )
