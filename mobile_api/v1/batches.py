"""The upload: signed events in, one outcome for each out, after they are committed."""

from collections.abc import Callable
from functools import partial

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes
from mobile_api.intake import Intake
from mobile_api.v1.schemas import BatchAnswerSchema, BatchSchema
from postal_service.ledger import base64_strict
from postal_service.services.examining import Key, Sent, examine
from postal_service.services.recording import Entry, receipt
from postal_service.services.syncing import Outcome
from postal_service.storage.transaction import reading

Receipt = Callable[[Entry], tuple[bytes, bytes]]

routes = Routes("batches", __name__, "Signed events from phones")


@routes.route("/batches", methods=["POST"])
@routes.arguments(BatchSchema)
@routes.response(200, BatchAnswerSchema)
@routes.for_phones
@routes.fails(400, 413, 415)
def upload(told: dict[str, list[Sent]]) -> ResponseReturnValue:
    """Record events. Also as gzip. After a timeout or a 5xx send the very same bytes again.

    Nothing is recorded when the answer is 4xx or 5xx. One event's trouble is its own outcome and
    does not touch the others.
    """
    by = caller()
    with reading(runtime().sessions) as session:
        known: dict[str, Key] = {by.device: by.key}
        batch = examine(session, told["events"], uploader=by.device, known=known)
    intake: Intake = current_app.extensions["intake"]
    outcomes = intake.submit(batch)
    runtime().metrics.count_events(outcome.status for outcome in outcomes)
    sign = partial(receipt, log_key=runtime().log_key)
    return jsonify(outcomes=[_told(outcome, sign) for outcome in outcomes])


def _told(outcome: Outcome, sign: Receipt) -> dict[str, object]:
    told: dict[str, object] = {"status": outcome.status, "event": outcome.event}
    if outcome.verdict:
        told["verdict"] = outcome.verdict
    if outcome.reason:
        told["reason"] = outcome.reason
    if outcome.entry is not None:
        body, signature = sign(outcome.entry)
        told["index"] = outcome.entry.index
        told["receipt"] = {
            "body": base64_strict.write(body),
            "sig": base64_strict.write(signature),
        }
    return told
