"""A Vietnamese telephone number is kept as E.164 and shown masked."""

import re

from postal_service.domain.refusals import Malformed

_SEPARATORS = re.compile(r"[\s.\-()\u00a0]")
_MOBILE = re.compile(r"[35789]\d{8}")
_LANDLINE = re.compile(r"2\d{9}")
_OLD_MOBILE = re.compile(r"1\d{9}")
# Eleven-digit mobile numbers became ten-digit ones in 2018; old address lists still hold them.
_NEW_PREFIX_2018 = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38",
    "169": "39", "186": "56", "188": "58", "199": "59",
}  # fmt: skip


class NotAPhoneNumber(Malformed):
    code = "phone.malformed"


def e164(written: str) -> str:
    """Turn "0905 123 456" into "+84905123456"; a number of before 2018 into the one that replaced it.

    Raises:
        NotAPhoneNumber: not a Vietnamese mobile or fixed line. The number is not repeated in the
            refusal, because refusals are logged.
    """
    national = _national(_SEPARATORS.sub("", written))
    if _OLD_MOBILE.fullmatch(national) and national[:3] in _NEW_PREFIX_2018:
        national = _NEW_PREFIX_2018[national[:3]] + national[3:]
    if not (_MOBILE.fullmatch(national) or _LANDLINE.fullmatch(national)):
        raise NotAPhoneNumber(digits=sum(c.isdigit() for c in written))
    return f"+84{national}"


def is_mobile(number: str) -> bool:
    """Whether an E.164 number can receive a text message."""
    return _MOBILE.fullmatch(number.removeprefix("+84")) is not None


def masked_phone(number: str) -> str:
    """Show "+84905123456" as "090****456": enough for its owner to know it."""
    national = f"0{number.removeprefix('+84')}"
    return f"{national[:3]}****{national[-3:]}"


def _national(digits: str) -> str:
    if not digits.removeprefix("+").isascii() or not digits.removeprefix("+").isdigit():
        return ""
    for prefix in ("+84", "0084", "84"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= 9:
            # "+84 (0) 905…" is written often enough to be read.
            return digits.removeprefix(prefix).removeprefix("0")
    return digits.removeprefix("0") if digits.startswith("0") else ""
