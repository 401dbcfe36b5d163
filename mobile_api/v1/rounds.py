"""The shift on the phone: everything once, then what changed."""

import json
from hashlib import sha256

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import LINK, Routes, unless_known
from mobile_api.v1.schemas import (
    AcknowledgedSchema,
    ChangesSchema,
    ContactsSchema,
    ShiftSchema,
    SinceSchema,
)
from mobile_api.v1.shapes import package_of
from postal_service.domain.ids import RoundId
from postal_service.services import acknowledging, courier_shift, cursors, round_contacts
from postal_service.storage.transaction import reading, transaction

routes = Routes("rounds", __name__, "The courier's day")


@routes.route("/rounds/today")
@routes.polled(ShiftSchema)
@routes.for_phones
def today() -> ResponseReturnValue:
    """The published rounds of today, the items of the shift, and colleagues' keys.

    With it the phone checks labels, delivery codes and colleagues' offers without a network. An
    answer 304 leaves its cursor valid.
    """
    by = caller().actor
    with reading(runtime().sessions) as session:
        shift = courier_shift.today(
            session,
            runtime().vault,
            policy=runtime().settings.delivery_policy,
            by=by,
            at=runtime().clock(),
        )
    schema = ShiftSchema()
    told = schema.dump({**vars(shift), "packages": [package_of(each) for each in shift.packages]})
    content = {key: value for key, value in told.items() if key != "cursor"}
    # The cursor moves with every event of the province; the shift does not. But whoever keeps what he
    # has keeps his cursor too, so that an answer must be another one before that cursor expires.
    content["stretch"] = cursors.read(shift.cursor).stretch
    answer = jsonify(told)
    answer.set_etag(sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32])
    return unless_known(answer)


@routes.route("/changes")
@routes.arguments(SinceSchema, location="query")
@routes.response(200, ChangesSchema, headers=LINK)
@routes.for_phones
@routes.fails(410)
def changes(asked: dict[str, str]) -> ResponseReturnValue:
    """What became of the shift's items since a cursor; 410 asks to load the day anew."""
    by = caller().actor
    with reading(runtime().sessions) as session:
        found = courier_shift.changes(session, asked["since"], by=by, at=runtime().clock())
    told = {**vars(found), "packages": [package_of(each) for each in found.packages]}
    more = {"Link": f'<{request.path}?since={found.cursor}>; rel="next"'} if found.has_more else {}
    return told, 200, more


@routes.route("/rounds/<name:round_id>/acknowledgements", methods=["POST"])
@routes.response(200, AcknowledgedSchema)
@routes.for_phones
@routes.fails(404, 409, 413, 415)
def acknowledge(round_id: str) -> ResponseReturnValue:
    """The courier has seen his round. A second time is answered like the first."""
    by = caller().actor
    with transaction(runtime().sessions) as session:
        at = acknowledging.acknowledge(session, RoundId(round_id), by=by, at=runtime().clock())
    return {"round": round_id, "acknowledged_at": at}, 200


@routes.route("/rounds/<name:round_id>/contacts")
@routes.response(200, ContactsSchema)
@routes.for_phones
@routes.fails(404)
def contacts(round_id: str) -> ResponseReturnValue:
    """Names, telephones and addresses of the round's homes. Every call is logged as a look."""
    by = caller().actor
    with transaction(runtime().sessions) as session:
        found = round_contacts.contacts(
            session, runtime().vault, RoundId(round_id), by=by, at=runtime().clock()
        )
    return {"contacts": found}, 200
