"""Numbers in addresses have as many digits as a stored number can have; any other address is no page.

Python refuses to read one of some thousands of digits, and that refusal would be a fault of ours.
"""

from flask import Flask
from werkzeug.routing import IntegerConverter


class StoredNumber(IntegerConverter):
    """What `<int:…>` takes."""

    regex = "[0-9]{1,19}"


def install(app: Flask) -> None:
    """Before any route is added."""
    app.url_map.converters["int"] = StoredNumber
