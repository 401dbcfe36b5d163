"""The words of a hand-over that papers and pages share: Vietnamese, English."""

from typing import Final

from postal_service.domain.acts import Condition, ReservedFor

Pair = tuple[str, str]

CONDITIONS: Final[dict[Condition, Pair]] = {
    Condition.OK: ("nguyên vẹn", "intact"),
    Condition.TORN: ("rách", "torn"),
    Condition.WET: ("ướt", "wet"),
    Condition.SEAL_BROKEN: ("mất niêm phong", "seal broken"),
}
RESERVED_FOR: Final[dict[ReservedFor, Pair]] = {
    ReservedFor.MISSING: ("thiếu, không thấy", "missing"),
    ReservedFor.COUNT: ("sai số lượng giấy tờ", "count differs"),
    ReservedFor.SEAL: ("niêm phong bất thường", "seal exception"),
    ReservedFor.DAMAGED: ("hư hại", "damaged"),
    ReservedFor.NOT_OURS: ("không thuộc nơi nhận này", "not for us"),
}
VERDICTS: Final[dict[str, Pair]] = {
    "conflict": ("xung đột, không tính", "conflict, does not count"),
    "disputed": ("đang tranh chấp", "disputed"),
    "waiting": ("chờ sự kiện trước", "waits for an earlier event"),
}
