"""The record of a hand-over, for either of its sides: as facts, and as the paper that both may sign."""

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import COUNTED, ETAG, IF_NONE_MATCH, Routes, unless_known
from mobile_api.v1.handover_schemas import HandoverRecordSchema, OwnAnswersSchema
from postal_service.domain.ids import EventId, ItemId
from postal_service.papers.handover_record import file_name, view_of
from postal_service.printing import handover_record
from postal_service.services import own_handovers
from postal_service.services.handover_records import Line, Record, Side
from postal_service.storage.transaction import reading

PDF = "application/pdf"
_FILE = {PDF: {"schema": {"type": "string", "format": "binary"}}}
routes = Routes("handovers", __name__, "Hand-overs that both sides signed")


@routes.route("/items/<item:item>/handovers")
@routes.polled(OwnAnswersSchema)
@routes.for_phones
@routes.fails(404)
def of_item(item: str) -> ResponseReturnValue:
    """The hand-overs of an item in which this courier took part, the oldest first; 404 where in none."""
    by = caller()
    with reading(runtime().sessions) as session:
        own = own_handovers.of_item(session, ItemId(item), by=by.actor, device=by.device)
    answers = [
        {
            "event": each.event,
            "at": each.at,
            "answer": "taken" if each.is_taken else "refused",
            "side": "taker" if each.is_mine else "giver",
            "complete": each.is_whole,
        }
        for each in own
    ]
    return unless_known(jsonify(OwnAnswersSchema().dump({"handovers": answers})))


@routes.route("/handovers/<event:event>")
@routes.polled(HandoverRecordSchema)
@routes.for_phones
@routes.fails(404, 409)
def record(event: str) -> ResponseReturnValue:
    """The record of which this taking or refusal is a line, with every event's hash and the ledger's root.

    Only for its two sides; 409 while the giver's half has not arrived.
    """
    return unless_known(_told(_own(event)))


@routes.route("/handovers/<event:event>/paper")
@routes.says(
    parameters=[IF_NONE_MATCH],
    responses={
        "200": {"description": "The record", "content": _FILE, "headers": COUNTED | ETAG},
        "304": {"description": "The record says the same", "headers": COUNTED},
    },
)
@routes.for_phones
@routes.fails(404, 409)
def paper(event: str) -> ResponseReturnValue:
    """The same as PDF, two copies in Vietnamese. Its ETag changes with the record, not with the hour."""
    found = _own(event)
    known = unless_known(_told(found))
    etag, _ = known.get_etag()
    if known.status_code == 304:
        return known
    view = view_of(found, runtime().settings.label_host, printed_again_at=runtime().clock())
    answer = Response(handover_record.render(view), mimetype=PDF)
    answer.set_etag(etag or "")
    answer.headers["Cache-Control"] = known.headers["Cache-Control"]
    answer.headers["Content-Disposition"] = f'inline; filename="{file_name(found)}"'
    return answer


def _own(event: str) -> Record:
    by = caller()
    with reading(runtime().sessions) as session:
        return own_handovers.record(
            session, EventId(event), policy=runtime().policy, by=by.actor, device=by.device
        )


def _told(record: Record) -> Response:
    head = record.before
    told = {
        "number": record.number,
        "giver": _side(record, record.giver),
        "taker": _side(record, record.taker),
        "recorded_at": record.recorded_at,
        "put_out": record.put_out,
        "taken": len(record.taken),
        "refused": len(record.refused),
        "lines": [_line(each) for each in record.lines],
        "offer_code": record.code_digest,
        "chain_head": record.chain_head,
        "ledger_before": head,
    }
    return jsonify(HandoverRecordSchema().dump(told))


def _side(record: Record, side: Side) -> dict[str, object]:
    return {
        "staff": side.staff,
        "name": record.names.person(side.staff),
        "unit": side.unit,
        "unit_name": record.names.unit(side.unit),
        "device": side.device,
        "fingerprint": side.fingerprint,
        "signed_at": side.time.estimated_at,
        "claimed_at": side.time.claimed_at,
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "item": line.item,
        "leg": line.leg,
        "dossier_code": line.dossier_code,
        "seal": line.seal,
        "counts": line.counts,
        "condition": line.condition,
        "refused": line.refused.reserved_for if line.refused else None,
        "offered": line.offered,
        "event": line.answer,
        "answered": line.answered,
        "verdict": line.verdict,
        "corrected": line.corrected,
    }
