"""The hand-overs that a counter has lately signed on either side, the newest first. Reading only.

Older ones, and those between two phones, are found from the page of one of their items.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Handover, Offer, Refuse
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.legal_time import LegalTime
from postal_service.ledger import reading
from postal_service.ledger.reading import Recorded
from postal_service.ledger.signing import digest
from postal_service.projections import legal_times
from postal_service.projections.timelines import Party
from postal_service.services import overview
from postal_service.services.overview import Names
from postal_service.storage.schema import DeviceRow

LOOKED_AT: Final = 500  # of the newest halves that the counter's key has signed
_HALVES: Final = ("offer", "handover", "refuse")


@dataclass(frozen=True, kw_only=True)
class SignedHandover:
    """One that both sides have signed. `answer` is one of its lines, by which its record is asked for."""

    answer: EventId
    giver: Party
    taker: Party
    time: LegalTime
    taken: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class Lately:
    handovers: tuple[SignedHandover, ...]
    names: Names


def of_counter(session: Session, *, by: Actor, looked_at: int = LOOKED_AT) -> Lately:
    """Those of which the key of the actor's own counter signed one side, among its newest halves."""
    device = session.scalar(
        select(DeviceRow.id).filter_by(unit=by.unit, kind="office", status="active")
    )
    found = _of_device(session, DeviceId(device), looked_at) if device else []
    parties = [party for each in found for party in (each.giver, each.taker)]
    names = overview.names(
        session,
        (),
        (),
        units=[party.unit for party in parties],
        staff=[party.staff for party in parties],
    )
    return Lately(handovers=tuple(found), names=names)


def _of_device(session: Session, device: DeviceId, most: int) -> list[SignedHandover]:
    newest = reading.newest_of_device(session, device, _HALVES, most)
    own = {each.event.id for each in newest}
    halves = reading.of_types(session, {each.event.item for each in newest}, _HALVES)
    offers = {digest(each.body): each for each in halves if isinstance(each.event.act, Offer)}
    lines: dict[tuple[str, str, str], list[Recorded]] = {}
    givers: dict[tuple[str, str, str], Recorded] = {}
    # What lies beyond the oldest one is not read, so its batch may be there in part only.
    cut = newest[-1].event.id if len(newest) == most else ""
    in_part: set[str] = set()
    for each in halves:
        act = each.event.act
        offer = offers.get(act.offer) if isinstance(act, Handover | Refuse) else None
        if offer is None or not own & {each.event.id, offer.event.id}:
            continue
        assert isinstance(offer.event.act, Offer)  # kept as one
        key = (offer.event.act.batch, each.event.device, each.event.staff)
        lines.setdefault(key, []).append(each)
        givers[key] = offer
        if cut in {each.event.id, offer.event.id}:
            in_part.add(offer.event.act.batch)
    whole = {
        key: max(answers, key=lambda entry: entry.index)
        for key, answers in lines.items()
        if key[0] not in in_part
    }
    times = legal_times.of_entries(session, whole.values())
    found = [
        _signed(givers[key].event, lines[key], last.event, times[last.event.id])
        for key, last in whole.items()
    ]
    return sorted(found, key=lambda each: (each.time.estimated_at, each.answer), reverse=True)


def _signed(offer: Event, answers: list[Recorded], last: Event, time: LegalTime) -> SignedHandover:
    taken = sum(isinstance(each.event.act, Handover) for each in answers)
    return SignedHandover(
        answer=last.id,
        giver=Party(staff=offer.staff, unit=offer.unit),
        taker=Party(staff=last.staff, unit=last.unit),
        time=time,
        taken=taken,
        refused=len(answers) - taken,
    )
