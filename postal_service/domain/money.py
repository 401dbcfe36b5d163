"""Three lines of money that are never netted: the state's fee, the Post's postage, and what is collected for others.

They belong to different owners, go to different accounts and have different receipts. Every
amount is in whole dong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import short_date
from postal_service.reference.tariffs import ShippedTariff

LARGEST_AMOUNT_DONG = 9_999_999_999_999  # thirteen digits, the most a bank transfer code carries


class BadAmount(Malformed):
    code = "money.bad_amount"


class WrongStep(RuleBroken):
    """Money cannot go from this state to that one."""

    code = "money.wrong_step"


class WithoutBasis(RuleBroken):
    code = "money.without_basis"


class NoTariff(RuleBroken):
    code = "money.no_tariff"


class Line(StrEnum):
    STATE_FEE = (
        "state_fee"  # fee or charge of the procedure: to the agency's account, with a receipt
    )
    POSTAGE = "postage"  # the Post's own revenue: invoice
    COLLECTED_FOR_OTHERS = "cod"  # collected at the door on behalf of somebody


class PaymentState(StrEnum):
    DUE = "due"
    PAID = "paid"
    EXEMPT = "exempt"
    HANDED_IN = "handed_in"  # the courier's or desk's cash has reached the cashier
    REMITTED = "remitted"  # it has reached its owner
    REFUNDED = "refunded"


class Means(StrEnum):
    CASH = "cash"
    TRANSFER_CODE = "qr"
    ONLINE = "online"


_NEXT: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.DUE: frozenset({PaymentState.PAID, PaymentState.EXEMPT}),
    PaymentState.PAID: frozenset(
        {PaymentState.HANDED_IN, PaymentState.REMITTED, PaymentState.REFUNDED}
    ),
    PaymentState.HANDED_IN: frozenset({PaymentState.REMITTED, PaymentState.REFUNDED}),
    PaymentState.REMITTED: frozenset({PaymentState.REFUNDED}),
    PaymentState.EXEMPT: frozenset(),
    PaymentState.REFUNDED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One amount on one line, and how far it has come."""

    line: Line
    amount_dong: int
    state: PaymentState = PaymentState.DUE
    means: Means | None = None
    basis: str = ""  # why exempt, or why refunded

    def __post_init__(self) -> None:
        refuse_bad_amount(self.amount_dong)

    def pay(self, means: Means) -> "Charge":
        """Raises WrongStep unless it is due."""
        return replace(self._step(PaymentState.PAID), means=means)

    def exempt(self, *, basis: str) -> "Charge":
        """Raises WithoutBasis where no rule is named, WrongStep unless it is due."""
        if not basis.strip():
            raise WithoutBasis(line=self.line.value)
        return replace(self._step(PaymentState.EXEMPT), basis=basis)

    def hand_in(self) -> "Charge":
        """Raises WrongStep for what was not paid in cash: nobody carried it."""
        if self.means is not Means.CASH:
            raise WrongStep(state=self.state.value, next=PaymentState.HANDED_IN.value)
        return self._step(PaymentState.HANDED_IN)

    def remit(self) -> "Charge":
        """Raises WrongStep for cash that was not handed in first."""
        if self.means is Means.CASH and self.state is PaymentState.PAID:
            raise WrongStep(state=self.state.value, next=PaymentState.REMITTED.value)
        return self._step(PaymentState.REMITTED)

    def refund(self, *, basis: str) -> "Charge":
        """Raises WrongStep for what was never paid, WithoutBasis where no reason is given."""
        if not basis.strip():
            raise WithoutBasis(line=self.line.value)
        return replace(self._step(PaymentState.REFUNDED), basis=basis)

    def _step(self, to: PaymentState) -> "Charge":
        if to not in _NEXT[self.state]:
            raise WrongStep(state=self.state.value, next=to.value)
        return replace(self, state=to)


def to_collect(charges: Iterable[Charge]) -> dict[Line, int]:
    """What is still to be collected at the door, line by line; a line without dues is left out."""
    return _by_line(charge for charge in charges if charge.state is PaymentState.DUE)


