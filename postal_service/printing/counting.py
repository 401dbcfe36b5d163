"""Pages count themselves: each says which it is of how many of its own copy."""

from collections import Counter
from typing import Any

from reportlab.lib.units import mm

from postal_service.printing.described import DescribedCanvas
from postal_service.printing.letters import REGULAR
from postal_service.printing.typesetting import GREY


class CountingCanvas(DescribedCanvas):
    """Holds the pages back until their number is known, then writes "Trang 1/3" on each."""

    copy_index: int = 0
    right_edge: float = 0

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 (handed on as they come)
        super().__init__(*arguments, **named)
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        self._held.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        held = list(self._held)
        totals = Counter(page["copy_index"] for page in held)
        written: Counter[int] = Counter()
        for page in held:
            self.__dict__.update(page)
            written[self.copy_index] += 1
            self.setFillColor(GREY)
            self.setFont(REGULAR, 8)
            of_all = f"Trang {written[self.copy_index]}/{totals[self.copy_index]}"
            self.drawRightString(self.right_edge, 9 * mm, of_all)
            super().showPage()
        super().save()
