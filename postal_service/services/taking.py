"""Money taken from a citizen: at a counter by its clerk, at a door by the courier who had the papers in hand.

A phone tells what was taken as often as it must; it is entered once. Every line is taken by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DossierId
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings, timelines
from postal_service.services import charges, dossiers
from postal_service.services.charges import COLLECTORS, Account, ChargeId, UnknownCharge
from postal_service.storage.schema import MoneyRow

AT_COUNTERS: Final = (Role.POSTAL_CLERK, Role.DESK_CLERK, Role.MANAGER)
LATEST: Final = timedelta(days=7)  # for so long a phone may be without a network


class NotDue(RuleBroken):
    """Somebody took it, it was waived or given back, or it was paid by other means."""

    code = "charge.not_due"


class OtherAmount(RuleBroken):
    """A charge is paid whole or not at all."""

    code = "charge.other_amount"


class ReferenceNeeded(Malformed):
    """What is no cash leaves a number behind, and only by that it is found again."""

    code = "charge.reference_needed"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a courier says he took; `taken_at` by the clock of his phone."""

    charge: ChargeId
    amount_dong: int
    means: Means
    reference: str = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The payment of one charge as it was entered."""

    charge: ChargeId
    dossier: DossierId
    line: Line
    amount_dong: int
    means: Means
    reference: str
    at: datetime


def at_door(session: Session, told: Told, *, by: Actor, at: datetime) -> Taken:
    """Enter what a courier took. Told again by him with the same means and amount, nothing is entered.

    Raises RoleNeeded, UnknownCharge (also where he had nothing of its dossier in hand that day),
    NotDue, OtherAmount, ReferenceNeeded or BadReference.
    """
    by.need(*COLLECTORS)
    found = charges.account(session, told.charge)
    dossiers.row_of(session, found.dossier)  # of two couriers the second finds it paid
    before = _payment(session, told, by=by)
    taken_at = _reasonable(told.taken_at, found.since, at)
    clock_is_wrong = told.taken_at not in {None, taken_at}
    if before is None and not _had_in_hand(
        session, found.dossier, by=by, at=taken_at, on_any_day=clock_is_wrong
    ):
        raise UnknownCharge(charge=told.charge[:40])
    if told.amount_dong != found.charge.amount_dong:
        raise OtherAmount(told=told.amount_dong, due=found.charge.amount_dong)
    if before is not None:
        return _taken(before)
    return _pay(session, told.charge, told.means, told.reference, by=by, at=taken_at)


def at_counter(
    session: Session,
    dossier: DossierId,
    charge: ChargeId,
    means: Means,
    *,
    reference: str,
    by: Actor,
    at: datetime,
) -> Taken:
    """Take the money of one charge of a dossier that this clerk sees.

    Raises UnknownDossier, RoleNeeded, UnknownCharge, NotDue, ReferenceNeeded or BadReference.
    """
    _refuse_unless_of(session, dossier, charge, by=by)
    return _pay(session, charge, means, reference, by=by, at=at)


def waive(
    session: Session,
    dossier: DossierId,
    charge: ChargeId,
    *,
    basis: str,
    by: Actor,
    at: datetime,
) -> Account:
    """Ask nothing for one charge, by the rule that is named.

    Raises UnknownDossier, RoleNeeded, UnknownCharge, NotDue, WithoutBasis or BadReference.
    """
    _refuse_unless_of(session, dossier, charge, by=by)
    _refuse_unless_due(session, charge)
    return charges.exempt(session, charge, basis=basis, by=by, at=at)


def _refuse_unless_of(session: Session, dossier: DossierId, charge: ChargeId, *, by: Actor) -> None:
    dossiers.visible(session, dossier, by=by)
    by.need(*AT_COUNTERS)
    dossiers.row_of(session, dossier)  # of two clerks the second finds it paid
    if charges.account(session, charge).dossier != dossier:
        raise UnknownCharge(charge=charge[:40])


def _refuse_unless_due(session: Session, charge: ChargeId) -> None:
    if charges.account(session, charge).charge.state is not PaymentState.DUE:
        raise NotDue


def _pay(
    session: Session, charge: ChargeId, means: Means, reference: str, *, by: Actor, at: datetime
) -> Taken:
    _refuse_unless_due(session, charge)
    if means is not Means.CASH and not reference.strip():
        raise ReferenceNeeded
    paid = charges.pay(session, charge, means, reference=reference, by=by, at=at)
    return Taken(
        charge=paid.id,
        dossier=paid.dossier,
        line=paid.charge.line,
        amount_dong=paid.charge.amount_dong,
        means=means,
        reference=paid.reference,
        at=paid.since,
    )


def _reasonable(told: datetime | None, due_since: datetime, at: datetime) -> datetime:
    """The phone's time where it can be true, else ours: money is not refused because a clock is wrong."""
    if told is None or not max(due_since, at - LATEST) <= told <= at:
        return at
    return told


def _had_in_hand(
    session: Session, dossier: DossierId, *, by: Actor, at: datetime, on_any_day: bool
) -> bool:
    """Whether he holds something of this dossier, or took or gave it on that day.

    Whose clock cannot be right tells no day: for him it is any for which a phone may be silent.
    """
    numbers = [each.item for each in dossiers.items_of(session, dossier)]
    standings = holdings.standings(session, numbers).values()
    if any(each.holder is not None and each.holder.staff == by.staff for each in standings):
        return True
    day = local(at).date()
    return any(
        moment.counts
        and (moment.time.latest >= at - LATEST if on_any_day else day in moment.time.days)
        and by.staff in {party.staff for party in (moment.giver, moment.taker) if party}
        for moment in chain.from_iterable(timelines.of_items(session, numbers).values())
    )


def _payment(session: Session, told: Told, *, by: Actor) -> MoneyRow | None:
    """What he told of this charge before."""
    asked = select(MoneyRow).filter_by(
        charge=told.charge,
        state=PaymentState.PAID.value,
        staff=by.staff,
        method=told.means.value,
    )
    return session.scalar(asked.limit(1))


def _taken(row: MoneyRow) -> Taken:
    return Taken(
        charge=ChargeId(row.charge),
        dossier=DossierId(row.dossier),
        line=Line(row.line),
        amount_dong=row.amount_dong,
        means=Means(row.method),
        reference=row.reference,
        at=row.at,
    )
