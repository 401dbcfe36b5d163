"""What each sheet says, to whom, and what it refuses to say."""

import re
from dataclasses import replace

import pytest

from postal_service.printing import (
    appointment_slip,
    authorisation,
    bag_manifest,
    custody_extract,
    delivery_slip,
    discrepancy_record,
    dossier_list,
    handover_record,
    invitation,
    receipts,
    return_record,
    run_list,
)
from postal_service.printing.codes import CodeOverflowError
from postal_service.printing.page import ILLUSTRATIVE_FORM
from postal_service.printing.paper_counts import ListedPaper
from postal_service.printing.specimens import desk, movement, outcome
from tests.printing.read_back import page_texts, text_of


def test_a_consignment_note_totals_the_papers_in_figures_and_words() -> None:
    words = text_of(dossier_list.render(desk.DOSSIER_LIST))

    assert "Họ và tên: Nguyễn Thị Mẫu Ví Dụ" in words
    assert "Số định danh: 000*****1234" in words
    assert "Quyết định hoặc bản án ly hôn đã có hiệu lực pháp luật 1 0 1 Trả lại bản chính" in words
    assert "Tổng cộng 2 2 1" in words
    assert "Bản chính: 2 (hai) Bản chứng thực: 2 (hai) Bản photo: 1 (một)" in words
    assert "Số niêm phong: NP 000000" in words
    assert "NGƯỜI GỬI" in words
    assert "NHÂN VIÊN BƯU CHÍNH" in words


def test_two_hundred_papers_fill_several_pages_under_a_repeated_head() -> None:
    papers = tuple(ListedPaper(name=f"Giấy tờ {n}", originals=1) for n in range(1, 201))

    pages = page_texts(dossier_list.render(replace(desk.DOSSIER_LIST, papers=papers)))

    of_each = len(pages) // 2
    assert of_each > 4
    for at, page in enumerate(pages):
        assert f"Trang {at % of_each + 1}/{of_each}" in page
        assert ("STT Tên giấy tờ Bản chính" in page) == ("Giấy tờ " in page)
    for copy in (pages[:of_each], pages[of_each:]):
        listed = re.findall(r"Giấy tờ (\d+) 1 0 0", " ".join(copy))
        assert [int(n) for n in listed] == list(range(1, 201))
    assert "Bản chính: 200 (hai trăm)" in pages[-1]


def test_a_name_longer_than_a_page_goes_on_in_the_next_row_and_loses_no_word() -> None:
    name = " ".join(f"từ{n}" for n in range(1_500))
    view = replace(desk.DOSSIER_LIST, papers=(ListedPaper(name=name, originals=1),))

    words = text_of(dossier_list.render(view))

    assert [int(n) for n in re.findall(r"từ(\d+)", words)] == list(range(1_500)) * 2
    assert "Tổng cộng 1 0 0" in words


def test_both_parties_of_a_consignment_note_get_a_copy_that_says_whose_it_is() -> None:
    pages = page_texts(dossier_list.render(desk.DOSSIER_LIST))

    assert len(pages) == 2
    assert ["Bản 1 — người gửi giữ" in page for page in pages] == [True, False]
    assert ["Bản 2 — bưu điện giữ" in page for page in pages] == [False, True]
    assert all("Trang 1/1" in page for page in pages)


@pytest.mark.parametrize("count", range(1, 40))
def test_nobody_signs_a_page_that_says_nothing_else(count: int) -> None:
    events = (outcome.CUSTODY_EXTRACT.events * 6)[:count]

    last = page_texts(custody_extract.render(replace(outcome.CUSTODY_EXTRACT, events=events)))[-1]

    assert "NGƯỜI TRÍCH LỤC" in last
    assert "Điểm kiểm của sổ" in last


def test_what_nobody_weighed_has_no_weight_on_its_receipt() -> None:
    unweighed = text_of(receipts.render(replace(desk.POSTAGE_RECEIPT, weight_grams=None)))

    assert "Khối lượng: 85 gam" in text_of(receipts.render(desk.POSTAGE_RECEIPT))
    assert "Khối lượng:" in unweighed
    assert "gam" not in unweighed


