"""Whose account a line of money goes to: the agency's for the state's fee, the Post's for postage. Never one for both.

An account is configuration. Where none is entered there is no code to pay by, and nobody guesses one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.vietqr import Transfer, payload

BY_TRANSFER: Final = frozenset({Line.STATE_FEE, Line.POSTAGE})


class NotByTransfer(RuleBroken):
    """What is collected for others is taken at the door: its owner has no account here."""

    code = "transfer.not_by_transfer"


class NoAccount(RuleBroken):
    """No account is entered for this line at this unit or above it."""

    code = "transfer.no_account"


@dataclass(frozen=True, kw_only=True)
class BankAccount:
    """Takes one line of a unit and of everything below it, unless one further down takes it.

    Raises NotByTransfer, BadBankAccount or TextTooLong.
    """

    unit: UnitCode
    line: Line
    bank_bin: str
    number: str
    holder: str

    def __post_init__(self) -> None:
        if self.line not in BY_TRANSFER:
            raise NotByTransfer(line=self.line.value)
        payload(Transfer(bank_bin=self.bank_bin, account=self.number, name=self.holder))


def account_for(
    accounts: Iterable[BankAccount], line: Line, *, unit: UnitCode, path: str
) -> BankAccount:
    """The nearest account on the way up from a unit; `path` runs from the root, "/H17/POST/560000/".

    Raises NotByTransfer or NoAccount.
    """
    if line not in BY_TRANSFER:
        raise NotByTransfer(line=line.value)
    above = path.strip("/").split("/")
    taking = [each for each in accounts if each.line is line and each.unit in above]
    if not taking:
        raise NoAccount(line=line.value, unit=unit)
    return max(taking, key=lambda each: above.index(each.unit))
