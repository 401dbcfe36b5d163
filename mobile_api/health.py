"""Whether the process lives, and whether it can do its work; for machines that watch it."""

import logging
from datetime import UTC, datetime

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from mobile_api.access import runtime
from postal_service.ledger import reading as ledger
from postal_service.storage.transaction import reading

# A clock before this was never set: tokens and deadlines would be nonsense.
CLOCK_IS_SET = datetime(2026, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)
routes = Blueprint("health", __name__)


@routes.get("/healthz")
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@routes.get("/readyz")
def readyz() -> ResponseReturnValue:
    checks = {"database": _database(), "clock": runtime().clock() >= CLOCK_IS_SET}
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


def _database() -> bool:
    try:
        with reading(runtime().sessions) as session:
            ledger.size(session)
    except Exception:  # noqa: BLE001 - whatever it is, the answer is no, and the log has it
        _log.exception("the database does not answer")
        return False
    return True