def test_an_empty_list_says_that_it_is_empty() -> None:
    empties = {
        dossier_list.render(
            replace(desk.DOSSIER_LIST, papers=())
        ): "Không có giấy tờ nào trong danh mục.",
        receipts.render(replace(desk.FEE_RECEIPT, charges=())): "Không có khoản thu.",
        bag_manifest.render(replace(movement.BAG_MANIFEST, items=())): "Túi không có bưu gửi nào.",
        handover_record.render(
            replace(movement.RESULT_HANDOVER, items=())
        ): "Không có bưu gửi nào được bàn giao.",
        run_list.render(replace(movement.RUN_LIST, tours=())): "Tuyến này không có điểm dừng nào.",
        delivery_slip.render(
            replace(outcome.DELIVERY_SLIP, recovered=())
        ): "Không có bản chính nào phải thu hồi.",
        discrepancy_record.render(
            replace(outcome.DISCREPANCY_RECORD, differences=())
        ): "Không có chênh lệch về số lượng giấy tờ.",
        return_record.render(replace(outcome.RETURN_RECORD, attempts=())): "Không có lần phát nào.",
        custody_extract.render(
            replace(outcome.CUSTODY_EXTRACT, events=())
        ): "Sổ chưa có sự kiện nào của bưu gửi này.",
    }

    for pdf, sentence in empties.items():
        assert sentence in text_of(pdf)


