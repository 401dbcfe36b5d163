"""Lists a phone shows and events name by code: why a delivery failed, and what is done next."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from mobile_api.access import caller
from mobile_api.documents import Routes, unless_known
from mobile_api.errors import language
from mobile_api.v1.schemas import ActionsSchema, ReasonsSchema
from postal_service.domain import attempts

routes = Routes("code-lists", __name__, "Codes and their words")


@routes.route("/code-lists/failure-reasons")
@routes.polled(ReasonsSchema)
@routes.for_phones
def failure_reasons() -> ResponseReturnValue:
    """Why a delivery failed, in the language of the phone."""
    caller()
    english = language() == "en"
    return _told(
        reasons=[
            {
                "code": reason.value,
                "text": rule.en if english else rule.vi,
                "counted": attempts.counts(reason),
                "actions": [action.value for action in rule.actions],
                "asks_day": attempts.asks_day(reason),
            }
            for reason, rule in attempts.REASONS.items()
        ]
    )


@routes.route("/code-lists/actions")
@routes.polled(ActionsSchema)
@routes.for_phones
def actions() -> ResponseReturnValue:
    """What is done next with an item that could not be delivered."""
    caller()
    spoken = int(language() == "en")
    return _told(
        actions=[
            {"code": action.value, "text": words[spoken]}
            for action, words in attempts.ACTIONS.items()
        ]
    )


def _told(**codes: list[dict[str, object]]) -> ResponseReturnValue:
    answer = jsonify(codes)
    answer.headers["Content-Language"] = language()
    answer.headers["Vary"] = "Accept-Language"
    return unless_known(answer)
