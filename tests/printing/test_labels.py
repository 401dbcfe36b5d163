"""Labels of envelopes and bags: what is stuck on must be readable and must fit."""

from dataclasses import replace
from pathlib import Path

import pytest

from postal_service.printing import bag_label, envelope_label
from postal_service.printing.codes import CodeOverflowError
from postal_service.printing.envelope_label import EnvelopeLabels, LabelStock
from postal_service.printing.specimens import movement
from tests.printing.read_back import codes_of, page_texts

LABEL = movement.ENVELOPE_LABELS.labels[0]


def test_a_label_shows_its_number_its_seal_and_its_way() -> None:
    first, second = page_texts(envelope_label.render(movement.ENVELOPE_LABELS))

    assert "ET000000005VN" in first
    assert "Niêm phong NP 000000" in first
    assert "HỒ SƠ ĐI" in first
    assert "Nhận: UBND PHƯỜNG VÍ DỤ" in first
    assert "KẾT QUẢ VỀ" in second


@pytest.mark.parametrize("stock", LabelStock)
def test_a_run_of_labels_has_a_page_for_each_with_its_own_codes(
    stock: LabelStock, tmp_path: Path
) -> None:
    numbers = [f"ET{serial:08}0VN" for serial in range(1, 9)]
    labels = tuple(
        replace(LABEL, item_code=number, status_link=f"HTTPS://P.VN/{number}/{'0Z' * 13}")
        for number in numbers
    )

    pages = codes_of(envelope_label.render(EnvelopeLabels(labels=labels, stock=stock)), tmp_path)

    assert [{code.text for code in page} for page in pages] == [
        {label.item_code, label.status_link} for label in labels
    ]


@pytest.mark.parametrize("stock", LabelStock)
def test_a_long_host_makes_a_larger_token_that_still_reads_beside_the_bars(
    stock: LabelStock, tmp_path: Path
) -> None:
    link = f"HTTPS://BUUDIEN.QUANGNAM.VN.INVALID/{LABEL.item_code}/{'0Z' * 13}"
    view = EnvelopeLabels(labels=(replace(LABEL, status_link=link),), stock=stock)

    (codes,) = codes_of(envelope_label.render(view), tmp_path)

    assert {(code.text, code.version) for code in codes} == {(LABEL.item_code, ""), (link, "4")}


def test_a_token_or_number_without_room_on_the_label_is_refused() -> None:
    with pytest.raises(CodeOverflowError):
        envelope_label.render(
            EnvelopeLabels(labels=(replace(LABEL, status_link="HTTPS://" + "A" * 100),))
        )
    with pytest.raises(CodeOverflowError):
        envelope_label.render(EnvelopeLabels(labels=(replace(LABEL, item_code="A" * 20),)))
    with pytest.raises(CodeOverflowError):
        bag_label.render(replace(movement.BAG_LABEL, bag_code="T" * 30))


def test_a_run_without_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        EnvelopeLabels(labels=())


def test_a_long_address_is_cut_with_an_ellipsis_and_leaves_the_codes_alone(tmp_path: Path) -> None:
    crowded = replace(LABEL, addressee="Rất dài " * 60, address="Thôn xa xôi " * 60)

    pdf = envelope_label.render(EnvelopeLabels(labels=(crowded,)))

    (words,) = page_texts(pdf)
    assert words.count("…") == 2
    assert "Niêm phong NP 000000" in words
    assert {code.text for code in codes_of(pdf, tmp_path)[0]} == {
        LABEL.item_code,
        LABEL.status_link,
    }


def test_a_bag_label_says_from_where_to_where_and_how_many() -> None:
    (words,) = page_texts(bag_label.render(movement.BAG_LABEL))

    assert "Từ: BƯU CỤC VÍ DỤ 1" in words
    assert "ĐẾN BƯU CỤC VÍ DỤ 2" in words
    assert "Niêm phong: NP 000000" in words
    assert "Số bưu gửi: 24 (hai mươi tư)" in words


@pytest.mark.parametrize(
    "office",
    [
        "Bưu cục Hà Lam",
        "Bưu cục Trung tâm Phục vụ hành chính công phường Điện Bàn Đông",
        "Bưu điện – Văn hóa xã Thạnh Bình (Trung tâm Phục vụ hành chính công)",
    ],
)
def test_a_bag_label_names_its_destination_whole_and_large_beside_readable_codes(
    office: str, tmp_path: Path
) -> None:
    pdf = bag_label.render(replace(movement.BAG_LABEL, bag_code="BT000000005VN", to_office=office))

    (words,) = page_texts(pdf)
    assert f"ĐẾN {office}" in words
    assert {code.text for code in codes_of(pdf, tmp_path)[0]} == {"BT000000005VN"}
    assert len(codes_of(pdf, tmp_path)[0]) == 2  # bars for the wand, a token for the camera
