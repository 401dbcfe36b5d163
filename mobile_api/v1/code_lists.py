"""Lists a phone shows and events name by code: failed deliveries, hand-overs, and who received."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from flask import jsonify
from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes, unless_known
from mobile_api.errors import language
from mobile_api.v1.schemas import (
    ActionsSchema,
    CommunesSchema,
    ConditionsSchema,
    ReasonsSchema,
    ReceiversSchema,
    ReservationsSchema,
)
from postal_service.domain import attempts
from postal_service.domain.wording_dates import local
from postal_service.domain.wording_handovers import CONDITIONS, RECEIVERS, RESERVED_FOR
from postal_service.services import overview
from postal_service.storage.transaction import reading

Code = TypeVar("Code", bound=StrEnum)

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
    return _told(actions=_worded(attempts.ACTIONS))


@routes.route("/code-lists/reservations")
@routes.polled(ReservationsSchema)
@routes.for_phones
def reservations() -> ResponseReturnValue:
    """Why an offered item is not taken: `rsv` of a `refuse`."""
    caller()
    return _told(reservations=_worded(RESERVED_FOR))


@routes.route("/code-lists/conditions")
@routes.polled(ConditionsSchema)
@routes.for_phones
def conditions() -> ResponseReturnValue:
    """How a package looks: `cond`."""
    caller()
    return _told(conditions=_worded(CONDITIONS))


@routes.route("/code-lists/receivers")
@routes.polled(ReceiversSchema)
@routes.for_phones
def receivers() -> ResponseReturnValue:
    """Who received, after a look at the identity paper: `idm` of a `deliver`."""
    caller()
    return _told(receivers=_worded(RECEIVERS))


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


def _worded(words: Mapping[Code, tuple[str, str]]) -> list[dict[str, object]]:
    spoken = int(language() == "en")
    return [{"code": code.value, "text": pair[spoken]} for code, pair in words.items()]


def _told(**codes: list[dict[str, object]]) -> ResponseReturnValue:
    answer = jsonify(codes)
    answer.headers["Content-Language"] = language()
    answer.headers["Vary"] = "Accept-Language"
    return unless_known(answer)
