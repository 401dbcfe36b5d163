"""The contract: OpenAPI 3.1 made from the schemas, and a page to read it that needs no other server."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol, TypeVar, cast

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_smorest import Api
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import Schema
from werkzeug.routing import BaseConverter

from mobile_api.errors import PROBLEM
from mobile_api.limits import LEFT, POLICY
from mobile_api.problem_details import ProblemSchema
from mobile_api.requests import CONVERTERS, Parser

PREFIX = "/api/v1"
_HEADERS: dict[str, dict[str, Any]] = {
    POLICY: {
        "description": "The limits of this operation: q requests in w seconds. Not told of a "
        "request that was refused before it was counted. `tokens` are requests without a good token.",
        "schema": {"type": "string"},
        "example": '"batches.upload/60";q=600;w=60',
    },
    LEFT: {
        "description": "Of each limit r requests are left; more again after t seconds.",
        "schema": {"type": "string"},
        "example": '"batches.upload/60";r=599;t=60',
    },
    "Retry-After": {
        "description": "Seconds until the same may be asked again",
        "schema": {"type": "integer", "minimum": 1},
    },
}


def _named(*headers: str) -> dict[str, object]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The ETag of the last answer",
}
ETAG = {"ETag": {"schema": {"type": "string"}}}
LINK = {"Link": {"schema": {"type": "string"}, "description": "Where there is more: RFC 8288"}}
COUNTED = _named(POLICY, LEFT)  # on the answer to every counted request
_View = TypeVar("_View", bound=Callable[..., Any])


class Documents(Protocol):
    """A decorator that leaves the view's own type as it is."""

    def __call__(self, view: _View, /) -> _View: ...


_ABOUT = (
    "What couriers' phones say and hear. Errors are problem details (RFC 9457) with a stable `code`; "
    "titles are Vietnamese, or English by Accept-Language. Events are described in "
    "docs/event-format.md."
)
pages = Blueprint("documents", __name__, url_prefix="/api", template_folder="templates")


class PhonesApi(Api):  # type: ignore[misc, unused-ignore]  # its base ships no types
    """Documents every error as a problem document; `errors.py` renders them."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE
        for name, header in _HEADERS.items():
            self.spec.components.header(name, header)
        for problem in self.spec.components.responses_lazy.values():
            problem["headers"] = COUNTED
        too_many = self.spec.components.responses_lazy[HTTPStatus.TOO_MANY_REQUESTS.name]
        too_many["headers"] = _named(*_HEADERS)

    def _register_error_handlers(self) -> None:
        """`errors.register_errors` has done it, for everything and not only for HTTP errors."""


class Routes(ApiBlueprint):  # type: ignore[misc, unused-ignore]  # its base ships no types
    """A resource of version 1."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=description)

    def route(self, rule: str, **options: object) -> Documents:
        return cast("Documents", super().route(rule, **options))

    def arguments(self, schema: type[Schema], **options: object) -> Documents:
        return cast("Documents", super().arguments(schema, **options))

    def response(
        self,
        status: int,
        schema: type[Schema] | None = None,
        *,
        headers: Mapping[str, object] | None = None,
        **options: object,
    ) -> Documents:
        told = COUNTED | dict(headers or {})
        return cast("Documents", super().response(status, schema, headers=told, **options))

    def alt_response(self, status: int, **options: object) -> Documents:
        # A problem is named by `response`, and has its headers where it is described.
        return cast("Documents", super().alt_response(status, headers=COUNTED, **options))

    def polled(self, schema: type[Schema]) -> Documents:
        """Documents what a phone asks for again and again; the view answers `unless_known`."""

        def documented(view: _View) -> _View:
            view = self.says(parameters=[IF_NONE_MATCH])(view)
            known = self.alt_response(304, description="The phone has it already", success=True)
            return self.response(200, schema, headers=ETAG)(known(view))

        return documented

    def says(self, **document: object) -> Documents:
        """Adds to the operation's document, word for word."""
        return cast("Documents", self.doc(**document))

    def fails(self, *statuses: int) -> Documents:
        """Documents the problems that an operation may answer with."""

        def documented(view: _View) -> _View:
            for status in statuses:
                view = self.alt_response(status, response=HTTPStatus(status).name)(view)
            return view

        return documented

    def for_phones(self, view: _View) -> _View:
        """Documents that the operation needs a token; the view asks `access.caller`."""
        return self.says(security=[{"token": []}])(self.fails(401, 429)(view))


def unless_known(answer: Response) -> Response:
    """The answer, or 304 where the phone has it already (RFC 9110). An ETag that it has stays."""
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer


def make_api(app: Flask) -> PhonesApi:
    """The document of this app; resources are registered on it."""
    app.config |= {
        "API_TITLE": "Public postal service: couriers' phones",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {"info": {"description": _ABOUT}},
    }
    app.url_map.converters.update(CONVERTERS)
    api = PhonesApi(app)
    app.extensions["api"] = api
    for kind in CONVERTERS.values():
        api.register_converter(kind, _pattern)
    api.spec.components.security_scheme(
        "token",
        {"type": "http", "scheme": "bearer", "description": "Fifteen minutes; from POST /tokens."},
    )
    return api


def _pattern(converter: BaseConverter) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{converter.regex}$"}


@pages.get("/docs")
def read() -> Response:
    """The document for people; without scripts, so that it reads everywhere."""
    api: PhonesApi = current_app.extensions["api"]
    answer = Response(render_template("docs.html", spec=api.spec.to_dict()))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
