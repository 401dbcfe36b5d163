"""A shift handed over: what the outgoing clerk holds is offered to the one who comes, and the cash is counted.

Items move as ever, when the colleague takes the offer. The counting moves no money: what a clerk carries
reaches the till by a cashier's counting (services/cash.py). It is kept, and a difference has its reason.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NewType

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor, Role
from postal_service.domain.custody import ENDED, Standing, State
from postal_service.domain.ids import ItemId, StaffId, UnitCode
from postal_service.domain.money import Line, refuse_bad_amount
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.text import tidy
from postal_service.projections import holdings
from postal_service.services import cash, closed_bags, directory, handovers, places, purses
from postal_service.services.directory import UnknownStaff
from postal_service.services.handovers import Offered
from postal_service.services.office_events import OfficeKeys
from postal_service.services.overview import LYING
from postal_service.services.purses import LineCount
from postal_service.storage.schema import ShiftCountRow

ShiftId = NewType("ShiftId", str)

HANDING: Final = (Role.POSTAL_CLERK, Role.MANAGER)
MOST_HELD: Final = 2_000  # items of one shift
LISTED: Final = 60  # lines of countings on a page
LONGEST_REASON: Final = 200
_IN_HAND: Final = tuple(state for state in LYING if state not in ENDED)


class OnlyAtThePost(RuleBroken):
    """At a one-stop desk a hand-over to a colleague is a hand-over to the agency."""

    code = "shift.only_at_the_post"


class NotOfThisCounter(RuleBroken):
    """Whoever takes a shift over works at the same office, and is somebody else."""

    code = "shift.not_of_this_counter"


class ReasonNeeded(Malformed):
    code = "shift.reason_needed"


class HoldsTooMuch(RuleBroken):
    code = "shift.holds_too_much"


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a clerk has in hand at his counter: what can go to a colleague, and what cannot yet."""

    going: tuple[Standing, ...]
    staying: tuple[Standing, ...]
    purse: Mapping[Line, int]  # he took it himself and has not handed it in
    till: Mapping[Line, int]  # handed in here, not gone on to its owners

    @property
    def by_state(self) -> Mapping[State, int]:
        return Counter(each.state for each in (*self.going, *self.staying))

    @property
    def bags(self) -> tuple[Standing, ...]:
        return tuple(each for each in (*self.going, *self.staying) if each.is_bag)

    @property
    def expected(self) -> Mapping[Line, int]:
        """What must be found when purse and till are counted together."""
        return {
            line: dong
            for line in Line
            if (dong := self.purse.get(line, 0) + self.till.get(line, 0))
        }


@dataclass(frozen=True, kw_only=True)
class Counting:
    """The cash of one shift as it was counted."""

    shift: ShiftId
    giver: StaffId
    taker: StaffId
    at: datetime
    lines: tuple[LineCount, ...]
    why: str

    @property
    def agrees(self) -> bool:
        return not any(each.difference_dong for each in self.lines)


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """A shift as its paper tells it."""

    counting: Counting
    held: Held
    offers: tuple[Offered, ...]


def held(session: Session, *, by: Actor) -> Held:
    """What this person holds at the unit he works for. Raises RoleNeeded or HoldsTooMuch."""
    by.need(*HANDING)
    found = closed_bags.as_they_lie(session, _in_hand(session, by))
    loose = [each for each in found if not each.bag]
    bags = {each.item: closed_bags.inside(session, each) for each in loose if each.is_bag}
    going: list[Standing] = []
    for each in loose:
        # A bag goes with everything in it, whoever of the counter put that there, or stays.
        inside = bags.get(each.item, [])
        if _can_go(each) and not any(part.frozen or part.offered for part in inside):
            going += [each, *inside]
    goes = {each.item for each in going}
    staying = [each for each in found if each.item not in goes]
    return Held(
        going=tuple(going),
        staying=tuple(staying),
        purse=cash.of(session, by.staff).by_line,
        till=cash.till_of(session, by.unit),
    )


