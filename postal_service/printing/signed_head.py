"""The ledger's newest head on a paper: whoever keeps the paper holds the history before it fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.domain.wording_numbers import in_figures
from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import clock
from postal_service.printing.page import Paper
from postal_service.printing.typesetting import BODY, NOTE, STRONG, line

WHEN_PRINTED: Final = "Sổ lưu giữ khi in tờ này"
_GROUP: Final = 4  # as many characters as two people compare at a glance
_NOBODY_YET: Final = "chưa có bên nào"


@dataclass(frozen=True, kw_only=True)
class SignedHead:
    """How many events the ledger had, their root in hex, and where anybody may look it up."""

    size: int
    root: str
    signed_at: datetime
    witnesses: Sequence[str]
    check_link: str


def put_head(paper: Paper, head: SignedHead | None, *, heading: str) -> None:
    """The head with its code to scan; that there was none yet is said too."""
    paper.gap()
    if head is None:
        paper.say(f"{heading}: sổ chưa được ký lần nào.", NOTE)
        return
    groups = in_groups(head.root).split()
    half = len(groups) // 2
    symbol = qr_symbol(head.check_link, version=3, correction=Correction.MEDIUM, largest=10)
    paper.qr_with(
        symbol,
        module_mm=0.75,
        beside=(
            line(heading, STRONG),
            line(f"{in_figures(head.size)} sự kiện, ký lúc {clock(head.signed_at)}", BODY),
            line(f"Gốc: {' '.join(groups[:half])}", BODY),
            line(" ".join(groups[half:]), BODY),
            line(f"Bên làm chứng: {', '.join(head.witnesses) or _NOBODY_YET}", NOTE),
            line(
                f"So với gốc công bố tại {head.check_link}: khác một ký tự là lịch sử trước đó đã bị sửa.",
                NOTE,
            ),
        ),
    )


def in_groups(digest: str, group: int = _GROUP) -> str:
    """A hash in groups, as two people compare it aloud."""
    return " ".join(digest[start : start + group] for start in range(0, len(digest), group))
