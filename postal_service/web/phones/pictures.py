"""A code as a picture inside the page: an SVG in a data address, which needs no file and no script."""

from base64 import b64encode

from postal_service.printing.codes import QUIET_MODULES, Correction, qr_symbol

SMALLEST, LARGEST = 2, 6  # QR versions


def qr_link(content: str, *, largest: int = LARGEST) -> str:
    """The QR code of `content` as the address of an image, its quiet zone included."""
    symbol = qr_symbol(content, version=SMALLEST, correction=Correction.MEDIUM, largest=largest)
    side = len(symbol.rows) + 2 * QUIET_MODULES
    dark = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h1v1h-1z"
        for y, row in enumerate(symbol.rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{dark}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
