"""What must be true of every paper the post prints."""

import re
import unicodedata
from pathlib import Path

import pytest

from postal_service import printing
from tests.printing.papers import CODED_FIELDS, PAPERS, SHEETS, Printed
from tests.printing.read_back import (
    described,
    first_lines,
    page_texts,
    sizes_mm,
    text_of,
    title_and_language,
    with_each_text,
)

every_paper = pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
every_sheet = pytest.mark.parametrize("paper", SHEETS.values(), ids=SHEETS)

SPELT_IN_FULL = 'Nguyễn <b>Ẫm</b> & <font size="90">Ớt</font> </para> %s {0} \\n'


@every_paper
def test_a_paper_says_its_name_in_the_first_line_of_every_page(paper: Printed) -> None:
    assert {line[: len(paper.name)] for line in first_lines(paper.render(paper.view))} == {
        paper.name
    }


@every_paper
def test_a_paper_has_the_size_that_its_stock_has(paper: Printed) -> None:
    assert sizes_mm(paper.render(paper.view)) == {paper.size_mm}


@every_paper
def test_a_paper_carries_its_title_and_says_that_it_is_vietnamese(paper: Printed) -> None:
    written = paper.render(paper.view)
    title, language = title_and_language(written)

    assert title.startswith(paper.name)
    assert language == "vi-VN"
    assert described(written) == ("Dịch vụ bưu chính công ích", title, True)


def test_every_paper_is_written_by_the_one_that_describes_it() -> None:
    folder = Path(printing.__file__).parent
    bare = re.compile(r"(?<![A-Za-z_])Canvas\(|\blang=|setTitle|setAuthor")
    elsewhere = [
        path.name
        for path in folder.glob("*.py")
        if path.name != "described.py" and bare.search(path.read_text(encoding="utf-8"))
    ]

    assert elsewhere == []
    makers = {path.stem for path in folder.glob("*.py") if "def render(" in path.read_text("utf-8")}
    assert makers == {paper.render.__module__.rsplit(".", 1)[1] for paper in PAPERS.values()}


@every_paper
def test_the_same_view_gives_the_same_bytes(paper: Printed) -> None:
    assert paper.render(paper.view) == paper.render(paper.view)


@every_paper
def test_decomposed_letters_print_as_composed_ones(paper: Printed) -> None:
    decomposed = with_each_text(
        paper.view, lambda text: unicodedata.normalize("NFD", text), keep=frozenset()
    )

    assert decomposed != paper.view
    assert paper.render(decomposed) == paper.render(paper.view)


@every_paper
def test_what_looks_like_markup_is_printed_letter_for_letter(paper: Printed) -> None:
    hostile = with_each_text(paper.view, lambda _: SPELT_IN_FULL, keep=CODED_FIELDS)

    assert "<b>Ẫm</b> & <font" in text_of(paper.render(hostile))


@every_paper
@pytest.mark.parametrize(
    "text",
    ["Ẫ" * 500, "dài lắm " * 90, "", "\x00\x1b[2J\u202e\ud800 🎉 漢字", "\n\n\t"],
    ids=["one long word", "many words", "nothing", "control letters", "white space"],
)
def test_no_text_stops_a_paper_from_being_printed(paper: Printed, text: str) -> None:
    strange = with_each_text(paper.view, lambda _: text, keep=CODED_FIELDS)

    assert first_lines(paper.render(strange))[0].startswith(paper.name)


@every_sheet
def test_a_sheet_counts_its_pages_and_heads_the_state_once_a_copy(paper: Printed) -> None:
    pages = page_texts(paper.render(paper.view))

    assert all("Trang 1/" in page or "Trang 2/" in page for page in pages)
    for page in pages:
        if "Trang 1/" in page:
            assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page
            assert "Độc lập - Tự do - Hạnh phúc" in page


@every_paper
def test_no_paper_shows_a_full_personal_number_or_telephone(paper: Printed) -> None:
    words = text_of(paper.render(paper.view))

    assert "000000001234" not in words
    assert "0900000123" not in words
