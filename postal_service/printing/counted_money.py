"""Money counted line by line beside what the books say of each. A surplus of one line never fills another."""

from collections.abc import Sequence
from dataclasses import dataclass

from postal_service.printing.figures import dong, dong_in_words
from postal_service.printing.page import Paper
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_RIGHT


@dataclass(frozen=True, kw_only=True)
class CountedLine:
    """One line of money: what was taken on it, and what was counted."""

    name: str
    taken_dong: int
    counted_dong: int

    @property
    def difference_dong(self) -> int:
        """Above zero: too much. Below: too little."""
        return self.counted_dong - self.taken_dong

    def __post_init__(self) -> None:
        if self.taken_dong < 0 or self.counted_dong < 0:
            raise ValueError(f"nobody carries less than nothing: {self!r}")


def agree(lines: Sequence[CountedLine]) -> bool:
    """Whether every line by itself is what the books say."""
    return all(not line.difference_dong for line in lines)


def put_counted(paper: Paper, lines: Sequence[CountedLine], *, books: str, empty: str) -> None:
    """The lines with their differences, and the sum that was counted in words."""
    found = sum(line.counted_dong for line in lines)
    paper.table(
        (
            Column(heading="STT", share=12, style=CELL_CENTER),
            Column(heading="Khoản", share=58),
            Column(heading=books, share=36, style=CELL_RIGHT),
            Column(heading="Đếm được", share=36, style=CELL_RIGHT),
            Column(heading="Chênh lệch", share=38, style=CELL_RIGHT),
        ),
        [
            (
                str(index),
                line.name,
                dong(line.taken_dong),
                dong(line.counted_dong),
                _difference(line.difference_dong),
            )
            for index, line in enumerate(lines, start=1)
        ],
        empty=empty,
        total=(
            "Tổng cộng",
            dong(sum(line.taken_dong for line in lines)),
            dong(found),
            # A surplus beside a shortage must not look as if they made each other good.
            "khớp" if agree(lines) else "xem từng khoản",
        ),
    )
    paper.facts(("Số tiền đếm được, bằng chữ", dong_in_words(found)))


def _difference(amount_dong: int) -> str:
    """Too much, too little, or neither."""
    if amount_dong > 0:
        return f"thừa {dong(amount_dong)}"
    return f"thiếu {dong(-amount_dong)}" if amount_dong < 0 else "khớp"
