"""What an agency tells a citizen when it refuses, puts off or stops: one act, its reason, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from postal_service.printing.agency_letter import Letter, close, letter_paper
from postal_service.printing.figures import official_clock
from postal_service.printing.page import Paper


class Decision(Enum):
    """The value is the paper's name, as the list of issued forms spells it."""

    REFUSAL = "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"
    EXTENSION = "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN"
    DISCONTINUATION = "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"


@dataclass(frozen=True, kw_only=True)
class DecisionNotice:
    """One decision. `due_before` and `due_at` are told where a date is put off."""

    letter: Letter
    decision: Decision
    reason: str
    due_before: datetime | None = None
    due_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.decision is Decision.EXTENSION and self.due_at is None:
            raise ValueError("an extension has a new date")


def render(view: DecisionNotice) -> bytes:
    """The notice as PDF, A4."""
    paper = letter_paper(view.decision.value, view.letter)
    paper.section(_heading(view.decision))
    paper.facts(("Lý do", view.reason), ("Quyết định lúc", official_clock(view.letter.decided_at)))
    _put_consequence(paper, view)
    return close(paper, view.letter)


def _heading(decision: Decision) -> str:
    match decision:
        case Decision.REFUSAL:
            return "Cơ quan từ chối tiếp nhận giải quyết hồ sơ"
        case Decision.EXTENSION:
            return "Cơ quan xin lỗi vì chưa trả kết quả đúng hạn và đề nghị gia hạn"
        case Decision.DISCONTINUATION:
            return "Cơ quan dừng giải quyết hồ sơ"
        case _:
            assert_never(decision)


def _put_consequence(paper: Paper, view: DecisionNotice) -> None:
    match view.decision:
        case Decision.REFUSAL | Decision.DISCONTINUATION:
            paper.say(
                "Giấy tờ đã nộp được trả lại theo cách nhận kết quả đã đăng ký. Phí, lệ phí và cước đã thu "
                "xem trên biên nhận."
            )
        case Decision.EXTENSION:
            before, new = view.due_before, view.due_at
            paper.facts(
                ("Ngày hẹn trả trước đây", official_clock(before) if before else ""),
                ("Ngày hẹn trả mới", official_clock(new) if new else ""),
            )
            paper.say("Giấy hẹn đã cấp vẫn có giá trị; xin giữ để nhận kết quả.")
        case _:
            assert_never(view.decision)