def cash_in_hand(charges: Iterable[Charge]) -> dict[Line, int]:
    """Cash taken and not yet handed in, line by line: what a shift's count must find."""
    return _by_line(
        charge
        for charge in charges
        if charge.state is PaymentState.PAID and charge.means is Means.CASH
    )


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """Postage in one zone from one day on: fixed steps, then so much for each further step."""

    zone: str
    valid_from: date
    steps: tuple[tuple[int, int], ...]  # (grams up to, dong), ascending
    further_step_grams: int
    further_step_dong: int
    vat_percent: int
    vat_included: bool
    surcharge_percent: int = 0
    status: str  # "demo" or the decision it comes from; printed with every price

    def __post_init__(self) -> None:
        grams = [up_to for up_to, _ in self.steps]
        if not grams or grams != sorted(set(grams)) or self.further_step_grams <= 0:
            raise ValueError(f"The weight steps of zone {self.zone} do not ascend.")


@dataclass(frozen=True, kw_only=True)
class Exemption:
    kind: str
    percent: int
    valid_from: date

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise ValueError(f"{self.percent} % cannot be waived.")


@dataclass(frozen=True, kw_only=True)
class Postage:
    """A price and how it came about. `waived_dong` is told apart, since somebody pays it in the end."""

    full_dong: int
    waived_dong: int
    vat_dong: int  # contained in what the citizen pays
    tariff_status: str

    @property
    def payable_dong(self) -> int:
        return self.full_dong - self.waived_dong


def tariff_on(tariffs: Iterable[Tariff], *, zone: str, day: date) -> Tariff:
    """The newest tariff of a zone in force on a day.

    Raises:
        NoTariff: none.
    """
    in_force = [t for t in tariffs if t.zone == zone and t.valid_from <= day]
    if not in_force:
        raise NoTariff(zone=zone, day=short_date(day))
    return max(in_force, key=lambda tariff: tariff.valid_from)


def postage(tariff: Tariff, *, weight_grams: int, exemption: Exemption | None = None) -> Postage:
    """The postage of one item.

    Raises:
        BadAmount: an item that weighs nothing.
    """
    if weight_grams <= 0:
        raise BadAmount(amount=weight_grams)
    base = _step_price(tariff, weight_grams)
    base += _percent(base, tariff.surcharge_percent)
    full = base if tariff.vat_included else base + _percent(base, tariff.vat_percent)
    waived = _percent(full, exemption.percent) if exemption else 0
    return Postage(
        full_dong=full,
        waived_dong=waived,
        vat_dong=vat_within(full - waived, percent=tariff.vat_percent),
        tariff_status=tariff.status,
    )


def vat_within(amount_dong: int, *, percent: int) -> int:
    """The tax contained in an amount that includes it, rounded to the dong."""
    return amount_dong - _rounded(amount_dong * 100, 100 + percent)


def tariffs_from_reference(shipped: ShippedTariff) -> tuple[Tariff, ...]:
    """The shipped rows, each carrying the word that they are for demonstration."""
    return tuple(
        Tariff(
            zone=row.zone,
            valid_from=row.valid_from,
            steps=row.steps,
            further_step_grams=row.further_step_grams,
            further_step_dong=row.further_step_dong,
            vat_percent=row.vat_percent,
            vat_included=row.vat_included,
            status=shipped.status,
        )
        for row in shipped.tariffs
    )


def refuse_bad_amount(amount_dong: int) -> None:
    """Raises BadAmount for a negative amount or one that no transfer could carry."""
    if not 0 <= amount_dong <= LARGEST_AMOUNT_DONG:
        raise BadAmount(amount=amount_dong)


def _by_line(charges: Iterable[Charge]) -> dict[Line, int]:
    sums: dict[Line, int] = {}
    for charge in charges:
        sums[charge.line] = sums.get(charge.line, 0) + charge.amount_dong
    return sums


def _step_price(tariff: Tariff, weight_grams: int) -> int:
    for up_to, price in tariff.steps:
        if weight_grams <= up_to:
            return price
    heaviest, price = tariff.steps[-1]
    further_steps = -(-(weight_grams - heaviest) // tariff.further_step_grams)
    return price + further_steps * tariff.further_step_dong


def _percent(amount_dong: int, percent: int) -> int:
    return _rounded(amount_dong * percent, 100)


def _rounded(dividend: int, divisor: int) -> int:
    """Half up, in whole numbers: a float would lose dong on large sums."""
    return (2 * dividend + divisor) // (2 * divisor)
