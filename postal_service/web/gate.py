"""Nobody gets in without a sign-in and a role, unless a view says that it is open. A view that says nothing stops the start.

The gate looks only at who somebody is. What he may see is decided by services/sight.py, per object.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role, RoleNeeded
from postal_service.services import access
from postal_service.services.access import NoRole, NotSignedIn, PasswordIsGiven
from postal_service.storage.transaction import reading, transaction
from postal_service.web import here

WORKS_FOR = "works_for"  # the working unit somebody chose, in the signed cookie
GUARDED = "allowed_roles"
PLAIN_COOKIE = "postal_office"

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
View = Callable[Parameters, Answer]

EVERY_ROLE = frozenset(Role)
# What is open to somebody whose password an administrator gave, until he has changed it.
TO_CHANGE_IT = frozenset({"account.show", "account.change_password"})


def open_to_all(view: View[Parameters, Answer]) -> View[Parameters, Answer]:
    """Anybody may ask for this page, signed in or not."""
    setattr(view, GUARDED, None)
    return view


def staff_only(*roles: Role) -> Callable[[View[Parameters, Answer]], View[Parameters, Answer]]:
    """Only who works in one of these roles; in any role when none is named."""

    def guard(view: View[Parameters, Answer]) -> View[Parameters, Answer]:
        setattr(view, GUARDED, frozenset(roles) or EVERY_ROLE)
        return view

    return guard


def roles_of(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """Who may use a route; None when everybody may. Raises TypeError for a view that does not say."""
    view = app.view_functions[endpoint]
    if not hasattr(view, GUARDED):
        raise TypeError(f"{endpoint} does not say who may use it (web/gate.py)")
    roles: frozenset[Role] | None = getattr(view, GUARDED)
    return roles


def install(app: Flask) -> None:
    """Stand at the door of every route. Raises TypeError for a route that does not say who may use it."""
    for rule in app.url_map.iter_rules():
        roles_of(app, rule.endpoint)
    app.before_request(_let_in)


def cookie_name() -> str:
    # The prefix makes browsers refuse the cookie from a subdomain or without TLS.
    return "__Host-postal" if here.runtime().settings.secure_cookies else PLAIN_COOKIE


def token() -> str:
    return request.cookies.get(cookie_name(), "")[:200]


def local_path(written: str, otherwise: str) -> str:
    """A path of our own to go on to, never another site's address."""
    parts = urlsplit(written)
    own = not parts.scheme and not parts.netloc and written.startswith("/")
    safe = own and not written.startswith("//") and "\\" not in written and len(written) < 500
    return written if safe and written.isprintable() else otherwise


def _let_in() -> ResponseReturnValue | None:
    if "\0" in request.path:
        abort(404)  # no database text holds NUL, and PostgreSQL does not even take the question
    if request.endpoint is None:
        return None  # no such page: Flask answers 404, or 405
    allowed = roles_of(current_app, request.endpoint)
    if request.endpoint == "static":
        return None
    refused = _recognise()
    if allowed is None:
        return None
    if refused is not None:
        if request.method in {"GET", "HEAD"} and isinstance(refused, NotSignedIn):
            return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
        raise refused
    person = here.signed_in()
    if person and person.password_is_given and request.endpoint not in TO_CHANGE_IT:
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("account.show"))
        raise PasswordIsGiven
    if not here.actor().may(*allowed):
        raise RoleNeeded(roles=", ".join(sorted(allowed)), unit=here.actor().unit)
    return None


def _recognise() -> NotSignedIn | NoRole | None:
    """Note who is asking; why nobody was recognised otherwise."""
    if not token():
        return NotSignedIn()
    try:
        with reading(here.sessions()) as store:
            person = access.actor_of(
                store, token(), unit=str(session.get(WORKS_FOR, "")), at=here.now()
            )
    except (NotSignedIn, NoRole) as refused:
        return refused
    if person.to_be_noted:
        with transaction(here.sessions()) as store:
            access.note_use(store, token(), at=here.now())
    g.signed_in = person
    return None
