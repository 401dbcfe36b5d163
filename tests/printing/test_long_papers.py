"""Papers of a full day: sixty lines, names of six words, and what nobody told; every page counts itself."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from postal_service.printing import (
    appointment_slip,
    bag_manifest,
    custody_extract,
    handover_record,
    kpi_report,
    run_list,
)
from postal_service.printing.paper_counts import ListedPaper
from postal_service.printing.specimens import desk, management, movement, outcome
from postal_service.printing.specimens.invented import DIGEST, HEAD, MORNING
from tests.printing.read_back import codes_of, page_texts, text_of

NAME = "Tôn Nữ Hoàng Phước Thị Ngọc Ẫm Khuyến Giữ"
OFFICE = "Trung tâm Phục vụ hành chính công phường Nguyễn Thị Minh Khai Điện Bàn Đông"
ADDRESS = "Tổ 15, khối phố Ngọc Thạch Nghĩa Hưng, đường Nguyễn Thị Minh Khai nối dài, phường Điện Bàn Đông"
GROUPS = " ".join(DIGEST[at : at + 4] for at in range(0, 64, 4))
MANY = 60


def code(serial: int) -> str:
    return f"ET0000{serial:04}0VN"


def counted(pages: list[str], heading: str, lined: re.Pattern[str]) -> None:
    """Every page says which of how many it is, and a page with lines repeats their heading."""
    for at, page in enumerate(pages, start=1):
        assert f"Trang {at}/{len(pages)}" in page
        if lined.search(page):
            assert heading in page


def test_a_manifest_of_sixty_items_goes_over_pages_with_its_head_repeated() -> None:
    items = tuple(
        bag_manifest.BaggedItem(item_code=code(n), seal_number=f"NP-{n:08}", destination=OFFICE)
        for n in range(1, MANY + 1)
    )
    view = replace(movement.BAG_MANIFEST, items=items, packer_name=NAME, to_office=OFFICE)

    pages = page_texts(bag_manifest.render(view))

    assert len(pages) > 2
    counted(pages, "STT Mã bưu gửi Số niêm phong Nơi đến Ghi chú", re.compile(r"NP-\d{8}"))
    whole = " ".join(pages)
    assert [int(n) for n in re.findall(r"NP-(\d{8})", whole)] == list(range(1, MANY + 1))
    assert "Tổng số bưu gửi: 60 (sáu mươi)" in whole
    assert NAME in pages[-1]


def test_a_run_list_of_sixty_stops_is_read_to_its_end() -> None:
    stop = movement.RUN_STOPS[0]
    stops = tuple(
        replace(
            stop, order=n, name=NAME, address=f"Số {n}, {ADDRESS}", items=(code(n),),
            planned_at=MORNING + timedelta(minutes=n),
        )
        for n in range(1, MANY + 1)
    )  # fmt: skip
    tour = replace(movement.RUN_LIST.tours[0], stops=stops)
    view = replace(movement.RUN_LIST, tours=(tour,), courier_name=NAME)

    pages = page_texts(run_list.render(view))

    assert len(pages) > 3
    counted(pages, "Thứ tự Giờ Nơi đến Bưu gửi", re.compile(r"Số \d+, Tổ 15"))
    whole = " ".join(pages)
    assert whole.count(NAME) == MANY + 2  # each stop, the head and the signature
    for n in range(1, MANY + 1):
        assert f"Số {n}, Tổ 15, khối phố Ngọc Thạch" in whole
        assert code(n) in whole
    assert "Số điểm dừng: 60 (sáu mươi)" in whole
    assert f"Gốc: {GROUPS}" in whole


def test_a_record_of_sixty_envelopes_lists_each_and_its_hashes() -> None:
    view = replace(
        movement.DOSSIER_HANDOVER,
        items=tuple(movement._handed(n, None) for n in range(1, MANY + 1)),
        events=movement._events(MANY),
        put_out=MANY,
        exclusions=(),
        giver_name=NAME,
        receiver_name=NAME,
        giver_unit=OFFICE,
        receiver_unit=OFFICE,
    )

    pages = page_texts(handover_record.render(view))

    half = len(pages) // 2
    assert half > 2
    for copy in (pages[:half], pages[half:]):
        counted(copy, "STT Mã bưu gửi", re.compile(r"ET0000\d{4}0VN"))
        whole = " ".join(copy)
        for n in range(1, MANY + 1):
            assert whole.count(code(n)) == 2
        assert "Số bưu gửi: 60 (sáu mươi)" in whole
        assert f"{NAME} — {OFFICE}" in whole
        assert "Bên giao đưa ra" not in whole  # all of it was answered by this taker
        assert "Không có trong sổ. Ghi thêm bằng tay" in whole


def of_few(count: int) -> handover_record.HandoverRecord:
    """A record of so many items that says all it can, in long words."""
    return replace(
        movement.DOSSIER_HANDOVER,
        items=tuple(movement._handed(n, None) for n in range(1, count + 1)),
        events=movement._events(count),
        put_out=count,
        exclusions=(),
        money_dong=0,
        giver_name=NAME,
        receiver_name=NAME,
        giver_unit=OFFICE,
        receiver_unit=OFFICE,
        agency_name=OFFICE,
        place=OFFICE,
        offer_code=DIGEST,
        printed_again_at=MORNING,
    )


def test_a_record_of_one_item_is_one_page_whose_codes_are_read(tmp_path: Path) -> None:
    written = handover_record.render(of_few(1))

    pages = page_texts(written)
    assert len(pages) == len(handover_record.COPIES)
    for page in pages:
        assert "Trang 1/1" in page
        assert page.count(code(1)) == 2
        assert page.count(NAME) == 6
        assert "mỗi bên giữ một bản" in page
    assert [len(found) for found in codes_of(written, tmp_path)] == [2, 2]


@pytest.mark.parametrize("count", [2, 3, 6, 8])
def test_a_few_items_are_named_on_the_page_that_is_signed(count: int) -> None:
    pages = page_texts(handover_record.render(of_few(count)))

    signed = [page for page in pages if "BÊN NHẬN" in page]
    assert len(signed) == len(handover_record.COPIES)
    for page in signed:
        assert "Chữ ký trong hệ thống" in page
        assert "Hai bên đã cùng kiểm tra niêm phong" in page
        for n in range(1, count + 1):
            assert code(n) in page


def test_a_record_says_when_the_taker_answered_only_a_part() -> None:
    words = text_of(handover_record.render(movement.RESULT_HANDOVER))

    assert "Bên giao đưa ra 6 (sáu) bưu gửi trong lần này; biên bản ghi 4 (bốn) bưu gửi" in words
    assert "theo mã đề nghị" in words
    assert f"Mã đề nghị bên giao đã đưa (SHA-256): {DIGEST}" in words
    assert "Sổ lưu giữ trước biên bản này: sổ chưa được ký lần nào." in words
    assert "Bản in lại lúc 09:05 23/12/2026 theo sổ; biên bản lập lúc 09:05 27/11/2026" in words


def test_a_record_of_nothing_taken_lists_why() -> None:
    why = "Thiếu; " * 60 + "hết."
    view = replace(
        movement.DOSSIER_HANDOVER,
        items=(),
        exclusions=tuple(
            handover_record.Exclusion(item_code=code(n), reason=f"{n}: {why}") for n in range(1, 31)
        ),
    )

    words = text_of(handover_record.render(view))

    assert words.count("Không có bưu gửi nào được bàn giao.") == 2
    assert words.count("hết.") == 60
    assert "Số bưu gửi lập biên bản: 30 (ba mươi)" in words


def test_a_slip_of_sixty_papers_and_many_steps_stays_one_paper() -> None:
    view = replace(
        desk.APPOINTMENT_SLIP,
        submitter_name=NAME,
        owner_name=NAME,
        desk_name=OFFICE,
        papers=tuple(ListedPaper(name=f"Giấy tờ {n} {ADDRESS}", originals=1) for n in range(1, 61)),
        lookup_pin="",
        delivery_code="",
        due_at=None,
        printed_again_at=MORNING,
        standing="chờ bổ sung",
        changes=tuple(
            appointment_slip.DueChange(
                at=MORNING, what=f"Việc thứ {n}", due_at=MORNING if n % 2 else None
            )
            for n in range(1, 21)
        ),
    )

    pages = page_texts(appointment_slip.render(view))

    assert len(pages) > 2
    counted(pages, "STT Tên giấy tờ Bản chính", re.compile(r"Giấy tờ \d+ Tổ"))
    whole = " ".join(pages)
    assert [int(n) for n in re.findall(r"Giấy tờ (\d+) Tổ", whole)] == list(range(1, 61))
    assert [int(n) for n in re.findall(r"Việc thứ (\d+)", whole)] == list(range(1, 21))
    assert "hiện chưa có ngày hẹn" in whole
    assert "Mã tra cứu (PIN):" not in whole
    assert pages[-1].count(NAME) >= 1


@pytest.mark.parametrize(
    ("render", "view"),
    [
        (run_list.render, movement.RUN_LIST),
        (bag_manifest.render, movement.BAG_MANIFEST),
        (handover_record.render, movement.DOSSIER_HANDOVER),
    ],
    ids=["run list", "manifest", "record"],
)
def test_the_head_is_printed_as_two_people_compare_it(render: object, view: object) -> None:
    assert callable(render)
    words = text_of(render(view))
    for said in (
        "1.234.567 sự kiện, ký lúc 09:04 23/11/2026",
        f"Gốc: {GROUPS}",
        "Bên làm chứng: nhan-chung.invalid/1, nhan-chung.invalid/2",
        "https://POST.INVALID/ledger/1234567",
    ):
        assert said in words, said

    nobody = replace(HEAD, witnesses=())
    assert "Bên làm chứng: chưa có bên nào" in text_of(render(replace(view, head=nobody)))  # type: ignore[type-var]
    assert "sổ chưa được ký lần nào" in text_of(render(replace(view, head=None)))  # type: ignore[type-var]


def test_an_extract_tells_the_root_in_the_same_groups() -> None:
    assert f"Gốc: {GROUPS}" in text_of(custody_extract.render(outcome.CUSTODY_EXTRACT))


@pytest.mark.parametrize("lines", range(1, 26))
def test_a_heading_never_stands_at_the_foot_of_a_page_without_its_table(lines: int) -> None:
    units, procedures = management.KPI_REPORT.tables
    grown = replace(units, rows=units.rows[:1] * lines)

    pages = page_texts(
        kpi_report.render(replace(management.KPI_REPORT, tables=(grown, procedures)))
    )

    (page,) = [each for each in pages if "3. Theo thủ tục" in each]
    assert "Mã thủ tục" in page
    assert "Không có gì." in page
