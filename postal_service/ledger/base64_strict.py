"""Base64 has one way to write some bytes; any other way is refused.

A decoder that skips strange signs, or forgives bits after the end, lets a signed line be changed
without anybody noticing.
"""

from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode


def read(text: str) -> bytes:
    """The bytes behind standard Base64 (RFC 4648, section 4). Raises ValueError."""
    found = b64decode(text.encode("ascii"), validate=True)
    if write(found) != text:
        raise ValueError("This Base64 has bits that mean nothing.")
    return found


def write(value: bytes) -> str:
    return b64encode(value).decode()


def read_url(text: str) -> bytes:
    """The bytes behind Base64 for URLs without padding (RFC 4648, section 5). Raises ValueError."""
    found = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if write_url(found) != text:
        raise ValueError("This Base64 has signs or bits that mean nothing.")
    return found


def write_url(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
