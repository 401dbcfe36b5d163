"""The hand-over record on paper: both sides, every envelope, what was not taken and why, and the chain's head."""

from collections.abc import Mapping

from postal_service.domain.ids import ItemId
from postal_service.printing import handover_record
from postal_service.printing.handover_record import Direction, Exclusion, HandedItem, HandoverRecord
from postal_service.services.handing_over import Outcome
from postal_service.services.handovers import Reservation
from postal_service.settings import Settings
from postal_service.web.labels import vietnamese
from postal_service.web.language import say
from postal_service.web.papers import Printable


def printable(
    done: Outcome, reserved: Mapping[ItemId, Reservation], settings: Settings
) -> Printable:
    """Both copies of the record; papers are Vietnamese whatever the screen speaks."""
    record = handover_record.render(view_of(done, reserved, settings))
    return Printable(say("Biên bản giao nhận (2 bản)"), f"bien-ban-{done.head[:12]}.pdf", record)


def view_of(
    done: Outcome, reserved: Mapping[ItemId, Reservation], settings: Settings
) -> HandoverRecord:
    names, before = done.names, done.batch
    within = before.giver_unit == done.taker_unit
    results = done.carries_results and not within
    giver_unit, taker_unit = names.unit(before.giver_unit), names.unit(done.taker_unit)
    return HandoverRecord(
        direction=_direction(within=within, results=results),
        number=before.id[-12:].upper(),
        place=taker_unit,
        agency_name=giver_unit if results else taker_unit,
        office_name=taker_unit if results else giver_unit,
        giver_name=names.person(before.giver),
        giver_unit=giver_unit,
        receiver_name=names.person(done.taker),
        receiver_unit=taker_unit,
        handed_at=done.at,
        items=tuple(
            HandedItem(
                item_code=line.standing.item,
                dossier_code=line.dossier_code,
                seal_number=line.standing.seal,
                seal_state=vietnamese(line.standing.condition),
                originals=line.standing.counts.originals,
                certified_copies=line.standing.counts.certified,
                photocopies=line.standing.counts.photocopies,
            )
            for line in done.taken
        ),
        exclusions=tuple(
            Exclusion(
                item_code=line.standing.item,
                reason=vietnamese(reserved[line.standing.item].reserved_for),
            )
            for line in done.reserved
        ),
        money_dong=0,
        chain_head=done.head,
        check_link=f"HTTPS://{settings.label_host}/{before.lines[0].standing.item}",
    )


def _direction(*, within: bool, results: bool) -> Direction:
    if within:
        return Direction.WITHIN_THE_POST
    return Direction.RESULTS_TO_POST if results else Direction.DOSSIERS_TO_AGENCY
