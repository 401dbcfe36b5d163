"""The day, played in the order of its hours: offices through their services, couriers through the running server.

It begins on the working day before, when the results that go home today were made, and ends with
the last phone that finds a network at night.
"""

import time as real_time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from postal_service.demo import rounds, world
from postal_service.demo.cashiers import Cashiers
from postal_service.demo.clerks import Office
from postal_service.demo.couriers import Courier, Tally
from postal_service.demo.crew import Crew, Line
from postal_service.demo.day import DAY, EVE, DayPlan, Matter, Way
from postal_service.demo.follow_up import after_failures
from postal_service.demo.hours import DemoClock
from postal_service.demo.incidents import Incidents
from postal_service.demo.moved import Moved
from postal_service.demo.naming import name_delegates
from postal_service.demo.rounds import Planned
from postal_service.demo.vans import Vans
from postal_service.domain.attempts import Step
from postal_service.domain.ids import UnitCode
from postal_service.domain.wording_dates import VIETNAM
from postal_service.runtime import Runtime
from postal_service.services import checkpoints, round_loading
from postal_service.storage.transaction import transaction

SLOT: Final = timedelta(minutes=30)
Progress = Callable[..., Iterable[Any]]


@dataclass
class Played:
    """Everything the summary tells."""

    plan: DayPlan
    office: Office
    couriers: list[Courier]
    vans: Vans
    tally: Tally
    incidents: Incidents
    planned: Planned
    resolved: int
    followed_up: Counter[Step]  # what was done with results that came back
    cashiers: Cashiers
    named: int  # delegates
    moved: Moved
    seconds: dict[str, float]  # of real time, by step


