"""The font of the pages, served from here: nothing comes from another host."""

from typing import Final

import fontpkg
from flask import Blueprint, Response, abort, send_file, url_for

from postal_service.web.gate import open_to_all

FAMILY: Final = "Be Vietnam Pro"
WEIGHTS: Final = (400, 600, 700)
YEAR_SECONDS: Final = 365 * 24 * 3600

pages = Blueprint("assets", __name__, url_prefix="/assets")


@pages.get("/fonts.css")
@open_to_all
def fonts() -> Response:
    """One rule a weight. Letters show at once in the system's font until ours has come."""
    rules = (
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-display: swap; '
        f'src: url("{url_for("assets.font", weight=weight)}") format("truetype"); }}'
        for weight in WEIGHTS
    )
    sheet = Response("\n".join(rules), mimetype="text/css")
    sheet.headers["Cache-Control"] = "public, max-age=86400"
    return sheet


@pages.get("/fonts/<int:weight>.ttf")
@open_to_all
def font(weight: int) -> Response:
    if weight not in WEIGHTS:
        abort(404)
    return send_file(fontpkg.path(FAMILY, weight=weight), mimetype="font/ttf", max_age=YEAR_SECONDS)
