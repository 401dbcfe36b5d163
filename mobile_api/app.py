"""Build the couriers' app: their API, its document and its health."""

from typing import Any, cast

from flask import Flask
from flask.typing import RouteCallable
from werkzeug.middleware.proxy_fix import ProxyFix

from mobile_api import health
from mobile_api.access import register_access
from mobile_api.documents import PhonesApi, make_api, pages
from mobile_api.errors import register_errors
from mobile_api.intake import Intake
from mobile_api.limits import Counting, Limits
from mobile_api.requests import register_requests
from mobile_api.v1 import (
    batches,
    blobs,
    checkpoints,
    code_lists,
    devices,
    door_words,
    handovers,
    items,
    me,
    payments,
    rounds,
)
from postal_service.runtime import Runtime

__all__ = ["Limits", "contract", "create_app"]
PARTS = (
    devices,
    me,
    rounds,
    batches,
    checkpoints,
    payments,
    blobs,
    items,
    door_words,
    handovers,
    code_lists,
)


def create_app(runtime: Runtime, limits: Limits | None = None) -> Flask:
    """An app on this runtime. `limits` says how often may be asked; the default is generous."""
    app = Flask(__name__)
    runtime.metrics.watch(app, "phones")
    app.extensions["runtime"] = runtime
    app.extensions["intake"] = Intake(runtime.sessions, runtime.clock, runtime.vault)
    register_errors(app)
    register_access(app)
    register_requests(app)
    _resources_on(app)
    app.register_blueprint(pages)
    app.register_blueprint(health.routes)
    _limit(app, runtime, limits or Limits())
    proxies = runtime.settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def contract() -> dict[str, Any]:
    """The API's document, as every service publishes it; needs none of them."""
    document: dict[str, Any] = _resources_on(Flask(__name__)).spec.to_dict()
    return document


def _resources_on(app: Flask) -> PhonesApi:
    api = make_api(app)
    for part in PARTS:
        api.register_blueprint(part.routes)
    return api


def _limit(app: Flask, runtime: Runtime, limits: Limits) -> None:
    counting = Counting(app, runtime.settings.redis_url, tokens=limits.tokens)
    app.extensions["counting"] = counting
    by_endpoint = {
        "devices.present_key": limits.enrolment,
        "devices.ask_nonce": limits.sign_in,
        "devices.sign_in": limits.sign_in,
        "batches.upload": limits.sync,
        "blobs.keep": limits.sync,
        "payments.tell": limits.sync,
        "door_words.tell_address": limits.sync,
        "door_words.tell_receiver": limits.sync,
        "handovers.paper": limits.papers,
        "items.send_code": limits.message_codes,
        "items.redeem_code": limits.message_codes,
    }
    for endpoint, view in list(app.view_functions.items()):
        if endpoint.startswith("health."):
            continue
        limit = by_endpoint.get(endpoint, limits.asking)
        app.view_functions[endpoint] = cast("RouteCallable", counting.limit(view, limit))