@pytest.mark.parametrize("counts", [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_a_paper_cannot_be_counted_below_zero(counts: tuple[int, int, int]) -> None:
    originals, certified, photocopies = counts
    with pytest.raises(ValueError, match="below zero"):
        ListedPaper(
            name="Tờ khai",
            originals=originals,
            certified_copies=certified,
            photocopies=photocopies,
        )


def test_an_appointment_slip_says_when_where_and_what_to_bring() -> None:
    words = text_of(appointment_slip.render(desk.APPOINTMENT_SLIP))

    assert "Tiếp nhận hồ sơ lúc: 09 giờ 05 phút, ngày 23 tháng 11 năm 2026" in words
    assert "Hẹn trả kết quả lúc: 09 giờ 05 phút, ngày 27 tháng 11 năm 2026" in words
    assert "Nhận kết quả tại: Qua dịch vụ Bưu chính công ích" in words
    assert "Phí, lệ phí: 15.000 ₫" in words
    assert "Mã tra cứu (PIN): 7K3M" in words
    assert "mang theo giấy này, giấy tờ tùy thân, giấy ủy quyền" in words
    assert "Mã nhận kết quả tại nhà" in words


def test_the_legal_basis_is_configured_and_no_law_is_claimed_by_default() -> None:
    configured = replace(desk.APPOINTMENT_SLIP, basis_line="Mẫu do UBND phường Ví Dụ ban hành")

    default_words = text_of(appointment_slip.render(desk.APPOINTMENT_SLIP))
    assert ILLUSTRATIVE_FORM in default_words
    assert "Nghị định" not in default_words
    assert "Thông tư" not in default_words
    assert "Mẫu do UBND phường Ví Dụ ban hành" in text_of(appointment_slip.render(configured))


def test_a_slip_for_a_result_fetched_at_the_desk_has_no_delivery_code() -> None:
    fetched = replace(desk.APPOINTMENT_SLIP, delivery_code="")

    assert "Mã nhận kết quả tại nhà" not in text_of(appointment_slip.render(fetched))


def test_a_delivery_code_too_long_for_its_version_is_refused() -> None:
    with pytest.raises(CodeOverflowError):
        appointment_slip.render(replace(desk.APPOINTMENT_SLIP, delivery_code="BG1:" + "A" * 44))


def test_a_dossier_code_too_long_for_bars_is_refused() -> None:
    with pytest.raises(CodeOverflowError):
        appointment_slip.render(replace(desk.APPOINTMENT_SLIP, dossier_code="H17-" + "A" * 90))


def test_fees_and_postage_are_receipted_apart() -> None:
    fee = text_of(receipts.render(desk.FEE_RECEIPT))
    postage = text_of(receipts.render(desk.POSTAGE_RECEIPT))

    assert "Thu hộ UBND PHƯỜNG VÍ DỤ" in fee
    assert "Bằng chữ: Mười lăm nghìn đồng" in fee
    assert "Miễn: hộ nghèo" in fee
    assert "26.000" not in fee
    assert "Bằng chữ: Hai mươi sáu nghìn đồng" in postage
    assert "Khối lượng: 85 gam" in postage
    assert "15.000" not in postage


def test_a_receipt_does_not_pay_out() -> None:
    with pytest.raises(ValueError, match="pay money out"):
        receipts.Charge(description="Hoàn tiền", amount_dong=-1)


def test_the_first_invitation_promises_another_and_the_second_is_the_last() -> None:
    first = text_of(invitation.render(desk.INVITATION))
    second = text_of(invitation.render(replace(desk.INVITATION, round=2)))

    assert "Lần 1" in first
    assert "Giữ đến hết: ngày 08 tháng 12 năm 2026" in first
    assert "• Giấy ủy quyền nếu nhận thay" in first
    assert "mời thêm một lần nữa" in first
    assert "Lần 2" in second
    assert "kết quả được chuyển hoàn cơ quan đã cấp" in second


def test_an_office_known_by_its_name_alone_is_not_said_twice() -> None:
    office = "Bưu điện – văn hóa xã Phước Hiệp"
    view = replace(desk.INVITATION, office_name=office, office_address=office)

    words = text_of(invitation.render(view))

    assert words.count("Địa chỉ:") == 1  # the addressee's
    assert f"Bưu cục: {office} Giờ mở cửa" in words


def test_there_is_no_third_invitation() -> None:
    with pytest.raises(ValueError, match="twice"):
        replace(desk.INVITATION, round=3)  # type: ignore[arg-type]


def test_an_authorisation_leaves_to_the_hand_what_is_not_known() -> None:
    blank = text_of(authorisation.render(authorisation.Authorisation()))
    known = text_of(authorisation.render(desk.AUTHORISATION))

    assert "1. Bên ủy quyền (chủ hồ sơ) Họ và tên:" in blank
    assert "Họ và tên: Nguyễn Thị Mẫu Ví Dụ" in known
    assert "BÊN ĐƯỢC ỦY QUYỀN" in known


def test_a_handover_is_printed_once_for_each_side() -> None:
    pages = page_texts(handover_record.render(movement.DOSSIER_HANDOVER))

    assert len(pages) == 4
    for at, kept_by in enumerate(handover_record.COPIES):
        copy = pages[2 * at : 2 * at + 2]
        assert [kept_by in page for page in copy] == [True, True]
        assert [f"Trang {n}/2" in page for n, page in enumerate(copy, 1)] == [True, True]
        page = " ".join(copy)
        assert "Số bưu gửi: 6 (sáu)" in page
        assert "Bản photo: 12 (mười hai)" in page
        assert "Bên giao: Lê Thị Đi Tuyến Giả Định" in page
        assert "90.000 ₫ (Chín mươi nghìn đồng)" in page
        assert "ET000000090VN Niêm phong hở một góc" in page
        assert movement.DOSSIER_HANDOVER.chain_head in page
        assert "BÊN NHẬN" in page


def test_each_copy_of_a_long_handover_counts_its_own_pages() -> None:
    items = movement.DOSSIER_HANDOVER.items * 20

    pages = page_texts(handover_record.render(replace(movement.DOSSIER_HANDOVER, items=items)))

    half = len(pages) // 2
    assert half > 2
    assert [f"Trang {n}/{half}" in page for n, page in enumerate(pages[:half], 1)] == [True] * half
    assert [f"Trang {n}/{half}" in page for n, page in enumerate(pages[half:], 1)] == [True] * half
    assert all("Bản 1 — bên giao giữ" in page for page in pages[:half])
    assert all("Bản 2 — bên nhận giữ" in page for page in pages[half:])


def test_a_handover_without_exceptions_keeps_lines_for_them() -> None:
    words = text_of(handover_record.render(movement.RESULT_HANDOVER))

    assert "Cơ quan giải quyết giao cho bưu điện" in words
    assert "Không có trong sổ. Ghi thêm bằng tay" in words


def test_a_run_list_keeps_the_route_order_and_adds_up_the_cash() -> None:
    words = text_of(run_list.render(movement.RUN_LIST))

    assert [int(n) for n in re.findall(r"Người nhận ví dụ số (\d+)", words)] == list(range(2, 15))
    assert "Tổng số bưu gửi: 29 (hai mươi chín)" in words
    assert "Tổng tiền phải thu: 214.000 ₫ (Hai trăm mười bốn nghìn đồng)" in words
    assert "hẹn 09:05–11:05" in words
    assert "ĐT 0900***123" in words
    assert "Quãng đường: 42,4 km" in words


def test_a_run_list_asks_for_every_charge_by_its_name() -> None:
    words = text_of(run_list.render(movement.RUN_LIST))

    assert words.count("cước bưu chính: 26.000 ₫ phí, lệ phí: 8.000 ₫ cộng 34.000 ₫") == 4
    assert "Phải thu cước bưu chính: 182.000 ₫" in words
    assert "Phải thu phí, lệ phí: 32.000 ₫" in words
    one = replace(movement.RUN_STOPS[2], order=1)
    alone = replace(movement.RUN_LIST.tours[0], stops=(one,))
    short = text_of(run_list.render(replace(movement.RUN_LIST, tours=(alone,))))
    assert "cước bưu chính: 26.000 ₫" in short
    assert "cộng 26.000" not in short
    assert "Phải thu" not in short


def test_a_run_list_says_between_two_tours_that_the_courier_is_at_the_office() -> None:
    words = text_of(run_list.render(movement.RUN_LIST))
    first, second = movement.RUN_LIST.tours

    told = ["Chuyến 1: 07:30–11:05", "Người nhận ví dụ số 9", "nhận bưu gửi của chuyến 2"]
    told += ["Chuyến 2: 14:05–16:05", "Người nhận ví dụ số 10"]
    assert [words.index(each) for each in told] == sorted(words.index(each) for each in told)
    assert f"{sum(len(stop.items) for stop in second.stops)} bưu gửi" in words

    heading = next(
        page for page in page_texts(run_list.render(movement.RUN_LIST)) if told[3] in page
    )
    assert "Người nhận ví dụ số 10" in heading  # it stands on the page of its first stop

    alone = text_of(run_list.render(replace(movement.RUN_LIST, tours=(first,))))
    assert "Chuyến" not in alone


def test_a_stop_is_never_parted_by_the_end_of_a_page() -> None:
    pages = page_texts(
        run_list.render(replace(movement.RUN_LIST, tours=movement.RUN_LIST.tours * 6))
    )

    for page in pages:
        stops = re.findall(r"(?:Người nhận ví dụ số|TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG)", page)
        assert len(stops) == page.count("ĐT 0900***123")


def test_a_delivery_slip_names_the_originals_that_came_back() -> None:
    words = text_of(delivery_slip.render(outcome.DELIVERY_SLIP))

    assert "Giấy phép lái xe (bản cũ) 000*****9999 1" in words
    assert "Số tờ thu hồi: 1 (một)" in words
    assert "Tư cách nhận: Chủ hồ sơ" in words
    assert "không phải chữ ký số" in words
    assert outcome.DELIVERY_SLIP.event_hash in words


def test_a_delivery_slip_tells_every_charge_that_was_taken_and_how() -> None:
    words = text_of(delivery_slip.render(outcome.DELIVERY_SLIP))

    assert "1 cước bưu chính tiền mặt 26.000 ₫" in words
    assert "2 phí, lệ phí chuyển khoản mã QR, số VD000001 8.000 ₫" in words
    assert "Tổng cộng 34.000 ₫" in words
    nothing = text_of(delivery_slip.render(replace(outcome.DELIVERY_SLIP, taken=())))
    assert "Không thu khoản nào khi phát." in nothing


def test_a_discrepancy_record_sets_found_against_listed() -> None:
    words = text_of(discrepancy_record.render(outcome.DISCREPANCY_RECORD))

    assert "Giấy tờ chứng minh nơi cư trú 0 / 2 / 0 0 / 1 / 0 0 / -1 / 0" in words
    assert "Số thấy thực tế: NP 000009" in words
    assert "NGƯỜI CHỨNG KIẾN" in words


def test_ticks_are_drawn_where_an_irregularity_applies() -> None:
    one = replace(
        outcome.DISCREPANCY_RECORD,
        irregularities=frozenset({discrepancy_record.Irregularity.DAMAGE}),
    )

    assert discrepancy_record.render(one) != discrepancy_record.render(outcome.DISCREPANCY_RECORD)


def test_a_discrepancy_record_without_a_fault_or_a_witness_is_refused() -> None:
    with pytest.raises(ValueError, match="irregular"):
        replace(outcome.DISCREPANCY_RECORD, irregularities=frozenset())
    with pytest.raises(ValueError, match="two to four"):
        replace(outcome.DISCREPANCY_RECORD, witnesses=outcome.DISCREPANCY_RECORD.witnesses[:1])


def test_a_return_goes_to_the_agency_with_its_attempts() -> None:
    pages = page_texts(return_record.render(outcome.RETURN_RECORD))

    assert len(pages) == 2
    assert "hoàn về UBND PHƯỜNG VÍ DỤ" in pages[0]
    assert "2 09:05 26/11/2026 Gọi điện không liên lạc được" in pages[1]
    assert "Giấy mời: lần 1: 23/11/2026, lần 2: 26/11/2026" in pages[0]


def test_a_custody_extract_prints_every_event_with_its_whole_hash() -> None:
    words = text_of(custody_extract.render(outcome.CUSTODY_EXTRACT)).replace(" ", "")

    for event in outcome.CUSTODY_EXTRACT.events:
        assert event.leaf_hash in words
        assert event.act.replace(" ", "") in words
    assert outcome.CUSTODY_EXTRACT.log_root in words


def test_two_hundred_events_repeat_the_head_on_every_page() -> None:
    events = tuple(
        replace(outcome.CUSTODY_EXTRACT.events[0], index=n, leaf_hash=f"{n:064x}")
        for n in range(1, 201)
    )

    pages = page_texts(custody_extract.render(replace(outcome.CUSTODY_EXTRACT, events=events)))

    with_rows = [page for page in pages if "Chấp nhận hồ sơ" in page]
    assert len(with_rows) > 5
    assert all("Mã băm (SHA-256)" in page for page in with_rows)
    assert "Số sự kiện: 200 (hai trăm)" in " ".join(pages)
