"""Whatever people try, in whatever order it arrives, an item is in exactly one pair of hands."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from postal_service.domain import acts
from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Capacity, CodeProof, Condition, Leg, Receiver, ReservedFor
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import EventId, StaffId
from postal_service.domain.refusals import Refusal
from postal_service.domain.story import tell
from tests import amounts
from tests.domain.telling import (
    DESK,
    EVERYONE,
    MINH,
    PAPERS,
    SECRET,
    TUAN,
    Post,
    device_of,
)  # fmt: skip

pytestmark = pytest.mark.long

people = st.sampled_from(EVERYONE)
# What a courier's phone may sign, of whatever it has once heard of.
WORDS: tuple[acts.Act, ...] = (
    acts.Deliver(
        receiver=Receiver.OWNER,
        proof=CodeProof(rotation=1, secret=SECRET),
        counts=PAPERS,
        condition=Condition.OK,
    ),
    acts.Attempt(reason="R05", action="A5", counted=False),
    acts.Offer(
        to_unit=TUAN.unit, to_staff=TUAN.staff, counts=PAPERS, condition=Condition.OK, seal="S1",
        batch="b2", manifest="0" * 64, batch_count=1,
    ),
    acts.Damage(condition=Condition.WET),
    acts.Lost(why=""),
    acts.Withdraw(why=""),
)  # fmt: skip


def capacity_of(actor: Actor) -> Capacity:
    if actor.may(Role.DESK_CLERK):
        return Capacity.DESK
    return Capacity.COURIER if actor.may(Role.COURIER) else Capacity.COUNTER


class CustodyMachine(RuleBasedStateMachine):
    """Tries everything the rules know; a refused try must leave no trace."""

    def __init__(self) -> None:
        super().__init__()
        self.post = Post()
        self.post.accept(DESK, Leg.OUT, Capacity.DESK)
        self.seals = 0
        self.lies: list[EventId] = []
        self.holders: list[StaffId | None] = [DESK.staff]

    @property
    def standing(self) -> Standing:
        standing = self.post.story.standing
        assert standing is not None
        return standing

    def attempt(self, by: Actor, act: acts.Act) -> None:
        before = self.standing
        self.post.tell(by, act)
        after = self.standing
        holder = after.holder.staff if after.holder else None
        if after.custody != before.custody:
            self.holders.append(holder)
            assert isinstance(act, acts.Handover | acts.Deliver | acts.Found)
        else:
            assert after.holder == before.holder

    @rule(by=people)
    def seal(self, by: Actor) -> None:
        self.seals += 1
        try:
            act = rules.pack(
                self.standing, by=by, seal=f"S{self.seals}", counts=PAPERS,
                witness=StaffId("witness"), why="torn",
            )  # fmt: skip
        except Refusal:
            return
        self.attempt(by, act)

    @rule(by=people, to=people)
    def offer(self, by: Actor, to: Actor) -> None:
        try:
            act = rules.offer(
                self.standing, by=by, to_unit=to.unit, to_staff=to.staff,
                batch="b", manifest="0" * 64, batch_count=1,
            )  # fmt: skip
        except Refusal:
            return
        self.attempt(by, act)

    @precondition(lambda self: self.standing.offered is not None)
    @rule(by=people)
    def take(self, by: Actor) -> None:
        standing = self.standing
        assert standing.offered is not None
        offer = self.post.of(standing.offered.event)
        try:
            act = rules.take(
                standing, by=by, capacity=capacity_of(by), giver=offer.event.device,
                offered_by=offer.event.staff, offer=offer.digest, offer_signature="",
            )  # fmt: skip
        except Refusal:
            himself = by.staff == offer.event.staff
            assert by.staff != standing.offered.to_staff or standing.frozen or himself
            return
        self.attempt(by, act)
        assert self.holders[-1] == by.staff

    @precondition(lambda self: self.standing.offered is not None)
    @rule(by=people, reason=st.sampled_from(ReservedFor))
    def reserve(self, by: Actor, reason: ReservedFor) -> None:
        standing = self.standing
        assert standing.offered is not None
        digest = self.post.of(standing.offered.event).digest
        try:
            act = rules.reserve(
                standing, by=by, offer=digest, reserved_for=reason, condition=Condition.OK
            )
        except Refusal:
            return
        self.attempt(by, act)

    @rule(by=people, condition=st.sampled_from(Condition))
    def damage(self, by: Actor, condition: Condition) -> None:
        try:
            act = rules.report_damage(self.standing, by=by, condition=condition, why="")
        except Refusal:
            return
        self.attempt(by, act)

    @rule(by=people)
    def lose(self, by: Actor) -> None:
        try:
            act = rules.lose(self.standing, by=by, why="")
        except Refusal:
            return
        self.attempt(by, act)

    @rule(by=people)
    def find(self, by: Actor) -> None:
        try:
            act = rules.find(
                self.standing, capacity=capacity_of(by), condition=Condition.OK, why=""
            )
        except Refusal:
            return
        self.attempt(by, act)

    @rule(by=people)
    def settle(self, by: Actor) -> None:
        try:
            act = rules.clear(
                self.standing, by=by, witness=StaffId("witness"), why="", counts=PAPERS
            )
        except Refusal:
            return
        self.attempt(by, act)

    @rule(by=people, right=st.booleans())
    def deliver(self, by: Actor, right: bool) -> None:
        secret = SECRET if right else "Z" * 26
        proof = CodeProof(rotation=self.standing.rotation, secret=secret)
        try:
            act = rules.deliver(self.standing, by=by, receiver=Receiver.OWNER, proof=proof)
        except Refusal:
            return
        assert right
        self.attempt(by, act)
        assert self.standing.state is State.DELIVERED

    @rule(by=people)
    def send_back(self, by: Actor) -> None:
        try:
            act = rules.send_back(self.standing, by=by, why="")
        except Refusal:
            return
        self.attempt(by, act)

    @rule(by=st.sampled_from((MINH, TUAN)), act=st.sampled_from(WORDS))
    def say_on_a_phone_of_what_another_has(self, by: Actor, act: acts.Act) -> None:
        before = self.standing
        if before.holder is not None and before.holder.staff == by.staff:
            return
        self.lies.append(self.post.tell(by, act, of_phone=True))
        assert self.standing == before

    @invariant()
    def exactly_one_holder(self) -> None:
        standing = self.standing
        assert (standing.holder is None) == (standing.state is State.DELIVERED)

    @invariant()
    def what_the_rules_allow_is_never_disputed(self) -> None:
        story = self.post.story
        said = (story.disputed, story.conflicts, story.waiting)
        assert said == (tuple(sorted(self.lies)), (), ())

    @invariant()
    def the_order_of_arrival_changes_nothing(self) -> None:
        shuffled = [*self.post.told, *self.post.told]
        random.Random(len(shuffled)).shuffle(shuffled)
        assert tell(shuffled) == self.post.story


TestCustodyMachine = CustodyMachine.TestCase
TestCustodyMachine.settings = settings(
    max_examples=amounts.LIVES, stateful_step_count=amounts.ACTS, deadline=None
)


@given(st.lists(st.tuples(people, people, st.integers(0, 6)), max_size=14), st.randoms())
def test_even_lies_leave_exactly_one_path_of_custody(
    lies: list[tuple[Actor, Actor, int]], order: random.Random
) -> None:
    """Phones that break every rule: any claim resting on any earlier event, arriving anyhow."""
    post = Post()
    post.accept(DESK, Leg.OUT, Capacity.DESK)
    post.seal(DESK)
    for by, to, back in lies:
        parent = post.told[-1 - back % len(post.told)].event.id
        offer = post.offer(by, to)
        post.take(to, capacity_of(to), offer, parent=parent)
    first = tell(post.told)
    shuffled = list(post.told)
    order.shuffle(shuffled)

    again = tell(shuffled)

    assert again == first
    parents = [post.of(event).event.parent for event in first.transfers]
    assert parents == [EventId(""), *first.transfers[:-1]]
    sorted_out = [*first.applied, *first.conflicts, *first.disputed, *first.waiting]
    assert sorted(sorted_out) == sorted(told.event.id for told in post.told)
    assert all(device_of(by) for by, _, _ in lies)


@given(
    st.lists(st.tuples(people, people, st.integers(0, 9), st.booleans()), max_size=12),
    st.randoms(),
)
def test_whatever_falls_away_the_newest_code_stays_the_newest(
    moves: list[tuple[Actor, Actor, int, bool]], order: random.Random
) -> None:
    """Hand-overs, codes and corrections at random: a code that was given up never opens again."""
    post = Post()
    post.accept(DESK, Leg.OUT, Capacity.DESK)
    post.seal(DESK)
    newest = 1
    for by, to, back, renews in moves:
        if renews:
            newest += 1
            post.tell(by, acts.Rotate(rotation=newest, lock=f"{newest:064}", why=""))
        elif back < len(post.told) and back > 5:
            wrong = post.told[-1 - back % len(post.told)].event
            if wrong.id != post.told[0].event.id and not isinstance(wrong.act, acts.Rotate):
                post.tell(
                    by,
                    acts.Correct(
                        corrects=wrong.id, kind=acts.CorrectionKind.DID_NOT_OCCUR, replacements=(),
                        maker=StaffId("maker"), why="",
                    ),
                )  # fmt: skip
        else:
            post.take(to, capacity_of(to), post.offer(by, to))
        standing = post.story.standing
        assert standing is not None
        assert standing.rotation == newest
    shuffled = list(post.told)
    order.shuffle(shuffled)

    assert tell(shuffled) == post.story
