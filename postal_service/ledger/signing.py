"""A device signs the bytes of an event and nothing else; whoever checks is never made to raise.

Ed25519 is the rule. ECDSA on P-256 with SHA-256 is admitted where the registry of devices says so,
for phones whose key store knows nothing better; its signature is r‖s of 64 bytes and its key the
uncompressed point of 65 bytes, both as WebCrypto writes them.
"""

from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from postal_service.domain.ids import DeviceId
from postal_service.ledger.encoding import pre_authentication

ED25519 = "ed25519"
P256 = "p256"

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


def digest(body: bytes) -> str:
    """By this the device's next event and a later hand-over name an event: SHA-256, hex."""
    return sha256(body).hexdigest()


def genesis(device: DeviceId) -> str:
    """What stands as `prev` in the first event of a device."""
    return sha256(b"genesis" + device.encode()).hexdigest()


def sign(private_key: PrivateKey, body: bytes) -> bytes:
    """The signature over the event's bytes: 64 bytes for either algorithm."""
    return sign_message(private_key, pre_authentication(body))


def verify(algorithm: str, public_key: bytes, body: bytes, signature: bytes) -> bool:
    """Whether the key signed these event bytes. Bad keys and unknown algorithms are a plain no."""
    return verify_message(algorithm, public_key, pre_authentication(body), signature)


def sign_message(private_key: PrivateKey, message: bytes) -> bytes:
    """A signature over bytes that name their own kind, as an offer QR does."""
    if isinstance(private_key, Ed25519PrivateKey):
        return private_key.sign(message)
    r, s = decode_dss_signature(private_key.sign(message, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_message(algorithm: str, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key signed this message."""
    key = _key(algorithm, public_key)
    if key is None or len(signature) != 64:
        return False
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        else:
            r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
            key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def public_bytes(private_key: PrivateKey) -> bytes:
    """The public key as the registry keeps it."""
    public = private_key.public_key()
    if isinstance(public, Ed25519PublicKey):
        return public.public_bytes_raw()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@lru_cache(maxsize=4096)
def _key(algorithm: str, public_key: bytes) -> Ed25519PublicKey | EllipticCurvePublicKey | None:
    try:
        if algorithm == ED25519:
            return Ed25519PublicKey.from_public_bytes(public_key)
        if algorithm == P256 and len(public_key) == 65:
            return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public_key)
    except ValueError:
        return None
    return None
