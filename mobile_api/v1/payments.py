"""Money taken at doors: told by the courier's phone, one outcome for each charge."""

from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes
from mobile_api.errors import language
from mobile_api.v1.payment_schemas import PaymentsAnswerSchema, PaymentsSchema
from postal_service.domain.actors import Actor
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentence
from postal_service.services import taking
from postal_service.services.taking import Told
from postal_service.storage.transaction import transaction

routes = Routes("payments", __name__, "Money taken at doors")


@routes.route("/payments", methods=["POST"])
@routes.arguments(PaymentsSchema)
@routes.response(200, PaymentsAnswerSchema)
@routes.for_phones
@routes.fails(400, 413, 415)
def tell(told: dict[str, list[Told]]) -> ResponseReturnValue:
    """Enter what was paid. After a timeout or a 5xx tell the very same again: it is entered once.

    One payment's refusal is its own outcome and does not touch the others. Upload the events first:
    a courier takes money only for a dossier that the ledger has seen in his hands.
    """
    by = caller().actor
    return {"outcomes": [_outcome(each, by) for each in told["payments"]]}, 200


def _outcome(told: Told, by: Actor) -> dict[str, object]:
    # A transaction each: two phones that tell the same dossiers in another order wait for nobody.
    try:
        with transaction(runtime().sessions) as session:
            taken = taking.at_door(session, told, by=by, at=runtime().clock())
    except Refusal as refused:
        title = sentence(refused.code, refused.facts, language())
        return {
            "charge": told.charge,
            "status": "refused",
            "code": refused.code,
            "title": title,
        }
    return {
        "charge": taken.charge,
        "status": "recorded",
        "line": taken.line,
        "amount_dong": taken.amount_dong,
        "means": taken.means,
        "reference": taken.reference,
        "taken_at": taken.at,
    }
