"""Lists a phone shows and events name by code: why a delivery failed, and what is done next."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes, unless_known
from mobile_api.errors import language
from mobile_api.v1.schemas import ActionsSchema, CommunesSchema, ReasonsSchema
from postal_service.domain import attempts
from postal_service.domain.wording_dates import local
from postal_service.services import overview
from postal_service.storage.transaction import reading

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
                "asks_address": attempts.asks_address(reason),
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


@routes.route("/code-lists/communes")
@routes.polled(CommunesSchema)
@routes.for_phones
def communes() -> ResponseReturnValue:
    """The communes and wards of today, by name: where a receiver may be said to live now."""
    caller()
    with reading(runtime().sessions) as session:
        found = overview.communes(session, day=local(runtime().clock()).date())
    # Places have one name, whatever the phone speaks.
    return unless_known(
        jsonify(communes=[{"code": code, "name": name} for code, name in found.items()])
    )


def _told(**codes: list[dict[str, object]]) -> ResponseReturnValue:
    answer = jsonify(codes)
    answer.headers["Content-Language"] = language()
    answer.headers["Vary"] = "Accept-Language"
    return unless_known(answer)
