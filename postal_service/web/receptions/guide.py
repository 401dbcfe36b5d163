"""From a version of a procedure to what a citizen takes home to prepare. Vietnamese, whatever the screen speaks.

A figure of which the catalogue is not sure is not printed; what it believes without having read it says so.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from postal_service.domain.deadlines import Term
from postal_service.domain.procedures import (
    Channel,
    Fee,
    FeeStatus,
    NoFee,
    PaperNeed,
    ProcedureVersion,
    Trust,
)
from postal_service.domain.wording_dates import local
from postal_service.domain.wording_numbers import dong
from postal_service.printing.preparation_guide import GuidedFee, NeededPaper, PreparationGuide
from postal_service.web.papers import OPERATOR
from postal_service.web.receptions.slips import UNITS

CHANNELS: Final = {
    Channel.COUNTER: "nộp trực tiếp",
    Channel.POST: "gửi qua bưu chính",
    Channel.ONLINE: "nộp trực tuyến",
}
ANY_CHANNEL = "mọi cách nộp"
NOT_CONFIRMED = "chưa xác nhận, xin hỏi nơi tiếp nhận"
TERM_NOT_CONFIRMED = "Chưa xác nhận trong danh mục; ngày hẹn trả ghi trên giấy tiếp nhận."
TO_COMPARE = " (theo danh mục đang dùng; xin đối chiếu với danh mục cơ quan công bố)"
FROM_RECEPTION = "Thời hạn tính từ khi cơ quan tiếp nhận, không phải từ khi gửi tại bưu điện."
SAME_DAY = "Trong ngày; hồ sơ cơ quan nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo"


def view_of(version: ProcedureVersion, *, office: str, at: datetime) -> PreparationGuide:
    return PreparationGuide(
        operator_name=OPERATOR,
        office_name=office,
        procedure_code=version.code,
        procedure_name=version.name,
        field=version.field,
        authority=version.authority,
        valid_from=version.valid_from,
        papers=tuple(_needed(need) for need in version.papers),
        terms=tuple(_terms(version)),
        fees=_fees(version, at),
        ways=tuple(_ways(version)),
        printed_at=at,
    )


def _needed(need: PaperNeed) -> NeededPaper:
    remarks = (
        (need.optional, "nếu có"),
        (need.shown_only, "chỉ xuất trình, không nộp"),
        (need.original_to_return, "bản chính được trả lại cùng kết quả"),
    )
    return NeededPaper(
        name=need.name,
        originals=need.originals,
        certified_copies=need.certified,
        photocopies=need.photocopies,
        remarks=tuple(said for applies, said in remarks if applies),
    )


def _terms(version: ProcedureVersion) -> Iterator[str]:
    if version.trust_in_term is Trust.UNSURE:
        yield TERM_NOT_CONFIRMED
    else:
        to_compare = TO_COMPARE if version.trust_in_term is Trust.KNOWN else ""
        said = SAME_DAY if version.same_day else _told(version.term)
        yield f"{said}{to_compare}."
        if version.term_if_verified:
            yield f"{_told(version.term_if_verified)} nếu phải xác minh."
        if version.term_if_mountain:
            yield f"{_told(version.term_if_mountain)} ở xã miền núi."
    if version.stops_clock_for:
        yield f"Thời hạn tạm dừng trong lúc chờ: {version.stops_clock_for}."
    yield FROM_RECEPTION


def _told(term: Term) -> str:
    return UNITS[term.unit] if term.amount == 0 else f"{term.amount} {UNITS[term.unit]}"


def _fees(version: ProcedureVersion, at: datetime) -> tuple[GuidedFee, ...]:
    """A line for each way of filing; one for all where they cost the same."""
    found: dict[Channel, Fee] = {}
    for channel in CHANNELS:
        try:
            found[channel] = version.fee_on(channel, local(at).date())
        except NoFee:
            continue
    if len(found) == len(CHANNELS) and len(set(found.values())) == 1:
        return (_guided(ANY_CHANNEL, found[Channel.COUNTER]),)
    return tuple(_guided(CHANNELS[channel], fee) for channel, fee in found.items())


def _guided(channel: str, fee: Fee) -> GuidedFee:
    if fee.status is not FeeStatus.CONFIRMED or fee.amount_dong is None:
        return GuidedFee(channel=channel, amount=NOT_CONFIRMED, basis="")
    per = f" / {fee.per}" if fee.per else ""
    return GuidedFee(channel=channel, amount=f"{dong(fee.amount_dong)}{per}", basis=fee.source)


def _ways(version: ProcedureVersion) -> Iterator[str]:
    if version.post_in:
        yield "Nộp tại bưu cục, tại Bộ phận Một cửa, hoặc hẹn bưu tá đến nhận tại nhà."
    elif version.presence_at_intake:
        yield "Nộp tại Bộ phận Một cửa; người yêu cầu phải có mặt, không gửi qua bưu chính."
    else:
        yield "Nộp tại Bộ phận Một cửa; không gửi qua bưu chính."
    if version.post_out:
        yield "Kết quả: bưu điện mang về tận nhà nếu đăng ký, hoặc nhận tại nơi tiếp nhận."
    elif version.presence_at_return:
        yield "Kết quả: người yêu cầu phải đến nhận tại nơi tiếp nhận."
    else:
        yield "Kết quả: nhận tại nơi tiếp nhận."
    for taken in version.collects_on_delivery:
        yield f"Khi nhận kết quả tại nhà, giao lại cho bưu tá: {taken}."
    yield "Mang theo giấy tờ tùy thân; người nộp thay mang thêm giấy ủy quyền."
