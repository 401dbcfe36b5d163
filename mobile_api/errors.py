"""Every answer that is not a success, as RFC 9457 problem details. The only place where a rule meets an HTTP status."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, jsonify, request
from uuid_utils.compat import uuid7
from werkzeug.exceptions import HTTPException

from mobile_api import field_errors
from postal_service.domain.refusals import (
    Malformed,
    NotAllowed,
    OutOfDate,
    Refusal,
    RuleBroken,
    Unknown,
)
from postal_service.domain.wording import Language, sentence
from postal_service.services.cursors import CursorExpired
from postal_service.services.evidence import FileTooLarge, WrongType
from postal_service.services.phone_access import SignInRefused, TokenRefused

PROBLEM = "application/problem+json"
REQUEST_ID, TRACE = "X-Request-Id", "traceparent"
STATUS: dict[type[Refusal], int] = {
    Unknown: 404,
    RuleBroken: 409,
    NotAllowed: 403,
    OutOfDate: 409,
    Malformed: 422,
    # Where HTTP has a word of its own for it.
    TokenRefused: 401,
    SignInRefused: 401,
    CursorExpired: 410,
    FileTooLarge: 413,
    WrongType: 415,
}
CODES = {
    400: "request.malformed",
    404: "request.not_found",
    405: "request.method_not_allowed",
    413: "request.too_large",
    415: "request.unsupported_media_type",
    422: "request.malformed",
    429: "request.too_many",
}
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# W3C Trace Context: version, trace, parent, flags; of all zeros neither trace nor parent is one.
_TRACE = re.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_log = logging.getLogger(__name__)


def register_errors(app: Flask) -> None:
    app.before_request(_name_the_request)
    app.after_request(_tell_its_name)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def language() -> Language:
    """Vietnamese, unless the phone asks for English."""
    return "en" if request.accept_languages.best_match(["vi", "en"], "vi") == "en" else "vi"


def problem(
    status: int,
    code: str,
    facts: Mapping[str, object],
    errors: list[dict[str, str]] | None = None,
) -> Response:
    """One problem document."""
    body: dict[str, Any] = {
        "type": f"urn:postal-service:problem:{code}",
        "title": sentence(code, facts, language()),
        "status": status,
        "code": code,
        "instance": f"urn:req:{g.get('request_id', '')}",
    }
    if errors:
        body["errors"] = errors
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = PROBLEM
    answer.headers["Content-Language"] = language()
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="postal-service"'
    return answer


def _refusal(error: Refusal) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return problem(status, error.code, error.facts)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status >= 500:
        return _fault(error)
    messages = getattr(error, "data", {}).get("messages", {})
    # The outer key says where the field was: json, query, headers.
    found = [each for part in messages.values() for each in field_errors.told(part, language())]
    # How long a limit still lasts; the limiter has put it on the response it would have made.
    seconds = g.get("retry_after_seconds", 1)
    answer = problem(status, CODES.get(status, "request.refused"), {"seconds": seconds}, found)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            answer.headers[name] = value
    if status == 429:
        answer.headers["Retry-After"] = str(seconds)
    return answer


def _fault(error: Exception) -> Response:
    _log.exception("request %s failed", g.get("request_id", ""), exc_info=error)
    return problem(500, "server.fault", {})


def _name_the_request() -> None:
    asked = request.headers.get(REQUEST_ID, "")
    g.request_id = asked if _ID.fullmatch(asked) else _trace() or str(uuid7())


def _trace() -> str:
    """The trace of which this request is a part, where whoever sent it says so."""
    found = _TRACE.fullmatch(request.headers.get(TRACE, ""))
    return found[1] if found else ""


def _tell_its_name(answer: Response) -> Response:
    answer.headers[REQUEST_ID] = g.get("request_id", "")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer
