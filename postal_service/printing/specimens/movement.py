"""What travels with the envelopes, with invented offices."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from postal_service.printing import (
    bag_label,
    bag_manifest,
    envelope_label,
    handover_record,
    run_list,
)
from postal_service.printing.specimens.invented import (
    AGENCY,
    CHECK_LINK,
    CITIZEN,
    CITIZEN_ADDRESS,
    CITIZEN_PHONE,
    CLERK,
    COURIER,
    DESK,
    DIGEST,
    HEAD,
    ITEM,
    MORNING,
    OFFICE,
    OFFICER,
    OPERATOR,
    PLACE,
    SEAL,
)

ENVELOPE_LABELS: Final = envelope_label.EnvelopeLabels(
    labels=(
        envelope_label.EnvelopeLabel(
            item_code=ITEM,
            status_link=CHECK_LINK,
            seal_number=SEAL,
            heading="HỒ SƠ ĐI",
            sender=OFFICE,
            addressee=f"{AGENCY} — {DESK}",
            address="Số 1, đường Không Có Thật, phường Ví Dụ, thành phố Đà Nẵng",
        ),
        envelope_label.EnvelopeLabel(
            item_code=ITEM,
            status_link=CHECK_LINK,
            seal_number=SEAL,
            heading="KẾT QUẢ VỀ",
            sender=AGENCY,
            addressee=CITIZEN,
            address=CITIZEN_ADDRESS,
        ),
    )
)

ENVELOPE_LABELS_A6: Final = envelope_label.EnvelopeLabels(
    labels=ENVELOPE_LABELS.labels, stock=envelope_label.LabelStock.A6
)

BAG_LABEL: Final = bag_label.BagLabel(
    bag_code="TUI-000000-0001",
    dispatch_number="CT-000001",
    from_office=OFFICE,
    to_office="BƯU CỤC VÍ DỤ 2",
    seal_number=SEAL,
    item_count=24,
    weight_grams=3_150,
    closed_at=MORNING,
)

BAG_MANIFEST: Final = bag_manifest.BagManifest(
    number="BK-000001",
    bag_code="TUI-000000-0001",
    dispatch_number="CT-000001",
    operator_name=OPERATOR,
    from_office=OFFICE,
    to_office="BƯU CỤC VÍ DỤ 2",
    place=PLACE,
    seal_number=SEAL,
    items=tuple(
        bag_manifest.BaggedItem(
            item_code=f"ET0000{serial:04}0VN", seal_number=f"NP {serial:06}", destination=AGENCY
        )
        for serial in range(1, 25)
    ),
    closed_at=MORNING,
    packer_name=CLERK,
    head=HEAD,
)


def _handed(serial: int, due_at: datetime | None) -> handover_record.HandedItem:
    return handover_record.HandedItem(
        item_code=f"ET0000{serial:04}0VN",
        dossier_code=f"H17.000-261123-{serial:04}",
        seal_number=f"NP {serial:06}",
        seal_state="Nguyên vẹn",
        originals=1,
        certified_copies=serial % 3,
        photocopies=2,
        due_at=due_at,
    )


def _signed(device: str, at: datetime) -> handover_record.SignedBy:
    return handover_record.SignedBy(claimed_at=at, device=device, fingerprint="7K3M9Q")


def _events(count: int) -> tuple[handover_record.SignedLine, ...]:
    return tuple(
        handover_record.SignedLine(
            item_code=f"ET0000{serial:04}0VN", offered=DIGEST, answered=DIGEST
        )
        for serial in range(1, count + 1)
    )


DOSSIER_HANDOVER: Final = handover_record.HandoverRecord(
    direction=handover_record.Direction.DOSSIERS_TO_AGENCY,
    number="BBHS-000001",
    place=PLACE,
    agency_name=AGENCY,
    office_name=OFFICE,
    giver_name=COURIER,
    giver_unit=OFFICE,
    receiver_name=OFFICER,
    receiver_unit=AGENCY,
    handed_at=MORNING,
    items=tuple(_handed(serial, MORNING + timedelta(days=4)) for serial in range(1, 7)),
    exclusions=(
        handover_record.Exclusion(
            item_code="ET000000090VN",
            reason="Niêm phong hở một góc; giữ nguyên trạng, lập biên bản",
        ),
    ),
    money_dong=90_000,
    chain_head=DIGEST,
    check_link=CHECK_LINK,
    put_out=7,
    giver_signed=_signed("AAAABBBB", MORNING - timedelta(minutes=3)),
    receiver_signed=_signed("CCCCDDDD", MORNING),
    recorded_at=MORNING,
    events=_events(7),
    offer_code="",
    head=HEAD,
)

RESULT_HANDOVER: Final = handover_record.HandoverRecord(
    direction=handover_record.Direction.RESULTS_TO_POST,
    number="BBKQ-000001",
    place=PLACE,
    agency_name=AGENCY,
    office_name=OFFICE,
    giver_name=OFFICER,
    giver_unit=AGENCY,
    receiver_name=COURIER,
    receiver_unit=OFFICE,
    handed_at=MORNING + timedelta(days=4),
    items=tuple(_handed(serial, None) for serial in range(1, 5)),
    exclusions=(),
    money_dong=0,
    chain_head=DIGEST,
    check_link=CHECK_LINK,
    put_out=6,
    giver_signed=_signed("CCCCDDDD", MORNING + timedelta(days=4)),
    receiver_signed=_signed("AAAABBBB", MORNING + timedelta(days=4)),
    recorded_at=MORNING + timedelta(days=4, hours=2),
    events=tuple(replace(each, offered="") for each in _events(4)),
    offer_code=DIGEST,
    head=None,
    printed_again_at=MORNING + timedelta(days=30),
)

RUN_STOPS: Final = tuple(
    run_list.RunStop(
        order=order,
        planned_at=MORNING + timedelta(minutes=12 * order),
        window=(MORNING, MORNING + timedelta(hours=2)) if order % 3 == 0 else None,
        name=DESK if order == 1 else f"Người nhận ví dụ số {order}",
        address=f"Số {order}, đường Không Có Thật, thôn Giả Định, phường Ví Dụ",
        phone=CITIZEN_PHONE,
        items=tuple(f"ET0000{order:03}{n}5VN" for n in range(1, 2 + order % 3)),
        to_take=(
            run_list.ToTake(name="cước bưu chính", amount_dong=26_000),
            *([run_list.ToTake(name="phí, lệ phí", amount_dong=8_000)] if order % 4 == 1 else []),
        )
        if order % 2
        else (),
        taken_back=(
            (run_list.TakenBack(papers=("Giấy phép lái xe cũ",), envelope="BR000000015VN"),)
            if order == 4
            else ()
        ),
        remark="Hẹn phát ngày 23/11/2026" if order == 5 else "",
    )
    for order in range(1, 15)
)
RUN_LIST: Final = run_list.RunList(
    number="BKP-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    round_name="VD-01",
    courier_name=COURIER,
    departs_at=MORNING - timedelta(minutes=95),
    returns_at=MORNING + timedelta(hours=7),
    distance_m=42_350,
    tours=(
        run_list.RunTour(
            departs_at=MORNING - timedelta(minutes=95),
            returns_at=MORNING + timedelta(hours=2),
            stops=RUN_STOPS[:9],
        ),
        run_list.RunTour(
            departs_at=MORNING + timedelta(hours=5),
            returns_at=MORNING + timedelta(hours=7),
            stops=tuple(
                replace(stop, planned_at=stop.planned_at + timedelta(hours=4), window=None)
                for stop in RUN_STOPS[9:]
            ),
        ),
    ),
    head=HEAD,
)
