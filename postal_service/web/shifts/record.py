"""From a shift handed over to its paper. Papers are Vietnamese, whatever the screen speaks."""

from collections.abc import Sequence
from datetime import datetime

from postal_service.domain.custody import Standing, State
from postal_service.domain.wording_dates import local
from postal_service.printing import shift_record
from postal_service.printing.counted_money import CountedLine
from postal_service.printing.shift_record import HeldItem, OpenHandover, ShiftRecord
from postal_service.services import half_handovers, overview
from postal_service.services.overview import Line
from postal_service.services.shifts import HandedOver
from postal_service.web.labels import PAPERS_BACK, vietnamese
from postal_service.web.language import say
from postal_service.web.papers import OPERATOR, Printable


def printable(
    done: HandedOver,
    lines: Sequence[Line],
    open_ones: Sequence[half_handovers.Page],
    names: overview.Names,
    *,
    office: str,
) -> Printable:
    """Both copies. `lines` are the items of the shift, those that stay included."""
    counting = done.counting
    stays = {each.item: why_it_stays(each) for each in done.held.staying}
    record = ShiftRecord(
        number=_number(counting.at),
        operator_name=OPERATOR,
        office_name=office,
        place=office,
        giver_name=names.person(counting.giver),
        taker_name=names.person(counting.taker),
        handed_at=counting.at,
        items=tuple(
            HeldItem(
                item_code=line.standing.item,
                dossier_code=line.dossier_code,
                kind=PAPERS_BACK[0] if line.gives_back else vietnamese(line.standing.leg),
                state=vietnamese(line.standing.state),
                seal_number=line.standing.seal,
                stays=stays.get(line.standing.item, ""),
            )
            for line in lines
        ),
        by_state=tuple((vietnamese(state), count) for state, count in done.held.by_state.items()),
        bags=len(done.held.bags),
        open_handovers=tuple(
            OpenHandover(
                giver=f"{page.names.person(each.giver)} — {page.names.unit(each.giver_unit)}",
                taker=_taker(each, page.names),
                items=each.count,
                since=each.since,
            )
            for page in open_ones
            for each in page.batches
        ),
        cash=tuple(
            CountedLine(
                name=vietnamese(each.line),
                taken_dong=each.taken_dong,
                counted_dong=each.counted_dong,
            )
            for each in counting.lines
        ),
        why=counting.why,
        offer_codes=tuple(each.batch for each in done.offers),
    )
    name = say("Biên bản bàn giao ca (2 bản)")
    return Printable(name, f"{record.number}.pdf", shift_record.render(record))


def why_it_stays(standing: Standing) -> str:
    """Why an item is not offered with the shift, in Vietnamese."""
    if standing.troubles and standing.frozen:
        return ", ".join(vietnamese(each) for each in sorted(standing.troubles))
    if standing.offered is not None:
        return "đã đề nghị bàn giao cho nơi khác"
    if standing.state is State.HELD:
        return "chờ công dân đến nhận"
    if standing.bag:
        return f"nằm trong túi {standing.bag}"
    return "chưa niêm phong" if not standing.seal else "trong túi có bưu gửi chưa thể bàn giao"


def _taker(batch: half_handovers.Offered, names: overview.Names) -> str:
    if not batch.to_staff:
        return names.unit(batch.to_unit)
    return f"{names.person(batch.to_staff)} — {names.unit(batch.to_unit)}"


def _number(at: datetime) -> str:
    return f"BGC-{local(at):%y%m%d-%H%M%S}"