def hand_over(
    session: Session,
    keys: OfficeKeys,
    taker: StaffId,
    counted: Mapping[Line, int],
    *,
    why: str,
    by: Actor,
    at: datetime,
) -> HandedOver:
    """Offer everything that can go to `taker`, and keep what was counted beside what the entries say.

    All or nothing. Raises RoleNeeded, OnlyAtThePost, NotOfThisCounter, HoldsTooMuch, BadAmount, or
    ReasonNeeded where a count differs and nobody says why; and what handovers.offer raises.
    """
    by.need(*HANDING)
    if places.workplace(session, by=by, at=at).kind in {places.DESK, places.AGENCY}:
        raise OnlyAtThePost
    _refuse_unless_of_this_counter(session, taker, by)
    found = held(session, by=by)
    for amount in counted.values():
        refuse_bad_amount(amount)
    counting = Counting(
        shift=ShiftId(str(uuid7())),
        giver=by.staff,
        taker=taker,
        at=at,
        lines=tuple(purses.compare(found.expected, counted)),
        why=_reason(why),
    )
    if not counting.agrees and not counting.why:
        raise ReasonNeeded(most=LONGEST_REASON)
    if counting.agrees:
        counting = replace(counting, why="")
    offers = [
        handovers.offer(session, keys, each, to_unit=by.unit, to_staff=taker, by=by, at=at)
        for each in _batches(found.going)
    ]
    _keep(session, counting, by.unit)
    return HandedOver(counting=counting, held=found, offers=tuple(offers))


def countings(session: Session, *, by: Actor, after: str = "") -> tuple[list[Counting], str]:
    """The shifts that were counted at the actor's unit, the newest first; and where the list goes on.

    Raises RoleNeeded.
    """
    by.need(*HANDING)
    asked = select(ShiftCountRow).where(ShiftCountRow.unit == by.unit)
    if after:
        asked = asked.where(ShiftCountRow.shift < after)
    rows = session.scalars(
        asked.order_by(ShiftCountRow.shift.desc(), ShiftCountRow.line).limit(LISTED)
    ).all()
    by_shift: dict[str, list[ShiftCountRow]] = {}
    for row in rows:
        by_shift.setdefault(row.shift, []).append(row)
    # Every counting has a row for each line of money, so a page of them is cut between two.
    following = rows[-1].shift if len(rows) == LISTED else ""
    return [_counting(lines) for lines in by_shift.values()], following


def _in_hand(session: Session, by: Actor) -> list[Standing]:
    found: list[Standing] = []
    while len(page := _next(session, by, found)) >= holdings.PAGE:
        found += page
        if len(found) > MOST_HELD:
            raise HoldsTooMuch(most=MOST_HELD)
    return found + page


def _next(session: Session, by: Actor, found: Sequence[Standing]) -> list[Standing]:
    after = found[-1].item if found else ""
    return holdings.held_by_staff_at(session, by.staff, by.unit, _IN_HAND, after)


def _can_go(standing: Standing) -> bool:
    # What waits for its citizen stays where he was told to come.
    waits = standing.state is State.HELD
    return bool(standing.seal) and standing.offered is None and not standing.frozen and not waits


def _batches(going: Sequence[Standing]) -> Iterator[list[ItemId]]:
    """As few hand-overs as hold everything; a bag and what lies in it are in the same one."""
    batch: list[ItemId] = []
    for group in _groups(going):
        if batch and len(batch) + len(group) > handovers.LARGEST_BATCH:
            yield batch
            batch = []
        batch += group
    if batch:
        yield batch


def _groups(going: Sequence[Standing]) -> list[list[ItemId]]:
    groups: list[list[ItemId]] = []
    for each in going:
        if each.bag:  # right behind its bag
            groups[-1].append(each.item)
        else:
            groups.append([each.item])
    return groups


def _refuse_unless_of_this_counter(session: Session, taker: StaffId, by: Actor) -> None:
    try:
        colleague = directory.actor(session, taker, by.unit)
    except UnknownStaff:
        raise NotOfThisCounter(unit=by.unit) from None
    if taker == by.staff or not colleague.may(*HANDING):
        raise NotOfThisCounter(unit=by.unit)


def _reason(why: str) -> str:
    written = tidy(why[: LONGEST_REASON + 1])
    if len(written) > LONGEST_REASON:
        raise ReasonNeeded(most=LONGEST_REASON)
    return written


def _keep(session: Session, counting: Counting, unit: UnitCode) -> None:
    found = {each.line: each for each in counting.lines}
    for line in Line:
        each = found.get(line)
        session.add(
            ShiftCountRow(
                shift=counting.shift,
                line=line.value,
                staff=counting.giver,
                taker=counting.taker,
                unit=unit,
                at=counting.at,
                expected_dong=each.taken_dong if each else 0,
                counted_dong=each.counted_dong if each else 0,
                why=counting.why,
            )
        )
    session.flush()


def _counting(rows: Sequence[ShiftCountRow]) -> Counting:
    first = rows[0]
    return Counting(
        shift=ShiftId(first.shift),
        giver=StaffId(first.staff),
        taker=StaffId(first.taker),
        at=first.at,
        lines=tuple(
            LineCount(
                line=Line(row.line), counted_dong=row.counted_dong, taken_dong=row.expected_dong
            )
            for row in rows
            if row.counted_dong or row.expected_dong
        ),
        why=first.why,
    )
