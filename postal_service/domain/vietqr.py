"""A bank transfer as a code every Vietnamese bank reads: EMVCo fields in NAPAS order, closed by a CRC.

NAPAS IBFT V1.5.2: 00 version, 01 static or dynamic, 38 the account, 53 currency, 54 amount,
58 country, 59 name, 62 purpose, 63 CRC. Lengths count characters, so all text is folded to ASCII.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass

from postal_service.domain.money import refuse_bad_amount
from postal_service.domain.refusals import Malformed
from postal_service.domain.text import ascii_only

_NAPAS = "A000000727"
_TO_ACCOUNT = "QRIBFTTA"
_DONG = "704"  # ISO 4217
_STATIC, _DYNAMIC = "11", "12"
_BANK = re.compile("[0-9]{6}")
_ACCOUNT = re.compile("[0-9A-Za-z]{1,19}")
LONGEST_NAME = 25
LONGEST_PURPOSE = 25


class BadBankAccount(Malformed):
    """The account is not repeated: a code may be read from anybody's screen."""

    code = "transfer.bad_account"


class TextTooLong(Malformed):
    code = "transfer.text_too_long"


class NotATransferCode(Malformed):
    code = "transfer.malformed"


class WrongTransferCheck(Malformed):
    code = "transfer.wrong_check"


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A transfer to ask for. Without an amount the code is static and the payer types it."""

    bank_bin: str
    account: str
    amount_dong: int | None = None
    name: str = ""
    purpose: str = ""

    def __post_init__(self) -> None:
        if not _BANK.fullmatch(self.bank_bin) or not _ACCOUNT.fullmatch(self.account):
            raise BadBankAccount
        if self.amount_dong is not None:
            refuse_bad_amount(self.amount_dong)


def payload(transfer: Transfer) -> str:
    """The text of the code.

    Raises:
        TextTooLong: a name or purpose of more than 25 characters. It is not cut: the purpose is
            what a payment is matched by.
    """
    name, purpose = ascii_only(transfer.name), ascii_only(transfer.purpose)
    if len(name) > LONGEST_NAME or len(purpose) > LONGEST_PURPOSE:
        raise TextTooLong(longest=LONGEST_PURPOSE)
    account = _field("00", transfer.bank_bin) + _field("01", transfer.account)
    parts = [
        _field("00", "01"),
        _field("01", _STATIC if transfer.amount_dong is None else _DYNAMIC),
        _field("38", _field("00", _NAPAS) + _field("01", account) + _field("02", _TO_ACCOUNT)),
        _field("53", _DONG),
        _field("54", str(transfer.amount_dong)) if transfer.amount_dong is not None else "",
        _field("58", "VN"),
        _field("59", name) if name else "",
        _field("62", _field("08", purpose)) if purpose else "",
        "6304",
    ]
    unchecked = "".join(parts)
    return unchecked + crc(unchecked)


def read(text: str) -> Transfer:
    """The transfer a code asks for.

    Raises:
        WrongTransferCheck: the CRC does not fit.
        NotATransferCode: not fields, or not a transfer in dong to an account.
    """
    if not text.isascii() or len(text) < 8 or text[-8:-4] != "6304":
        raise NotATransferCode(length=len(text))
    if crc(text[:-4]) != text[-4:]:
        raise WrongTransferCheck(length=len(text))
    fields = _fields(text[:-8])
    consumer = _fields(fields.get("38", ""))
    account = _fields(consumer.get("01", ""))
    if consumer.get("00") != _NAPAS or fields.get("53") != _DONG or fields.get("58") != "VN":
        raise NotATransferCode(length=len(text))
    amount = fields.get("54")
    if amount is not None and not re.fullmatch("[0-9]{1,13}", amount):
        raise NotATransferCode(length=len(text))
    return Transfer(
        bank_bin=account.get("00", ""),
        account=account.get("01", ""),
        amount_dong=None if amount is None else int(amount),
        name=fields.get("59", ""),
        purpose=_fields(fields.get("62", "")).get("08", ""),
    )


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE (polynomial 1021, start FFFF), four capitals of hex."""
    return f"{crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def _field(tag: str, value: str) -> str:
    if len(value) > 99:
        raise TextTooLong(longest=99)
    return f"{tag}{len(value):02d}{value}"


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if not re.fullmatch("[0-9]{4}", tag + length) or tag in fields:
            raise NotATransferCode(length=len(text))
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) != int(length):
            raise NotATransferCode(length=len(text))
        fields[tag] = value
        at += 4 + int(length)
    return fields
