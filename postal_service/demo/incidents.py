"""What does not go as it should, and how it is put right: each of these happens at least once on the day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from postal_service.demo import places
from postal_service.demo.clerks import Office
from postal_service.demo.couriers import Courier
from postal_service.demo.day import Door, Matter, Way
from postal_service.demo.slips import registration
from postal_service.demo.stacks import at_counter
from postal_service.domain import acts, attempts
from postal_service.domain.acts import Condition, CorrectionKind, Leg, ReservedFor
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.domain.procedures import NotByPost
from postal_service.services import corrections, exceptions, items, reception
from postal_service.services.checklist import PapersMissing
from postal_service.services.handovers import Reservation
from postal_service.storage.transaction import reading, transaction


@dataclass
class Incidents:
    """Makes things go wrong and has them settled; `happened` counts."""

    office: Office
    happened: Counter[str] = field(default_factory=Counter)
    waiting: list[tuple[ItemId, UnitCode]] = field(default_factory=list)  # reserved, with the desk

    def broken_seal(self, *, at: datetime) -> None:
        """A clerk finds a broken seal in the morning; two staff count, settle, and seal again."""
        found = next(
            (
                (place, standing)
                for place in places.offices()
                for standing in at_counter(self.office.runtime, place.code)
                if standing.leg is Leg.OUT
            ),
            None,
        )
        if found is None:
            return
        place, standing = found
        clerk = self.office.clerk(place.code)
        witness = self.office.clerk(place.code, 1)
        manager = self.office.world.managers[place.area]
        runtime = self.office.runtime
        with transaction(runtime.sessions) as session:
            exceptions.report_damage(
                session, runtime.keys, standing.item, condition=Condition.SEAL_BROKEN,
                why="Niêm phong rách khi mở túi", by=clerk, at=at,
            )  # fmt: skip
            exceptions.settle(
                session, runtime.keys, standing.item, witness=clerk.staff, counts=standing.counts,
                why="Hai bên kiểm đếm đủ", by=manager, at=at,
            )  # fmt: skip
            self.office.reseal(
                session, standing, witness=witness.staff, why="Niêm phong cũ rách",
                by=clerk, at=at,
            )  # fmt: skip
        self.happened["broken seal settled"] += 1

    def refusals(self, *, at: datetime) -> None:
        """What the counter must say no to, before anything is written."""
        self._presence_required(at)
        self._papers_missing(at)

    def _presence_required(self, at: datetime) -> None:
        matter = next(m for m in self.office.slips.matters if m.way is Way.COUNTER)
        asked = self._filled_in(replace(matter, procedure="1.000894"))
        try:
            self._register(replace(asked, result_by_post=False), matter.taken_in, at)
        except NotByPost:
            self.happened["presence required: refused"] += 1

    def _papers_missing(self, at: datetime) -> None:
        matter = next(m for m in self.office.slips.matters if m.way is Way.COUNTER)
        asked = self._filled_in(matter)
        try:
            self._register(replace(asked, papers=asked.papers[1:]), matter.taken_in, at)
        except PapersMissing:
            self.happened["papers missing: citizen guided"] += 1

    def _filled_in(self, matter: Matter) -> reception.Registration:
        return registration(matter, self.office.world.versions[matter.procedure])

    def _register(self, asked: reception.Registration, unit: UnitCode, at: datetime) -> None:
        runtime = self.office.runtime
        with transaction(runtime.sessions) as session:
            reception.register(
                session, runtime.keys, asked, service=self.office.service,
                by=self.office.clerk(unit), at=at,
            )  # fmt: skip

    def reserve(self, desk: UnitCode, offered: Sequence[ItemId]) -> dict[ItemId, Reservation]:
        """The first desk that gets several takes all but one, and says why."""
        if self.happened["line reserved at a desk"] or not offered:
            return {}
        self.happened["line reserved at a desk"] += 1
        self.waiting.append((offered[-1], desk))
        return {offered[-1]: Reservation(reserved_for=ReservedFor.COUNT)}

    def settle_reserved(self, *, at: datetime) -> None:
        """Clerk and manager count again with the desk; then the desk takes it."""
        runtime = self.office.runtime
        for item, desk in self.waiting:
            place = places.standing_in(desk)
            clerk, manager = self.office.clerk(place.code), self.office.world.managers[place.area]
            with transaction(runtime.sessions) as session:
                standing = items.standing(session, item)
                exceptions.settle(
                    session, runtime.keys, item, witness=clerk.staff, counts=standing.counts,
                    why="Đếm lại cùng bộ phận Một cửa, đủ", by=manager, at=at,
                )  # fmt: skip
                offered = self.office.offer(session, [item], to=desk, by=clerk, at=at)
                self.office.take(session, offered.batch, by=self.office.clerk(desk), at=at)
            self.office.receive([item], at=at)
            self.happened["reserved line settled"] += 1
        self.waiting.clear()

    def two_claims(self, couriers: Sequence[Courier], *, at: datetime) -> None:
        """Two phones countersign one offer without a network: the ledger keeps both, one counts."""
        found = next(
            ((courier, item) for courier in couriers for item in sorted(courier.held)
             if self._plain(courier, item)),
            None,
        )  # fmt: skip
        if found is None or len(couriers) < 3:
            return
        giver, item = found
        near = sorted(couriers, key=lambda each: each.office.area != giver.office.area)
        one, other = [each for each in near if each is not giver][:2]
        parcel = giver.held.pop(item)
        code = giver.phone.offer_code([parcel])
        for courier in (one, other):
            courier.online(at)
            courier.phone.take(code, [parcel], {item: giver.phone.custody[item]}, giver.key)
        for courier in (one, other):
            courier.send()
        holder = self._holder(item)
        winner = one if holder == one.actor.staff else other
        winner.held[item] = parcel
        winner.packages[item] = giver.packages[item]
        self.happened["two phones claimed one item"] += 1

    def _plain(self, courier: Courier, item: ItemId) -> bool:
        """A result without an exchange, for a door that would have opened by the citizen's code."""
        matter = self.office.slips.of_item.get(item)
        package = courier.packages.get(item)
        if package is None or package["leg"] != Leg.OUT or package["return_envelope"]:
            return False
        return matter is not None and matter.door is Door.CODE and matter.by_post

    def _holder(self, item: ItemId) -> str:
        with reading(self.office.runtime.sessions) as session:
            holder = items.standing(session, item).holder
        return holder.staff if holder else ""

    def sent_twice(self, couriers: Sequence[Courier], *, at: datetime) -> None:
        """A phone got no answer and sends the same bytes again: nothing is recorded twice."""
        for courier in [each for each in couriers if each.last_sent and not each.offline][:3]:
            courier.online(at)
            again = courier.phone.send(courier.last_sent)
            courier.tally.outcomes.update(each["status"] for each in again)
            self.happened["batch sent twice"] += 1

    def correction(self, couriers: Sequence[Courier], *, at: datetime) -> None:
        """A courier told the wrong reason; he says so and the head of the office checks."""
        runtime = self.office.runtime
        for courier in couriers:
            for item, event in courier.failures:
                # The two reasons that are mistaken for each other: nobody at home, no answer.
                if courier.offline or self.office.slips.of_item[item].door is not Door.ABSENT:
                    continue
                manager = self.office.world.managers[courier.office.area]
                right = attempts.Reason.PHONE_UNREACHABLE
                replacement = acts.Attempt(
                    reason=right.value,
                    action=attempts.REASONS[right].default_action.value,
                    counted=attempts.counts(right),
                )
                with transaction(runtime.sessions) as session:
                    corrections.correct(
                        session, runtime.keys, event, kind=CorrectionKind.INCORRECT_DATA,
                        replacements=[replacement], maker=courier.actor.staff,
                        why="Chọn nhầm lý do", by=manager, at=at,
                    )  # fmt: skip
                self.happened["correction by maker and checker"] += 1
                return
