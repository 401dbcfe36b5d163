"""What the verifier found, in an office's words. The verifier itself speaks English and knows no pages."""

from typing import Final

from postal_service.web.language import pick

Pair = tuple[str, str]

FINDINGS: Final[dict[str, Pair]] = {
    "a delivery code opens no lock": (
        "mã nhận kết quả không mở được khóa nào",
        "a delivery code opens no lock",
    ),
    "it rests on an event that is not here": (
        "dựa trên một sự kiện không có trong sổ",
        "it rests on an event that is not here",
    ),
    "it rests on an event of another item": (
        "dựa trên một sự kiện của bưu gửi khác",
        "it rests on an event of another item",
    ),
    "the giver's half of a hand-over is not here": (
        "thiếu phần ký của bên giao trong một lần bàn giao",
        "the giver's half of a hand-over is not here",
    ),
    "the giver's half of a hand-over is another": (
        "phần ký của bên giao không khớp với lần bàn giao",
        "the giver's half of a hand-over is another",
    ),
    "one person signed both halves of a hand-over": (
        "cùng một người ký cả bên giao lẫn bên nhận",
        "one person signed both halves of a hand-over",
    ),
    "its device saw a checkpoint that is not here": (
        "máy đã thấy một điểm kiểm không có trong sổ",
        "its device saw a checkpoint that is not here",
    ),
    "its device was revoked before, and nobody countersigned": (
        "máy ký đã bị thu hồi trước đó và không ai ký xác nhận",
        "its device was revoked before, and nobody countersigned",
    ),
    "a custody is spent twice": (
        "một lần lưu giữ được giao đi hai lần",
        "a custody is spent twice",
    ),
}


def finding(what: str) -> str:
    """The words of one finding; what a later verifier says stands for itself."""
    return pick(FINDINGS.get(what, (what, what)))
