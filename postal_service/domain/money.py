"""Three lines of money that are never netted: the state's fee, the Post's postage, and what is collected for others.

They belong to different owners, go to different accounts and have different receipts. Every
amount is in whole dong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from postal_service.domain.refusals import Malformed, RuleBroken

LARGEST_AMOUNT_DONG = 9_999_999_999_999  # thirteen digits, the most a bank transfer code carries


class BadAmount(Malformed):
    code = "money.bad_amount"


class WrongStep(RuleBroken):
    """Money cannot go from this state to that one."""

    code = "money.wrong_step"


class WithoutBasis(RuleBroken):
    code = "money.without_basis"


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

    @property
    def is_owed(self) -> bool:
        """Whether money is still to be brought for it: nobody pays a charge of nothing."""
        return self.state is PaymentState.DUE and self.amount_dong > 0

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
    return _by_line(charge for charge in charges if charge.is_owed)


def cash_in_hand(charges: Iterable[Charge]) -> dict[Line, int]:
    """Cash taken and not yet handed in, line by line: what a shift's count must find."""
    return _by_line(
        charge
        for charge in charges
        if charge.state is PaymentState.PAID and charge.means is Means.CASH
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
