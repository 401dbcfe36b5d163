"""The ledger's head as enough witnesses signed it: what a phone has seen of it, and what it may forget."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes, unless_known
from mobile_api.v1.schemas import CheckpointSchema
from postal_service.services import checkpoints
from postal_service.storage.transaction import reading

routes = Routes("checkpoints", __name__, "The ledger's head")


@routes.route("/checkpoints/newest")
@routes.polled(CheckpointSchema)
@routes.for_phones
@routes.fails(404)
def newest() -> ResponseReturnValue:
    """The newest checkpoint that enough witnesses signed; 404 before the first.

    A phone checks it with the keys that it saw at its enrolment. What it signs next names its root
    as `cp`; what lies beneath it may be forgotten.
    """
    caller()
    policy = runtime().policy
    with reading(runtime().sessions) as session:
        kept = checkpoints.witnessed(session, policy)
    told = {
        "size": kept.size,
        "root": kept.root.hex(),
        "note": kept.note,
        "log": str(policy.log),
        "witnesses": [str(each) for each in policy.witnesses],
        "quorum": policy.quorum,
    }
    return unless_known(jsonify(told))
