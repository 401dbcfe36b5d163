"""Lists a phone shows and events name by code: why a delivery failed, and what is done next."""

from collections.abc import Sequence

from mobile_api.access import caller
from mobile_api.documents import Routes
from mobile_api.errors import language
from mobile_api.v1.schemas import ActionsSchema, ReasonsSchema
from postal_service.domain import attempts

routes = Routes("code-lists", __name__, "Codes and their words")


@routes.route("/code-lists/failure-reasons")
@routes.response(200, ReasonsSchema)
@routes.for_phones
def failure_reasons() -> dict[str, Sequence[object]]:
    """Why a delivery failed, in the language of the phone."""
    caller()
    english = language() == "en"
    return {
        "reasons": [
            {
                "code": reason.value,
                "text": rule.en if english else rule.vi,
                "counted": attempts.counts(reason),
                "actions": [action.value for action in rule.actions],
            }
            for reason, rule in attempts.REASONS.items()
        ]
    }


@routes.route("/code-lists/actions")
@routes.response(200, ActionsSchema)
@routes.for_phones
def actions() -> dict[str, Sequence[object]]:
    """What is done next with an item that could not be delivered."""
    caller()
    spoken = int(language() == "en")
    return {
        "actions": [
            {"code": action.value, "text": words[spoken]}
            for action, words in attempts.ACTIONS.items()
        ]
    }
