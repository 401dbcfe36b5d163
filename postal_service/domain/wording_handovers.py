"""The words of a hand-over or a delivery that papers, pages and phones share: Vietnamese, English."""

from typing import Final

from postal_service.domain.acts import Condition, Receiver, ReservedFor

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
RECEIVERS: Final[dict[Receiver, Pair]] = {
    Receiver.OWNER: ("chủ hồ sơ", "the owner"),
    Receiver.AUTHORISED: ("người được ủy quyền", "an authorised person"),
    Receiver.ORGANISATION: (
        "cơ quan, tổ chức (giấy giới thiệu)",
        "an organisation (introduction letter)",
    ),
}
VERDICTS: Final[dict[str, Pair]] = {
    "conflict": ("xung đột, không tính", "conflict, does not count"),
    "disputed": ("đang tranh chấp", "disputed"),
    "waiting": ("chờ sự kiện trước", "waits for an earlier event"),
}
