"""The key that names us to push services (RFC 8292): browsers get its public half when they subscribe."""

import base64
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.kit.settings import settings


@cache
def public_key() -> bytes:
    """The uncompressed P-256 point, 65 bytes, of the private key in the settings."""
    text = settings().vapid_private_key
    number = int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
    return (
        ec.derive_private_key(number, ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


def public_key_text() -> str:
    """The same in URL-safe base64 without padding, as `pushManager.subscribe` wants it."""
    return base64.urlsafe_b64encode(public_key()).rstrip(b"=").decode()
