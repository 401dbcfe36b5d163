"""Whether the process lives, whether it can do its work, and what it counted; for machines that watch it."""

from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from mobile_api.access import runtime
from mobile_api.limits import Counting
from postal_service.services import watching

CHECKS = ("database", "queue", "disk", "clock", "limits", "messages")
routes = Blueprint("health", __name__)


@routes.get("/healthz")
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@routes.get("/readyz")
def readyz() -> ResponseReturnValue:
    settings = runtime().settings
    cache = settings.conditions.road_cache
    reasons = watching.hindrances(
        runtime().sessions,
        folders=[cache] if cache else [],
        least_free_mb=settings.least_free_mb,
        at=runtime().clock(),
    )
    is_ready = not reasons
    counting: Counting = current_app.extensions["counting"]
    if not counting.can_count():
        # Told, but the work can be done: were all processes taken out of use, no scan came in.
        reasons["limits"] = "the Redis that counts does not answer; each process counts alone"
    # Likewise: a gateway that is away is away for every process.
    if held_up := watching.messages_held_up(runtime().sessions, at=runtime().clock()):
        reasons["messages"] = held_up
    told = {
        "status": "ready" if is_ready else "not ready",
        "checks": {each: each not in reasons for each in CHECKS},
        "reasons": reasons,
    }
    return jsonify(told), 200 if is_ready else 503


@routes.get("/metrics")
def metrics() -> ResponseReturnValue:
    """For whoever has the token. To all others it is not there, as where no token is set."""
    token = runtime().settings.metrics_token
    asked = request.headers.get("Authorization", "").encode()
    if not token or not compare_digest(asked, f"Bearer {token}".encode()):
        abort(404)
    return Response(runtime().metrics.text(), content_type=CONTENT_TYPE_LATEST)
