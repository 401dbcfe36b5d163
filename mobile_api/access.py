"""A bearer token becomes an actor here and nowhere else."""

import re

from flask import Flask, current_app, g, request

from mobile_api.limits import Counting
from postal_service.runtime import Runtime
from postal_service.services import phone_access
from postal_service.services.phone_access import SignedIn, TokenRefused
from postal_service.storage.transaction import asking

# What a phone asks before it has a token.
OPEN = frozenset({"devices.present_key", "devices.ask_nonce", "devices.sign_in"})
VERSIONED = "/api/v1/"
_BEARER = re.compile(r"Bearer ([0-9a-f]{64})")


def register_access(app: Flask) -> None:
    """Nothing of the API is read or looked at for somebody who has no token."""
    app.before_request(_know_the_caller)


def runtime() -> Runtime:
    """What the app was started with."""
    found: Runtime = current_app.extensions["runtime"]
    return found


def caller() -> SignedIn:
    """Whose phone asks. Raises TokenRefused."""
    if "caller" not in g:
        found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
        if found is None:
            raise TokenRefused
        with asking(runtime().sessions) as session:
            g.caller = phone_access.signed_in(session, found[1], at=runtime().clock())
    signed_in: SignedIn = g.caller
    return signed_in


def _know_the_caller() -> None:
    versioned = request.endpoint is not None and request.path.startswith(VERSIONED)
    if versioned and request.endpoint not in OPEN:
        counting: Counting = current_app.extensions["counting"]
        counting.refuse_who_guesses()
        caller()
