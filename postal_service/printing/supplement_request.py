"""Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ: which papers of the closed list are asked for again, how many, and why."""

from dataclasses import dataclass

from postal_service.printing.agency_letter import Letter, close, letter_paper
from postal_service.printing.figures import official_clock
from postal_service.printing.paper_counts import ListedPaper, put_papers


@dataclass(frozen=True, kw_only=True)
class SupplementRequest:
    """One request; `papers` with the counts that the list asks, not those that were handed in."""

    letter: Letter
    papers: tuple[ListedPaper, ...]
    reason: str


def render(view: SupplementRequest) -> bytes:
    """The request as PDF, A4."""
    paper = letter_paper("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", view.letter)
    paper.section("Giấy tờ cần bổ sung, hoàn thiện")
    put_papers(paper, view.papers)
    paper.facts(
        ("Lý do", view.reason),
        ("Yêu cầu lúc", official_clock(view.letter.decided_at)),
    )
    paper.say(
        "Nộp tại bất kỳ bưu cục nào hoặc tại nơi tiếp nhận, kèm phiếu này. Thời hạn giải quyết tạm dừng "
        "đến khi nhận đủ giấy tờ. Cơ quan chỉ yêu cầu giấy tờ thuộc danh mục đã công bố."
    )
    return close(paper, view.letter)
