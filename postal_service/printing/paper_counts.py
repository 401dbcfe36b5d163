"""The list of papers with its three counts, as every list and record of dossiers prints it."""

from collections.abc import Sequence
from dataclasses import dataclass

from postal_service.printing.figures import counted
from postal_service.printing.page import Paper
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER


@dataclass(frozen=True, kw_only=True)
class ListedPaper:
    """One paper of a dossier; `original_to_return` says that the citizen gets the original back."""

    name: str
    originals: int = 0
    certified_copies: int = 0
    photocopies: int = 0
    original_to_return: bool = False

    def __post_init__(self) -> None:
        if min(self.originals, self.certified_copies, self.photocopies) < 0:
            raise ValueError(f"a paper is not counted below zero: {self!r}")


def put_papers(paper: Paper, papers: Sequence[ListedPaper]) -> None:
    """The table of papers and, under it, each total in figures and words."""
    originals = sum(listed.originals for listed in papers)
    certified = sum(listed.certified_copies for listed in papers)
    photocopies = sum(listed.photocopies for listed in papers)
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Tên giấy tờ", share=88),
            Column(heading="Bản chính", share=17, style=CELL_CENTER),
            Column(heading="Bản chứng thực", share=20, style=CELL_CENTER),
            Column(heading="Bản photo", share=17, style=CELL_CENTER),
            Column(heading="Ghi chú", share=28),
        ),
        [
            (
                str(index),
                listed.name,
                str(listed.originals),
                str(listed.certified_copies),
                str(listed.photocopies),
                "Trả lại bản chính" if listed.original_to_return else "",
            )
            for index, listed in enumerate(papers, start=1)
        ],
        empty="Không có giấy tờ nào trong danh mục.",
        total=("Tổng cộng", str(originals), str(certified), str(photocopies), ""),
    )
    paper.facts(
        ("Bản chính", counted(originals)),
        ("Bản chứng thực", counted(certified)),
        ("Bản photo", counted(photocopies)),
    )
