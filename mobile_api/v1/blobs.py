"""Photos and files, each at the address of its own hash; sending one twice changes nothing."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import COUNTED, Routes
from mobile_api.v1.schemas import BlobSchema
from postal_service.services import evidence
from postal_service.services.evidence import MEDIA_TYPES
from postal_service.storage.transaction import reading, transaction

PREFIX = "sha-256:"
_FILE = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES}
routes = Routes("blobs", __name__, "Evidence files")


@routes.route("/blobs/<digest:digest>", methods=["PUT"])
@routes.response(201, BlobSchema)
@routes.alt_response(200, schema=BlobSchema, description="It was there already", success=True)
@routes.says(requestBody={"required": True, "content": _FILE})
@routes.for_phones
@routes.fails(413, 415, 422)
def keep(digest: str) -> ResponseReturnValue:
    """Keep a JPEG, PNG, WebP or PDF of at most 5 MB under its SHA-256."""
    by = caller().actor
    content = request.get_data(cache=False)
    with transaction(runtime().sessions) as session:
        kept = evidence.keep(
            session,
            runtime().vault,
            digest.removeprefix(PREFIX),
            content,
            media_type=request.mimetype,
            by=by,
            at=runtime().clock(),
        )
    answer = jsonify(sha256=kept.sha256, media_type=kept.media_type, size_bytes=kept.size_bytes)
    return answer, 201 if kept.fresh else 200


@routes.route("/blobs/<digest:digest>")
@routes.says(responses={"200": {"description": "The file", "content": _FILE, "headers": COUNTED}})
@routes.for_phones
@routes.fails(404)
def look(digest: str) -> ResponseReturnValue:
    """Open a file that this courier sent."""
    by = caller().actor
    with reading(runtime().sessions) as session:
        found = evidence.look(session, runtime().vault, digest.removeprefix(PREFIX), by=by)
    answer = Response(found.content, mimetype=found.media_type)
    # A hostile file must not run as a page of ours, whatever a browser thinks it is.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = "attachment"
    return answer
