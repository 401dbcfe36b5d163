"""How often a phone may ask: little where secrets can be guessed, much where a shift is uploaded.

Every answer that was counted says what is left, in the fields of draft-ietf-httpapi-ratelimit-headers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from math import ceil
from time import time
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address

from postal_service.services.phone_access import SignedIn

POLICY, LEFT = "RateLimit-Policy", "RateLimit"
TOKENS = "tokens"
_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits in the notation of flask-limiter, per address and minute or per phone and minute.

    Each address of the API is counted apart.
    """

    enrolment: str = "20/minute"
    sign_in: str = "120/minute"  # phones of one office can share an address
    sync: str = "600/minute"
    asking: str = "300/minute"
    message_codes: str = "20/minute"
    papers: str = "30/minute"  # setting one takes longer than any other answer
    tokens: str = "300/minute"  # that are none, by address, wherever they are shown


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One limit after a request was counted: what is left, and when there is more again."""

    of: str  # the operation, or what is counted over all of them
    quota: int
    window_seconds: int
    remaining: int
    reset_seconds: int

    @property
    def name(self) -> str:
        """Two limits of one address differ in their window, and no two may share a name."""
        return f'"{self.of}/{self.window_seconds}"'


def who_asks() -> str:
    """A phone whose token was found good, everybody else by address.

    A token that nobody has looked at says nothing: whoever guesses could show another each time.
    """
    known: SignedIn | None = g.get("caller")
    return known.device if known else get_remote_address()


class Counting:
    """Counts in memory; in Redis where there are several processes.

    While the Redis does not answer each process counts alone, so that scans still come in. `tokens`
    is how many tokens that are none an address may show.
    """

    def __init__(self, app: Flask, redis_url: str, *, tokens: str) -> None:
        self._limiter = Limiter(
            who_asks,
            app=app,
            storage_uri=redis_url or "memory://",
            strategy="moving-window",
            in_memory_fallback_enabled=True,
            on_breach=self._note_breach,
        )
        self._refuse_who_guesses = self._limiter.shared_limit(
            tokens, scope=TOKENS, key_func=get_remote_address, deduct_when=_showed_no_token
        )(_go_on)
        app.after_request(_say_what_is_left)

    def refuse_who_guesses(self) -> None:
        """Before a token is looked up: whose address has shown too many that are none waits.

        A request with a good one uses nothing up.
        """
        self._refuse_who_guesses()

    def limit(self, view: Callable[_Asked, _Answer], limit: str) -> Callable[_Asked, _Answer]:
        """The view, for whoever has not asked too often."""

        @wraps(view)
        def counted(*args: _Asked.args, **options: _Asked.kwargs) -> _Answer:
            # Before the view records anything: a store of counts that fails then is a 500 that is
            # true, for nothing was recorded.
            _note(self._limiter.current_limits)
            return view(*args, **options)

        return self._limiter.limit(limit)(counted)

    def can_count(self) -> bool:
        """Whether the store of the counts answers; without it every process counts alone."""
        return self._limiter.storage.check()

    def _note_breach(self, breached: RequestLimit) -> None:
        _note(self._limiter.current_limits)
        g.retry_after_seconds = _standing(breached).reset_seconds


def _go_on() -> None:
    """What a request does that is not refused."""


def _showed_no_token(answer: Response) -> bool:
    return answer.status_code == HTTPStatus.UNAUTHORIZED


def _note(limits: Iterable[RequestLimit]) -> None:
    g.limits = [_standing(each) for each in limits]


def _standing(of: RequestLimit) -> Standing:
    reset_at, remaining = of.window
    return Standing(
        of=TOKENS if of.shared else str(request.endpoint),
        quota=of.limit.amount,
        window_seconds=of.limit.get_expiry(),
        remaining=max(0, remaining),
        reset_seconds=max(1, ceil(reset_at - time())),
    )


def _say_what_is_left(answer: Response) -> Response:
    counted: list[Standing] = g.get("limits", [])
    if counted:
        answer.headers[POLICY] = ", ".join(
            f"{each.name};q={each.quota};w={each.window_seconds}" for each in counted
        )
        answer.headers[LEFT] = ", ".join(
            f"{each.name};r={each.remaining};t={each.reset_seconds}" for each in counted
        )
    return answer
