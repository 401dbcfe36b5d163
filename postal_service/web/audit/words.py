"""What the verifier found, in an office's words. The verifier itself speaks English and knows no pages."""

from typing import Final

from postal_service.domain.wording import sentence
from postal_service.ledger import verify
from postal_service.services import auditing
from postal_service.services.auditing import UncodedBy
from postal_service.services.jobs import Job
from postal_service.web.language import language, pick

Pair = tuple[str, str]

FINDINGS: Final[dict[str, Pair]] = {
    "a delivery code opens no lock": (
        "mã nhận kết quả không mở được khóa nào",
        "a delivery code opens no lock",
    ),
    verify.NOT_FOR_A_CITIZEN: (
        "phát cho công dân thứ không phải để phát cho công dân",
        verify.NOT_FOR_A_CITIZEN,
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
    verify.OWN_WITNESS: (
        "người chứng kiến niêm phong lại chính là người niêm phong",
        verify.OWN_WITNESS,
    ),
    verify.SHARED_KEY: (
        "khóa của máy cũng là khóa của người khác",
        verify.SHARED_KEY,
    ),
    verify.STRANGER: (
        "dưới điểm kiểm của nó có chữ ký của bên mà tệp khóa không biết",
        verify.STRANGER,
    ),
    verify.BEFORE_WHAT_IT_FOLLOWS: (
        "được ghi giờ nhận trước sự kiện đứng trước nó",
        verify.BEFORE_WHAT_IT_FOLLOWS,
    ),
    verify.AFTER_IT_WAS_SIGNED: (
        "được ghi giờ nhận sau khi bên làm chứng đã ký",
        verify.AFTER_IT_WAS_SIGNED,
    ),
    verify.TOLD_BEFORE_IT_WAS: (
        "giờ của máy sau giờ nhận được sự kiện",
        verify.TOLD_BEFORE_IT_WAS,
    ),
    verify.OLDER_THAN_IT_CAN_BE: (
        "giờ của máy trước điểm kiểm mà máy đã thấy",
        verify.OLDER_THAN_IT_CAN_BE,
    ),
    verify.LATER_THAN_IT_CAN_BE: (
        "giờ của máy muộn hơn mức mà sự kiện máy ký sau đó cho phép",
        verify.LATER_THAN_IT_CAN_BE,
    ),
    verify.COUNTS_BACKWARDS: (
        "bộ đếm giờ của máy chạy lùi kể từ khi bật máy",
        verify.COUNTS_BACKWARDS,
    ),
    verify.TOO_LITTLE_TIME: (
        "bộ đếm giờ của máy đếm dài hơn thời gian đã có kể từ điều máy đã thấy",
        verify.TOO_LITTLE_TIME,
    ),
    auditing.WRONG_COLUMN: (
        "dữ liệu trong kho không khớp với sự kiện đã ký",
        auditing.WRONG_COLUMN,
    ),
    auditing.WRONG_PROJECTION: (
        "điều các trang hiển thị không khớp với các sự kiện; dựng lại sẽ khớp",
        auditing.WRONG_PROJECTION,
    ),
    auditing.WRONG_FILE: (
        "tệp đang lưu không phải tệp mà sự kiện nêu",
        auditing.WRONG_FILE,
    ),
}

PROOFS: Final[dict[UncodedBy, Pair]] = {
    UncodedBy.TWO_STAFF: ("trưởng bưu cục và một người chứng kiến", "the manager and a witness"),
    UncodedBy.CARD: ("thẻ căn cước", "citizen card"),
}


def proof_word(proof: UncodedBy) -> str:
    """How it was proved who received."""
    return pick(PROOFS[proof])


def why_failed(job: Job) -> str:
    """The sentence behind a check that was refused; "" where the program itself failed."""
    facts = job.result.get("facts")
    return sentence(job.message, facts, language()) if isinstance(facts, dict) else ""


def finding(what: str) -> str:
    """The words of one finding; what a later verifier says stands for itself."""
    return pick(FINDINGS.get(what, (what, what)))
