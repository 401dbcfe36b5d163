"""Which account takes a line of money, and that none takes another line's."""

import pytest

from postal_service.domain.bank_accounts import BankAccount, NoAccount, NotByTransfer, account_for
from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line
from postal_service.domain.vietqr import BadBankAccount, TextTooLong

PATH = "/H17/POST/560000/"


def account(unit: str, line: Line = Line.POSTAGE, number: str = "1") -> BankAccount:
    return BankAccount(
        unit=UnitCode(unit), line=line, bank_bin="970436", number=number, holder="BUU DIEN"
    )


def test_the_nearest_account_on_the_way_up_takes_the_money() -> None:
    near, far = account("560000", number="2"), account("POST")

    for entered in ([near, far], [far, near]):
        assert account_for(entered, Line.POSTAGE, unit=UnitCode("560000"), path=PATH) is near
    assert account_for([far], Line.POSTAGE, unit=UnitCode("560000"), path=PATH) is far


def test_the_states_fee_never_goes_to_the_account_of_the_postage() -> None:
    with pytest.raises(NoAccount) as refused:
        account_for([account("560000")], Line.STATE_FEE, unit=UnitCode("560000"), path=PATH)
    assert refused.value.facts == {"line": "state_fee", "unit": "560000"}


def test_the_account_of_a_unit_with_a_longer_code_is_not_ours() -> None:
    with pytest.raises(NoAccount):
        account_for([account("5600")], Line.POSTAGE, unit=UnitCode("560000"), path=PATH)


def test_what_is_collected_for_others_has_no_account() -> None:
    with pytest.raises(NotByTransfer):
        account("POST", Line.COLLECTED_FOR_OTHERS)
    with pytest.raises(NotByTransfer):
        account_for([], Line.COLLECTED_FOR_OTHERS, unit=UnitCode("POST"), path="/POST/")


@pytest.mark.parametrize("number", ["", "1" * 20, "12-3", "số"])
def test_an_account_that_no_bank_has_is_refused(number: str) -> None:
    with pytest.raises(BadBankAccount):
        account("POST", number=number)


def test_a_holder_that_no_code_holds_is_refused() -> None:
    with pytest.raises(TextTooLong):
        BankAccount(
            unit=UnitCode("POST"), line=Line.POSTAGE, bank_bin="970436", number="1", holder="A" * 26
        )
