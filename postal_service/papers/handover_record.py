"""The hand-over record on paper: both sides and their keys, every envelope, what was not taken and why, every event's hash."""

from datetime import datetime
from typing import Final

from postal_service.domain.acts import Condition, Leg
from postal_service.domain.wording_handovers import CONDITIONS, RESERVED_FOR, VERDICTS
from postal_service.papers import told_times
from postal_service.papers.signed_heads import on_paper
from postal_service.printing.handover_record import (
    Direction,
    Exclusion,
    HandedItem,
    HandoverRecord,
    SignedBy,
    SignedLine,
)
from postal_service.services.handover_records import Line, Record, Side
from postal_service.services.places import AGENCY, DESK

OF_AGENCY: Final = (DESK, AGENCY)
PAPERS_BACK: Final = "Giấy tờ trả lại."
CORRECTED: Final = "Sau đó đã đính chính."


def file_name(record: Record) -> str:
    return f"bien-ban-{record.chain_head[:12]}.pdf"


def view_of(
    record: Record, label_host: str, *, printed_again_at: datetime | None = None
) -> HandoverRecord:
    """What the paper says. Printed again it says the same, and that it is printed again."""
    names, giver, taker = record.names, record.giver, record.taker
    giver_unit, taker_unit = names.unit(giver.unit), names.unit(taker.unit)
    from_agency = giver.unit_kind in OF_AGENCY
    return HandoverRecord(
        direction=_direction(record),
        number=record.number,
        place=taker_unit,
        agency_name=giver_unit if from_agency else taker_unit,
        office_name=taker_unit if from_agency else giver_unit,
        giver_name=names.person(giver.staff),
        giver_unit=giver_unit,
        receiver_name=names.person(taker.staff),
        receiver_unit=taker_unit,
        handed_at=taker.time.estimated_at,
        items=tuple(_item(line) for line in record.taken),
        exclusions=tuple(_exclusion(line) for line in record.refused),
        money_dong=0,
        chain_head=record.chain_head,
        check_link=f"HTTPS://{label_host}/{record.lines[0].item}",
        put_out=record.put_out,
        giver_signed=_signed(giver),
        receiver_signed=_signed(taker),
        recorded_at=record.recorded_at,
        events=tuple(
            SignedLine(item_code=line.item, offered=line.offered, answered=line.answered)
            for line in record.lines
        ),
        offer_code=record.code_digest,
        head=on_paper(record.before, label_host),
        printed_again_at=printed_again_at,
    )


def _item(line: Line) -> HandedItem:
    return HandedItem(
        item_code=line.item,
        dossier_code=line.dossier_code,
        seal_number=line.seal,
        seal_state=CONDITIONS[line.condition][0],
        originals=line.counts.originals,
        certified_copies=line.counts.certified,
        photocopies=line.counts.photocopies,
        remark=" ".join(filter(None, (PAPERS_BACK if line.gives_back else "", _remark(line)))),
    )


def _exclusion(line: Line) -> Exclusion:
    assert line.refused is not None  # one of record.refused
    told = [RESERVED_FOR[line.refused.reserved_for][0]]
    if line.condition is not Condition.OK:
        told.append(CONDITIONS[line.condition][0])
    counts = line.counts
    told.append(
        f"bên giao ghi niêm phong {line.seal or '—'}, {counts.originals} bản chính, "
        f"{counts.certified} bản chứng thực, {counts.photocopies} bản photo"
    )
    reason = "; ".join(told)
    remark = _remark(line)
    return Exclusion(item_code=line.item, reason=f"{reason}. {remark}" if remark else reason)


def _remark(line: Line) -> str:
    """What became of the line afterwards: a record that kept silent about it would mislead."""
    if line.verdict:
        return f"Không tính: {VERDICTS[line.verdict][0]}."
    return CORRECTED if line.corrected else ""


def _signed(side: Side) -> SignedBy:
    return SignedBy(
        claimed_at=side.time.claimed_at,
        notes=told_times.on_paper(side.time),
        device=side.device,
        fingerprint=side.fingerprint,
    )


def _direction(record: Record) -> Direction:
    out = [line for line in record.lines if line.leg is Leg.OUT]
    results = any(not line.gives_back for line in out)
    if record.giver.unit == record.taker.unit:
        return Direction.WITHIN_THE_POST
    if record.giver.unit_kind in OF_AGENCY:
        if results or not out:
            return Direction.RESULTS_TO_POST if results else Direction.DOSSIERS_TO_POST
        return Direction.PAPERS_TO_POST
    if record.taker.unit_kind in OF_AGENCY:
        return Direction.DOSSIERS_TO_AGENCY
    return Direction.BETWEEN_OFFICES
