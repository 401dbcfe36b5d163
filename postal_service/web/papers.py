"""Papers on their way to the printer: those with secrets inside the one answer that made them, the others opened by themselves.

Freshly made ones hold secrets that nobody keeps (PIN, delivery code, label token): the bytes stand in the answer to
the form itself, as links that save the file, and nowhere on the server. The answer is not cached; a
form sent twice is refused (services/once.py), so a reload makes no second dossier and no second slip.
"""

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from flask import Response, send_file, url_for

OPERATOR: Final = "Bưu điện"  # as every paper names it
ENDINGS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
}


@dataclass(frozen=True)
class Printable:
    """A paper to print: its name on the page (already in the person's language), file name and bytes."""

    name: str
    file_name: str
    pdf: bytes

    @property
    def link(self) -> str:
        return f"data:application/pdf;base64,{b64encode(self.pdf).decode()}"


def tracking_address(host: str) -> str:
    """Where a citizen looks up his dossier, to be typed from paper; `host` is that of the labels."""
    return f"https://{host.lower()}{url_for('tracking.ask')}"


def file_from_outside(content: bytes, media_type: str, name: str) -> Response:
    """A scan or a photo that somebody sent: the browser's own viewer may show it, nothing in it runs."""
    answer = send_file(
        BytesIO(content), mimetype=media_type, download_name=f"{name}.{ENDINGS[media_type]}"
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
    )
    return answer


def opened(pdf: bytes, file_name: str) -> Response:
    """A paper without secrets, which the browser shows at once and nobody keeps."""
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
