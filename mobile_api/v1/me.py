"""Whose phone this is."""

from mobile_api.access import caller
from mobile_api.documents import Routes
from mobile_api.v1.schemas import MeSchema

routes = Routes("me", __name__, "The courier behind the phone")


@routes.route("/me")
@routes.response(200, MeSchema)
@routes.for_phones
def me() -> dict[str, str]:
    """The courier, unit and device behind the token."""
    found = caller()
    return {"staff": found.actor.staff, "unit": found.actor.unit, "device": found.device}
