"""The first row of every page: one tab for each place a role works in. The first of a person's tabs is his home."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request

from postal_service.domain.actors import Role
from postal_service.web import here
from postal_service.web.gate import roles_of
from postal_service.web.language import pick

KEY = "postal_tabs"
ACCOUNT = "account.show"


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A page of the head row, its name (Vietnamese, English), and for whom it is shown."""

    endpoint: str
    name: tuple[str, str]
    shown_to: frozenset[Role]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A tab as one person sees it now."""

    endpoint: str
    label: str
    current: bool


def navigation() -> Sequence[Entry]:
    """The tabs of the person who is signed in, in order."""
    return [
        Entry(endpoint=tab.endpoint, label=pick(tab.name), current=_is_current(tab.endpoint))
        for tab in _tabs()
        if here.signed_in() is not None and here.actor().may(*_shown_to(tab))
    ]


def home_endpoint() -> str:
    """Where this person begins."""
    entries = navigation()
    return entries[0].endpoint if entries else ACCOUNT


def _tabs() -> Sequence[Tab]:
    kept: Sequence[Tab] = current_app.extensions[KEY]
    return kept


def _shown_to(tab: Tab) -> frozenset[Role]:
    allowed = roles_of(current_app, tab.endpoint)
    return tab.shown_to if allowed is None else tab.shown_to & allowed


def _is_current(endpoint: str) -> bool:
    return request.endpoint == endpoint or request.blueprint == endpoint.partition(".")[0]
