"""P13, Bản kê phát: the courier's round on paper, in big numbers, for the day the phone fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reportlab.platypus.flowables import Flowable

from postal_service.printing.figures import (
    counted,
    day_of,
    dong,
    dong_in_words,
    masked_phone,
    official_date,
    time_of_day,
)
from postal_service.printing.page import Paper, Signature
from postal_service.printing.signed_head import WHEN_PRINTED, SignedHead, put_head
from postal_service.printing.tables import Cell, Column
from postal_service.printing.typesetting import (
    CELL,
    CELL_BIG,
    CELL_CENTER,
    CELL_RIGHT,
    embolden,
    line,
)

FIRST_STOP_MM: Final = 45  # both headings and a stop with a remark


@dataclass(frozen=True, kw_only=True)
class ToTake:
    """One charge to be taken at a door. Each has an owner of its own, so none is added in silence."""

    name: str
    amount_dong: int


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """Old papers that the receiver gives up, and the empty envelope for them; "" before it is given out."""

    papers: tuple[str, ...]
    envelope: str


@dataclass(frozen=True, kw_only=True)
class RunStop:
    """One stop in route order; `window` is the promised span, `to_take` what is to be collected."""

    order: int
    planned_at: datetime
    window: tuple[datetime, datetime] | None
    name: str
    address: str
    phone: str
    items: tuple[str, ...]
    to_take: tuple[ToTake, ...]
    taken_back: tuple[TakenBack, ...] = ()
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class RunTour:
    """Out of the office with what these stops bring, and back."""

    departs_at: datetime
    returns_at: datetime
    stops: tuple[RunStop, ...]


@dataclass(frozen=True, kw_only=True)
class RunList:
    """One courier's round of one day, tour by tour."""

    number: str
    operator_name: str
    office_name: str
    place: str
    round_name: str
    courier_name: str
    departs_at: datetime
    returns_at: datetime
    distance_m: int
    tours: tuple[RunTour, ...]
    head: SignedHead | None  # of the ledger, when it was printed

    @property
    def stops(self) -> tuple[RunStop, ...]:
        return tuple(stop for tour in self.tours for stop in tour.stops)


def render(view: RunList) -> bytes:
    """The run list as PDF, A4."""
    paper = Paper(name="BẢN KÊ PHÁT THEO BƯU TÁ", number=view.number)
    paper.national_header((view.operator_name, view.office_name))
    paper.title(f"Tuyến {view.round_name} — {official_date(day_of(view.departs_at))}")
    paper.facts(("Bưu tá", view.courier_name))
    paper.pairs(
        ("Xuất phát", time_of_day(view.departs_at)),
        ("Dự kiến về", time_of_day(view.returns_at)),
        ("Quãng đường", f"{view.distance_m / 1000:.1f} km".replace(".", ",")),
        ("Số điểm dừng", counted(len(view.stops))),
    )
    if len(view.tours) > 1:
        for number, tour in enumerate(view.tours, start=1):
            _tour(paper, number, tour)
    else:
        paper.gap(1)
        _stops(paper, view.stops)
    charges = [charge for stop in view.stops for charge in stop.to_take]
    paper.facts(
        ("Tổng số bưu gửi", counted(sum(len(stop.items) for stop in view.stops))),
        *_envelopes(view.stops),
        *_by_name(charges),
        ("Tổng tiền phải thu", _in_full(charges)),
    )
    put_head(paper, view.head, heading=WHEN_PRINTED)
    paper.signatures(
        Signature(role="NGƯỜI GIAO TUYẾN"),
        Signature(role="BƯU TÁ", name=view.courier_name),
        dated=f"{view.place}, {official_date(day_of(view.departs_at))}",
    )
    return paper.pdf()


def _tour(paper: Paper, number: int, tour: RunTour) -> None:
    """A tour under a heading of its own: what is taken over before it leaves, and its stops."""
    if number > 1:
        paper.room(FIRST_STOP_MM)
        paper.say(f"Về bưu cục, nhận bưu gửi của chuyến {number}.")
    paper.section(
        f"Chuyến {number}: {time_of_day(tour.departs_at)}–{time_of_day(tour.returns_at)}, "
        f"{sum(len(stop.items) for stop in tour.stops)} bưu gửi"
    )
    _stops(paper, tour.stops)


def _stops(paper: Paper, stops: Sequence[RunStop]) -> None:
    paper.table(
        (
            Column(heading="Thứ tự", share=16, style=CELL_BIG),
            Column(heading="Giờ", share=24, style=CELL_CENTER),
            Column(heading="Nơi đến", share=66),
            Column(heading="Bưu gửi", share=34),
            Column(heading="Thu tiền", share=30, style=CELL_RIGHT),
            Column(heading="Ký nhận / lý do", share=26),
        ),
        [_row(stop) for stop in stops],
        empty="Tuyến này không có điểm dừng nào.",
    )


def _row(stop: RunStop) -> tuple[Cell, ...]:
    times: list[Flowable] = [line(time_of_day(stop.planned_at), embolden(CELL_CENTER))]
    if stop.window:
        opens, closes = stop.window
        times.append(line(f"hẹn {time_of_day(opens)}–{time_of_day(closes)}", CELL_CENTER))
    whereto: list[Flowable] = [line(stop.name, embolden(CELL)), line(stop.address, CELL)]
    if stop.phone:
        whereto.append(line(f"ĐT {masked_phone(stop.phone)}", CELL))
    if stop.remark:
        whereto.append(line(stop.remark, CELL))
    items: list[Flowable] = [line(code, CELL) for code in stop.items] or [line("Không có", CELL)]
    for back in stop.taken_back:
        items.append(line(f"Thu lại: {'; '.join(back.papers)}", embolden(CELL)))
        if back.envelope:
            items.append(line(f"vào phong bì {back.envelope}", CELL))
    return str(stop.order), times, whereto, items, _cash(stop.to_take), ""


def _cash(charges: Sequence[ToTake]) -> Cell:
    """What is asked for at a door: every charge by its name, and the sum where there are several."""
    if not charges:
        return "—"
    told: list[Flowable] = []
    for charge in charges:
        told += [line(f"{charge.name}:", CELL_RIGHT), line(dong(charge.amount_dong), CELL_RIGHT)]
    if len(charges) > 1:
        whole = sum(charge.amount_dong for charge in charges)
        told.append(line(f"cộng {dong(whole)}", embolden(CELL_RIGHT)))
    return told


def _envelopes(stops: Sequence[RunStop]) -> list[tuple[str, str]]:
    """What is carried empty, and filled at the doors."""
    taken_back = [back for stop in stops for back in stop.taken_back]
    return [("Phong bì thu lại mang theo", counted(len(taken_back)))] if taken_back else []


def _by_name(charges: Sequence[ToTake]) -> list[tuple[str, str]]:
    """What is to be brought back of each kind, where there is more than one."""
    names = dict.fromkeys(charge.name for charge in charges)
    if len(names) < 2:
        return []
    of = {name: [each for each in charges if each.name == name] for name in names}
    return [(f"Phải thu {name}", _in_full(found)) for name, found in of.items()]


def _in_full(charges: Sequence[ToTake]) -> str:
    whole = sum(charge.amount_dong for charge in charges)
    return f"{dong(whole)} ({dong_in_words(whole)})"
