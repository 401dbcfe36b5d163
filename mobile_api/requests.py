"""What may come in: how large, of which type, and how it is unpacked. Nothing is read beyond its limit."""

import zlib
from io import BytesIO
from typing import Any

from flask import Flask, Request, request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import BaseConverter
from werkzeug.wsgi import get_input_stream

from postal_service.services.evidence import LARGEST_FILE

LARGEST_REQUEST = 64 * 1024
LARGEST_BATCH = 512 * 1024  # unpacked
BATCHES, BLOBS = "batches.upload", "blobs.keep"
# A little more than a file may have, so that the answer can say what the limit is.
LIMITS = {BATCHES: LARGEST_BATCH, BLOBS: LARGEST_FILE + 1024}


class DeviceConverter(BaseConverter):
    regex = "[A-Z2-7]{8}"


class ItemConverter(BaseConverter):
    regex = "[A-Z]{2}[0-9]{9}[A-Z]{2}"


class DigestConverter(BaseConverter):
    regex = "sha-256:[0-9a-f]{64}"


class EventConverter(BaseConverter):
    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class NameConverter(BaseConverter):
    regex = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


CONVERTERS = {
    "device": DeviceConverter,
    "item": ItemConverter,
    "digest": DigestConverter,
    "event": EventConverter,
    "name": NameConverter,
}


class Parser(FlaskParser):  # type: ignore[misc, unused-ignore]  # its base is only partly typed
    """Reads JSON bodies; one nested, or with a number, without end is malformed and no fault of ours."""

    def load_json(self, req: Request, schema: Any) -> Any:  # noqa: ANN401 - webargs' own signature
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError):  # a number of more digits than Python reads
            raise BadRequest from None


def register_requests(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.before_request(_limit)
    app.before_request(_unpack)
    app.before_request(_refuse_other_types)


def _limit() -> None:
    request.max_content_length = LIMITS.get(request.endpoint or "", LARGEST_REQUEST)


def _unpack() -> None:
    """A gzip body is unpacked up to the limit of its address: a bomb is cut off, not unpacked."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return
    if encoding != "gzip" or request.endpoint != BATCHES:
        raise UnsupportedMediaType
    limit = request.max_content_length or LARGEST_REQUEST
    packed = get_input_stream(request.environ, max_content_length=limit).read()
    content = _inflated(packed, limit)
    request.environ["wsgi.input"] = BytesIO(content)
    request.environ["CONTENT_LENGTH"] = str(len(content))
    request.environ.pop("HTTP_TRANSFER_ENCODING", None)


def _inflated(packed: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: gzip and nothing else
    try:
        content = unpacker.decompress(packed, limit + 1)
    except zlib.error:
        raise BadRequest from None
    if len(content) > limit:
        raise RequestEntityTooLarge
    if not unpacker.eof or unpacker.unused_data:
        raise BadRequest  # cut off, or with something behind its end
    return content


def _refuse_other_types() -> None:
    tells = request.method in {"POST", "PUT"} and request.endpoint not in {None, BLOBS}
    if tells and request.content_length and request.mimetype != "application/json":
        raise UnsupportedMediaType
