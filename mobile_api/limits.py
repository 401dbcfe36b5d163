"""How often a phone may ask: little where secrets can be guessed, much where a shift is uploaded."""

from dataclasses import dataclass

from flask import Flask, g
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address

from postal_service.services.phone_access import SignedIn


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits in the notation of flask-limiter, per address and minute or per phone and minute."""

    enrolment: str = "20/minute"
    sign_in: str = "120/minute"  # phones of one office can share an address
    sync: str = "600/minute"
    asking: str = "300/minute"
    message_codes: str = "20/minute"


def who_asks() -> str:
    """A phone whose token was found good, everybody else by address.

    A token that nobody has looked at says nothing: whoever guesses could show another each time.
    """
    known: SignedIn | None = g.get("caller")
    return known.device if known else get_remote_address()


def make_limiter(app: Flask, redis_url: str) -> Limiter:
    """Counts in memory; in Redis where there are several processes."""
    return Limiter(
        who_asks,
        app=app,
        storage_uri=redis_url or "memory://",
        strategy="moving-window",
        on_breach=_remember,
    )


def _remember(limit: RequestLimit) -> None:
    g.retry_after_seconds = max(1, limit.limit.get_expiry())
