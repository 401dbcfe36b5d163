"""The codes on paper: the envelope's label and the citizen's delivery code. Neither says who anybody is.

The label is an address an ordinary phone can open; the delivery code is a hash lock: its
commitment is logged when it is issued and its preimage when the item is delivered, so the courier
cannot invent it, the phone can check it without a network, and it works once.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from postal_service.domain import s10
from postal_service.domain.crockford import Token, is_token
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Malformed

_LABEL = re.compile(r"HTTPS://([A-Z0-9.-]{1,60})/([A-Z]{2}[0-9]{9}[A-Z]{2})/([0-9A-Z]{26})")
_HOST = re.compile(r"[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?(?:\.[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?)+")
_DELIVERY = re.compile(r"BG1:([A-Z]{2}[0-9]{9}[A-Z]{2}):([1-9][0-9]{0,5}):([0-9A-Z]{26})")
_LOCK_DOMAIN = b"custody/delivery/v1\0"
# A host longer than this makes the symbol 33 modules wide where 29 suffice.
SHORT_HOST_LENGTH = 12
LARGEST_ROTATION = 999_999


class NotALabel(Malformed):
    """What was scanned is not repeated: it may have been a citizen's delivery code."""

    code = "label.malformed"


class BadHost(Malformed):
    code = "label.bad_host"


class NotADeliveryCode(Malformed):
    """The code itself is not repeated: it is the citizen's secret."""

    code = "delivery_code.malformed"


@dataclass(frozen=True, kw_only=True)
class EnvelopeLabel:
    """What the large code on an envelope says."""

    host: str
    item: ItemId
    token: Token

    @property
    def payload(self) -> str:
        """Capitals, digits and `:/.-` only, so that the symbol can use its alphanumeric mode."""
        return f"HTTPS://{self.host}/{self.item}/{self.token}"

    @property
    def short_check(self) -> str:
        """The second check of a typed item number: the first characters of the token."""
        return self.token[:4]


@dataclass(frozen=True, kw_only=True)
class DeliveryCode:
    """The citizen's secret for one item; each rotation replaces the one before it."""

    item: ItemId
    rotation: int
    secret: Token

    @property
    def payload(self) -> str:
        return f"BG1:{self.item}:{self.rotation}:{self.secret}"

    @property
    def lock(self) -> str:
        return delivery_lock(self.item, rotation=self.rotation, secret=self.secret)

    def __repr__(self) -> str:
        # A secret must not reach a log by way of a traceback.
        return f"DeliveryCode(item={self.item!r}, rotation={self.rotation}, secret=…)"


def label_host(written: str) -> str:
    """A host as labels have it, in capitals. Raises BadHost for what is no host name."""
    capital = written.upper()
    if not written.isascii() or not _HOST.fullmatch(capital) or len(capital) > 60:
        raise BadHost(host=written)
    return capital


def envelope_label(*, host: str, item: ItemId, token: Token) -> EnvelopeLabel:
    """A label for a new envelope.

    Raises:
        BadHost: a host that is no host name.
        NotAnItemNumber, WrongCheckDigit: an item that is not an S10 number.
        NotALabel: a token that is not in its canonical form.
    """
    capital = label_host(host)
    if not is_token(token):
        raise NotALabel(length=len(token))
    return EnvelopeLabel(host=capital, item=s10.parse(item).id, token=token)


def read_label(scanned: str) -> EnvelopeLabel:
    """What a scanner read from an envelope. The host is told, not trusted: the caller compares it.

    Raises:
        NotALabel: any other text.
        WrongCheckDigit: the number in it is damaged.
    """
    found = _LABEL.fullmatch(scanned.strip().upper()) if scanned.isascii() else None
    if found is None or not is_token(found.group(3)):
        raise NotALabel(length=len(scanned))
    host, item, token = found.groups()
    return EnvelopeLabel(host=host, item=s10.parse(item).id, token=Token(token))


def token_digest(token: Token) -> bytes:
    """SHA-256 of the token's 26 ASCII characters, first 16 bytes: what the day's manifest holds."""
    return hashlib.sha256(token.encode("ascii")).digest()[:16]


def is_genuine(label: EnvelopeLabel, digest: bytes) -> bool:
    """Whether a scanned label is the one the manifest knows, without a network."""
    return hmac.compare_digest(token_digest(label.token), digest)


def read_delivery_code(scanned: str) -> DeliveryCode:
    """What a courier scanned from a citizen's slip or phone.

    Raises:
        NotADeliveryCode: any other text.
        WrongCheckDigit: the number in it is damaged.
    """
    found = _DELIVERY.fullmatch(scanned.strip().upper()) if scanned.isascii() else None
    if found is None or not is_token(found.group(3)):
        raise NotADeliveryCode(length=len(scanned))
    item, rotation, secret = found.groups()
    return DeliveryCode(item=s10.parse(item).id, rotation=int(rotation), secret=Token(secret))


def delivery_lock(item: ItemId, *, rotation: int, secret: Token) -> str:
    """SHA-256("custody/delivery/v1" 0 item 0 rotation 0 secret), in hex.

    All parts are ASCII as printed: the S10 number, the rotation in decimal, the 26 characters.

    Raises:
        NotADeliveryCode: a rotation outside 1 to 999999, or a secret not in canonical form.
    """
    if not 1 <= rotation <= LARGEST_ROTATION or not is_token(secret):
        raise NotADeliveryCode(length=len(secret))
    parts = (item.encode("ascii"), str(rotation).encode("ascii"), secret.encode("ascii"))
    return hashlib.sha256(_LOCK_DOMAIN + b"\0".join(parts)).hexdigest()


def opens(code: DeliveryCode, lock: str) -> bool:
    """Whether this code is the preimage of the lock that was logged for its item and rotation."""
    return lock_opens(lock, item=code.item, rotation=code.rotation, secret=code.secret)


def lock_opens(lock: str, *, item: ItemId, rotation: int, secret: str) -> bool:
    """Whether these are the preimage of a lock. A secret in the wrong form opens nothing."""
    if not is_token(secret) or not 1 <= rotation <= LARGEST_ROTATION:
        return False
    told = delivery_lock(item, rotation=rotation, secret=Token(secret))
    return hmac.compare_digest(told.encode("ascii"), lock.encode("utf-8"))