class Play:
    """One day on one runtime. `port` is where the server answers on this machine."""

    def __init__(
        self, runtime: Runtime, clock: DemoClock, plan: DayPlan, *, port: int, progress: Progress
    ) -> None:
        self.runtime, self.clock, self.plan, self.progress = runtime, clock, plan, progress
        self.chance = Random(f"play {plan.seed}")  # noqa: S311 - a demo that can be repeated
        self.line = Line(port)
        self.tally = Tally()
        self.seconds: dict[str, float] = {}
        self.couriers: list[Courier] = []
        self.planned = Planned()
        self.resolved = 0
        self.named = 0
        self.followed_up: Counter[Step] = Counter()

    def whole(self) -> Played:
        """Everything, from the empty store to the night."""
        try:
            self._prepare()
            self._eve()
            self._morning()
            self._hours()
            self._night()
        finally:
            self.line.close()
        return Played(
            plan=self.plan,
            office=self.office,
            couriers=self.couriers,
            vans=self.vans,
            tally=self.tally,
            incidents=self.incidents,
            planned=self.planned,
            resolved=self.resolved,
            followed_up=self.followed_up,
            cashiers=self.cashiers,
            named=self.named,
            moved=self.moved,
            seconds=self.seconds,
        )

    def _prepare(self) -> None:
        self._at(EVE, time(6))
        with self._step("world"), transaction(self.runtime.sessions) as session:
            made = world.build(session, Random(f"world {self.plan.seed}"))  # noqa: S311
        self.office = Office(self.runtime, made)
        self.vans = Vans(self.office)
        self.incidents = Incidents(self.office)
        self.cashiers = Cashiers(self.office, self.line)
        self.moved = Moved(self.office, self.line)

    def _eve(self) -> None:
        """Results are made and travel; citizens telephone for a visit."""
        with self._step("the days before"):
            earlier = (*self.plan.results, *self.plan.made_late, *self.plan.in_process)
            at = self._at(EVE, time(14, 30))
            for matters in self._by_desk(earlier, "Earlier days"):
                self.office.take_in(matters, at=at)
            self.office.work_on(self.plan.in_process, at=self._at(EVE, time(14, 45)))
            self.named = name_delegates(self.office, earlier, at=self._at(EVE, time(14, 50)))
            at = self._at(EVE, time(15))
            for matters in self._by_desk(self.plan.results, "Results of the eve"):
                self.office.resolve(matters, at=at)
            self.office.take_offered(self._offices(), at=self._at(EVE, time(16)))
            self.office.take_in(self.plan.posted_before, at=self._at(EVE, time(16, 30)))
            self.office.ask_for_visit(self.plan.pickups, at=self._at(EVE, time(16, 35)))
            # The last walk is over: these wait at their desks for the courier.
            late = self.office.resolve(self.plan.made_late, at=self._at(EVE, time(16, 45)))
            self.office.left_for_couriers.update(late)
            self.vans.leave(run="VT-1120-T", at=self._at(EVE, time(17, 30)))
            self.vans.arrive(at=self._at(date(2026, 11, 21), time(7)))

    def _morning(self) -> None:
        self.incidents.broken_seal(at=self._at(DAY, time(6, 30)))
        with self._step("planning"):
            self.planned = rounds.plan(
                self.office, DAY, seed=self.plan.seed, at=self._at(DAY, time(6, 45)),
                progress=self.progress,
            )  # fmt: skip
        with self._step("phones"):
            self._at(DAY, time(7))
            crew = Crew(self.office, self.line, self.clock, self.tally, self.plan.seed)
            pairs = crew.on_duty(self.planned.couriers)
            for office, actor in self.progress(pairs, "Enrolling phones", total=len(pairs)):
                self.couriers.append(crew.courier(office, actor))
        with self._step("loading"):
            at = self._at(DAY, time(7, 20))
            for courier in self.progress(self.couriers, "Loading", total=len(self.couriers)):
                self._load(courier, at)
            self.incidents.two_claims(self.couriers, at=self._at(DAY, time(7, 30)))
            self._someone_without_network()

    def _load(self, courier: Courier, at: datetime) -> None:
        courier.pull(at)
        courier.acknowledge()
        clerk = self.office.clerk(courier.office.code)
        for number in {number for number, _ in courier.stops}:
            with transaction(self.runtime.sessions) as session:
                policy = self.runtime.settings.delivery_policy
                for tour in round_loading.to_load(session, number, policy=policy):
                    round_loading.load(
                        session, self.runtime.keys, number, tour=tour,
                        service=self.office.service, policy=policy, by=clerk, at=at,
                    )  # fmt: skip
                    self.office.handed_over += 1
        courier.load(at)

    def _someone_without_network(self) -> None:
        """However small the share of the day, one courier is out of reach until the evening."""
        ends_at_home = [each for each in self.couriers if each.ends_at_home]
        if any(each.offline for each in ends_at_home):
            return
        # Rather one whose doors all open: what comes back is followed up at the counter the same day.
        for courier in sorted(ends_at_home, key=lambda each: each.doors_that_stay_closed)[:1]:
            courier.offline = True

    def _hours(self) -> None:
        """The working hours in half-hour slots: what happened in each is told at its end."""
        ends = list(_slots(time(8), time(17, 30)))
        with self._step("the day"):
            for end in self.progress(ends, "Playing the day", total=len(ends)):
                at = self._at(DAY, end)
                self.office.take_in(self._came_in(at), at=at)
                for courier in self.couriers:
                    courier.ride(at, self._exchange_code)
                self._happenings(end, at)
                self._back_at_offices(at)

    def _came_in(self, at: datetime) -> list[Matter]:
        return [
            matter
            for matter in self.plan.today
            if matter.way is not Way.HOME and at - SLOT < matter.at <= at
        ]

    def _happenings(self, end: time, at: datetime) -> None:
        match end:
            case time(hour=8, minute=30):
                self.incidents.refusals(at=at)
            case time(hour=10, minute=30):
                self.vans.leave(run="VT-1123-S", at=at)
            case time(hour=11, minute=0):
                self.incidents.sent_twice(self.couriers, at=at)
            case time(hour=12, minute=30):
                self.vans.arrive(at=at)
            case time(hour=14, minute=0):
                self._walk(at)
            case time(hour=14, minute=30):
                self.incidents.settle_reserved(at=at)
            case time(hour=15, minute=30):
                self._resolve_same_day(at)
            case time(hour=16, minute=0):
                self.office.take_offered(self._offices(), at=at)
            case _:
                pass

    def _walk(self, at: datetime) -> None:
        taken = self.office.walk_to_desks(at=at, reserve=self.incidents.reserve)
        self.office.receive(taken, at=self.clock.move_to(at + timedelta(minutes=6)))

    def _resolve_same_day(self, at: datetime) -> None:
        """What was received at its own desk before the afternoon's end is done before it closes."""
        done = [
            matter
            for matter in self.plan.today
            if matter.way in {Way.DESK, Way.ONLINE}
            and self.office.world.versions[matter.procedure].same_day
            and matter.at < at - timedelta(minutes=30)
        ]
        self.office.resolve(done, at=at)
        self.resolved = len(done)

    def _back_at_offices(self, at: datetime) -> None:
        back = [
            each
            for each in self.couriers
            if each.held and not each.stops and (each.ends_at is None or each.ends_at <= at)
        ]
        for courier in back:
            courier.give_back(at)
        offices = sorted({each.office.code for each in back if not each.offline})
        self.office.take_offered(offices, at=at)

    def _night(self) -> None:
        with self._step("the night"):
            self.incidents.correction(self.couriers, at=self._at(DAY, time(17, 35)))
            failed = [(c.office.code, item) for c in self.couriers for item, _ in c.failures]
            self.followed_up = after_failures(self.office, failed, at=self._at(DAY, time(17, 40)))
            self.moved.send_on(self.couriers, at=self._at(DAY, time(17, 42)))
            self.vans.leave(run="VT-1123-T", at=self._at(DAY, time(17, 45)))
            self.moved.plan(at=self.clock.now, today=DAY)
            back = [each for each in self.couriers if not each.stops]
            self.cashiers.take(back, at=self._at(DAY, time(17, 50)))
            at = self._at(DAY, time(21))
            for courier in self.couriers:
                courier.ride(at, self._exchange_code)
                courier.give_back(at)
            late = [each for each in self.couriers if each.offline and each.phone.outbox]
            for courier in late:
                courier.online(at)
                courier.send()
            self.tally.phones_late = len(late)
            self.cashiers.take(self.couriers, at=self._at(DAY, time(21, 15)))

    # Small things

    def _at(self, day: date, at: time) -> datetime:
        """The next hour of the play; what was recorded until now is signed before, as a server signs it.

        What happens in an hour is recorded with times before its end: signed at its end, it would
        have been seen by phones and offices before it happened.
        """
        checkpoints.sign_if_due(
            self.runtime.sessions,
            origin=self.runtime.settings.origin,
            log_key=self.runtime.log_key,
            witnesses=self.runtime.witnesses,
            at=self.clock(),
        )
        return self.clock.move_to(datetime.combine(day, at, tzinfo=VIETNAM))

    def _exchange_code(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def _offices(self) -> list[UnitCode]:
        return list(self.office.world.clerks)

    def _by_desk(self, matters: Iterable[Matter], title: str) -> Iterator[list[Matter]]:
        """One desk's matters after the other, with a bar."""
        found: dict[UnitCode, list[Matter]] = {}
        for matter in matters:
            found.setdefault(matter.taken_in, []).append(matter)
        yield from self.progress(list(found.values()), title, total=len(found))

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = real_time.monotonic()
        yield
        self.seconds[name] = real_time.monotonic() - began


def _slots(first: time, last: time) -> Iterator[time]:
    moment = datetime.combine(DAY, first)
    while moment.time() <= last:
        yield moment.time()
        moment += SLOT
