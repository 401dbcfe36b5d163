"""What every answer carries so that a browser helps to keep the pages safe, and what every request must bring."""

import secrets
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from uuid_utils.compat import uuid7

from postal_service.settings import Settings

LARGEST_REQUEST_BYTES = 1_000_000
LARGEST_FIELDS = 2_000  # a hand-over of 500 lines sends three fields a line
YEAR_SECONDS = 365 * 24 * 3600
FILES = "largest_file_bytes"

View = TypeVar("View", bound=Callable[..., Any])


def address() -> str:
    """By what a stranger is counted: his address; of IPv6 the network, for he has all of it to himself."""
    told = get_remote_address()
    try:
        given = ip_address(told)
    except ValueError:
        return told  # no network: a socket of this machine
    return str(ip_network((given, 64), strict=False)) if given.version == 6 else told


limiter = Limiter(address, default_limits=[])
_forgery = CSRFProtect()


def install(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.cookie_key,
        SESSION_COOKIE_NAME="__Host-postal-form" if settings.secure_cookies else "postal_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,
        MAX_FORM_PARTS=LARGEST_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,  # a reception may take an hour; the token ends with its session
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,  # while the Redis is away each process counts
        RATELIMIT_HEADERS_ENABLED=True,
    )
    app.before_request(_name_the_request)
    app.before_request(_make_room_for_files)
    _forgery.init_app(app)
    limiter.init_app(app)

    @app.after_request
    def _harden(response: Response) -> Response:
        return harden(response, secure=settings.secure_cookies)


def takes_files(largest_bytes: int) -> Callable[[View], View]:
    """A view whose form brings a file of up to so many bytes; every other form stays small."""

    def mark(view: View) -> View:
        setattr(view, FILES, largest_bytes)
        return view

    return mark


def nonce() -> str:
    """This answer's own word: only scripts that carry it run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    word: str = g.nonce
    return word


def harden(response: Response, *, secure: bool) -> Response:
    """Put the headers on. A view may have set a wider policy of its own, which stays."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer" if not secure else "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()"
    headers["X-Request-Id"] = g.get("request_id", "")
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    if request.endpoint != "static" and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"  # pages hold personal data
    return response


def policy(*, images: str = "'self' data:", connections: str = "'self'") -> str:
    """The content security policy; a map page names its tile server in `images`."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce()}'",
            "style-src 'self'",
            f"img-src {images}",
            "font-src 'self'",
            f"connect-src {connections}",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        )
    )


def _make_room_for_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    largest: int | None = getattr(view, FILES, None)
    if largest is not None:
        # Room for the fields beside it, so that a file that is a little too large is told so.
        request.max_content_length = largest + LARGEST_REQUEST_BYTES


def _name_the_request() -> None:
    g.request_id = uuid7().hex
