"""What a view asks of the request it answers: the runtime, the time, who is signed in."""

from datetime import datetime

from flask import Flask, current_app, g

from postal_service.domain.actors import Actor
from postal_service.domain.attempts import DeliveryPolicy
from postal_service.runtime import Runtime
from postal_service.services.access import SignedIn
from postal_service.services.office_events import OfficeKeys
from postal_service.storage.transaction import Sessions

KEY = "postal_runtime"


def keep_runtime(app: Flask, runtime: Runtime) -> None:
    app.extensions[KEY] = runtime


def runtime() -> Runtime:
    """Sessions, clock, keys and settings of the running app."""
    kept: Runtime = current_app.extensions[KEY]
    return kept


def sessions() -> Sessions:
    return runtime().sessions


def keys() -> OfficeKeys:
    return runtime().keys


def policy() -> DeliveryPolicy:
    """What is tried and told before a result goes back, as this installation has it."""
    return runtime().settings.delivery_policy


def now() -> datetime:
    """The time of this request: one instant, however often it is asked for."""
    if "now" not in g:
        g.now = runtime().clock()
    instant: datetime = g.now
    return instant


def signed_in() -> SignedIn | None:
    """The person behind this request, or None on a page open to everybody."""
    person: SignedIn | None = g.get("signed_in")
    return person


def actor() -> Actor:
    """Who acts; only asked on pages that let nobody in unsigned (web/gate.py)."""
    person = signed_in()
    assert person is not None
    return person.actor
