"""A phone shows its key, and signs nonces for tokens."""

from typing import Any

from flask.typing import ResponseReturnValue

from mobile_api.access import runtime
from mobile_api.documents import Routes
from mobile_api.v1.schemas import (
    DeviceSchema,
    EnrolmentSchema,
    NonceSchema,
    SignInSchema,
    TokenSchema,
)
from postal_service.domain.ids import DeviceId
from postal_service.services import enrolling, phone_access
from postal_service.storage.transaction import transaction

routes = Routes("devices", __name__, "Phones and their sign-in")


@routes.route("/devices/enrolments", methods=["POST"])
@routes.arguments(EnrolmentSchema)
@routes.response(201, DeviceSchema)
@routes.fails(400, 404, 413, 415, 429)
def present_key(told: dict[str, Any]) -> ResponseReturnValue:
    """Show an enrolment code and a public key; the unit's head then compares the fingerprint."""
    with transaction(runtime().sessions) as session:
        device = enrolling.present_key(
            session,
            told["code"],
            algorithm=told["algorithm"],
            public_key=told["public_key"],
            proof=told["proof"],
            at=runtime().clock(),
        )
    return {
        "device": device.id,
        "staff": device.staff,
        "unit": device.unit,
        "status": device.status,
        "fingerprint": device.fingerprint,
    }, 201


@routes.route("/devices/<device:device>/nonces", methods=["POST"])
@routes.response(201, NonceSchema)
@routes.fails(404, 413, 415, 429)
def ask_nonce(device: str) -> ResponseReturnValue:
    """A nonce to sign, good for two minutes and one use."""
    with transaction(runtime().sessions) as session:
        made = phone_access.challenge(session, DeviceId(device), at=runtime().clock())
    return {"nonce": made.nonce, "expires_at": made.expires_at}, 201


@routes.route("/tokens", methods=["POST"])
@routes.arguments(SignInSchema)
@routes.response(201, TokenSchema)
@routes.fails(400, 401, 409, 413, 415, 429)
def sign_in(told: dict[str, Any]) -> ResponseReturnValue:
    """An access token for a signed nonce."""
    with transaction(runtime().sessions) as session:
        made = phone_access.sign_in(
            session,
            DeviceId(told["device"]),
            nonce=told["nonce"],
            signature=told["signature"],
            at=runtime().clock(),
        )
    return {
        "access_token": made.token,
        "token_type": "Bearer",
        "expires_at": made.expires_at,
    }, 201
