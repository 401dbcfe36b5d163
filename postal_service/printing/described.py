"""What a PDF says of itself: its title, its author, and that it is Vietnamese. Every paper is written here.

A reader's software takes the language from the file, not from the words: without it a screen reader
spells Vietnamese in English.
"""

from typing import Any, Final

from reportlab.pdfgen.canvas import Canvas

LANGUAGE: Final = "vi-VN"
AUTHOR: Final = "Dịch vụ bưu chính công ích"
MADE_WITH: Final = "postal_service.printing"


class DescribedCanvas(Canvas):
    """A canvas whose file has a title, an author and a language, whatever was set in between.

    The same drawing always gives the same bytes, and a window shows the title, not the file's name.
    """

    def __init__(self, *arguments: Any, paper_title: str, **named: Any) -> None:  # noqa: ANN401 (handed on as they come)
        super().__init__(*arguments, **{**named, "lang": LANGUAGE, "invariant": 1})
        self._paper_title = paper_title

    def save(self) -> None:
        self.setTitle(self._paper_title)
        self.setAuthor(AUTHOR)
        self.setSubject(self._paper_title)
        self.setCreator(MADE_WITH)
        self.setViewerPreference("DisplayDocTitle", "true")
        super().save()
