"""Three lines of money, never netted; a code for a bank transfer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain import vietqr
from postal_service.domain.money import (
    BadAmount,
    Charge,
    Line,
    Means,
    PaymentState,
    WithoutBasis,
    WrongStep,
    cash_in_hand,
    to_collect,
)
from postal_service.domain.vietqr import Transfer
from postal_service.domain.wording_numbers import dong_in_words

DAY = date(2026, 11, 23)
BEAN_BAKERY = (
    "00020101021238530010A0000007270123000697043201091290057180208QRIBFTTA53037045802VN"
    "5920NGUYEN PHAM THUY LAN62390835Thanh toan don hang cho Bean Bakery63043AA2"
)


def charge(line: Line = Line.STATE_FEE, amount: int = 8_000) -> Charge:
    return Charge(line=line, amount_dong=amount)


def test_cash_goes_from_the_door_to_the_cashier_to_its_owner() -> None:
    paid = charge().pay(Means.CASH)
    assert paid.state is PaymentState.PAID
    assert paid.hand_in().remit().state is PaymentState.REMITTED
    assert paid.hand_in().refund(basis="Thu nhầm").state is PaymentState.REFUNDED


def test_a_transfer_is_remitted_without_anybody_carrying_it() -> None:
    paid = charge().pay(Means.TRANSFER_CODE)
    assert paid.remit().state is PaymentState.REMITTED
    with pytest.raises(WrongStep):
        paid.hand_in()


def test_cash_cannot_reach_its_owner_past_the_cashier() -> None:
    with pytest.raises(WrongStep):
        charge().pay(Means.CASH).remit()


def test_what_was_paid_or_waived_is_not_collected_again() -> None:
    for settled in (charge().pay(Means.ONLINE), charge().exempt(basis="Hộ nghèo")):
        with pytest.raises(WrongStep):
            settled.pay(Means.CASH)
        assert to_collect([settled]) == {}


def test_a_charge_of_nothing_is_not_to_be_collected() -> None:
    nothing = charge(Line.POSTAGE, 0)

    assert not nothing.is_owed
    assert charge().is_owed
    assert to_collect([nothing, charge()]) == {Line.STATE_FEE: 8_000}


@pytest.mark.parametrize("basis", ["", "   "])
def test_an_exemption_and_a_refund_name_their_basis(basis: str) -> None:
    with pytest.raises(WithoutBasis):
        charge().exempt(basis=basis)
    with pytest.raises(WithoutBasis):
        charge().pay(Means.CASH).refund(basis=basis)


def test_what_was_never_paid_is_not_refunded_or_handed_in() -> None:
    with pytest.raises(WrongStep):
        charge().refund(basis="x")
    with pytest.raises(WrongStep):
        charge().hand_in()
    with pytest.raises(WrongStep):
        charge().exempt(basis="Hộ nghèo").refund(basis="x")


def test_the_three_lines_stay_apart_at_the_door_and_in_the_count() -> None:
    charges = [
        charge(Line.STATE_FEE, 8_000),
        charge(Line.POSTAGE, 26_000),
        charge(Line.STATE_FEE, 12_000),
        charge(Line.COLLECTED_FOR_OTHERS, 50_000).pay(Means.CASH),
        charge(Line.POSTAGE, 28_000).pay(Means.CASH).hand_in(),
    ]
    assert to_collect(charges) == {Line.STATE_FEE: 20_000, Line.POSTAGE: 26_000}
    assert cash_in_hand(charges) == {Line.COLLECTED_FOR_OTHERS: 50_000}


@pytest.mark.parametrize("amount", [-1, 10_000_000_000_000])
def test_an_amount_that_cannot_be_is_refused(amount: int) -> None:
    with pytest.raises(BadAmount):
        charge(amount=amount)


def test_the_check_of_the_transfer_code_is_ccitt_false() -> None:
    assert vietqr.crc("123456789") == "29B1"


def test_a_published_transfer_code_is_read() -> None:
    transfer = vietqr.read(BEAN_BAKERY)
    assert (transfer.bank_bin, transfer.account) == ("970432", "129005718")
    assert transfer.amount_dong is None
    assert transfer.name == "NGUYEN PHAM THUY LAN"
    assert transfer.purpose == "Thanh toan don hang cho Bean Bakery"


def test_our_own_code_is_made_to_the_byte() -> None:
    transfer = Transfer(
        bank_bin="970436",
        account="0011001234567",
        amount_dong=38_000,
        purpose="BCCI HS2611230001",
    )
    assert vietqr.payload(transfer) == (
        "00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA"
        "53037045405380005802VN62210817BCCI HS2611230001630443A3"
    )


def test_vietnamese_text_is_folded_before_its_length_is_counted() -> None:
    made = vietqr.payload(
        Transfer(bank_bin="970436", account="1", name="Đặng Thị Lý", purpose="Lệ phí hộ tịch")
    )
    assert "5911Dang Thi Ly" in made
    assert "0814Le phi ho tich" in made
    assert made.startswith("000201010211")


@pytest.mark.parametrize(
    ("bank", "account"),
    [("97043", "1"), ("97O436", "1"), ("970436", ""), ("970436", "1" * 20), ("970436", "1 2")],
)
def test_an_account_that_cannot_be_is_refused(bank: str, account: str) -> None:
    with pytest.raises(vietqr.BadBankAccount):
        Transfer(bank_bin=bank, account=account)


def test_a_purpose_is_refused_rather_than_cut() -> None:
    with pytest.raises(vietqr.TextTooLong):
        vietqr.payload(Transfer(bank_bin="970436", account="1", purpose="x" * 26))


@pytest.mark.parametrize("text", ["", "6304", "Ơ" * 20, "hello world 63041234"])
def test_what_is_no_transfer_code_is_refused(text: str) -> None:
    with pytest.raises((vietqr.NotATransferCode, vietqr.WrongTransferCheck)):
        vietqr.read(text)


@pytest.mark.parametrize(
    "fields",
    ["0002", "000299x", "00020100020101", "000201010211", "00020154031x05303704", "0X0201"],
)
def test_fields_that_do_not_fit_are_refused_even_with_a_right_check(fields: str) -> None:
    unchecked = f"{fields}6304"
    with pytest.raises(vietqr.NotATransferCode):
        vietqr.read(unchecked + vietqr.crc(unchecked))


@given(
    st.from_regex("[0-9]{6}", fullmatch=True),
    st.from_regex("[0-9A-Z]{1,19}", fullmatch=True),
    st.none() | st.integers(0, 9_999_999_999_999),
    st.from_regex("([0-9A-Z]([0-9A-Z ]{0,23}[0-9A-Z])?)?", fullmatch=True),
)
def test_a_transfer_reads_back_and_any_changed_character_is_noticed(
    bank: str, account: str, amount: int | None, purpose: str
) -> None:
    transfer = Transfer(
        bank_bin=bank, account=account, amount_dong=amount, purpose=" ".join(purpose.split())
    )
    made = vietqr.payload(transfer)
    assert vietqr.read(made) == transfer
    for place in range(0, len(made), 7):
        changed = made[:place] + chr(ord(made[place]) ^ 1) + made[place + 1 :]
        with pytest.raises((vietqr.NotATransferCode, vietqr.WrongTransferCheck)):
            vietqr.read(changed)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (8_000, "Tám nghìn đồng"),
        (38_000, "Ba mươi tám nghìn đồng"),
        (115_000, "Một trăm mười lăm nghìn đồng"),
        (1_005_021, "Một triệu không trăm linh năm nghìn không trăm hai mươi mốt đồng"),
        (2_000_000_015, "Hai tỷ không trăm mười lăm đồng"),
        (10_500_000_000, "Mười tỷ năm trăm triệu đồng"),
    ],
)
def test_an_amount_in_words(amount: int, words: str) -> None:
    assert dong_in_words(amount) == words
