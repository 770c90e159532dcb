"""Ids and secrets. An id orders by time and is no secret; a token is a secret and is stored as a digest."""

import hashlib
import hmac
import os
import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): milliseconds, 12 bits of their fraction, 62 random bits. Never a secret.

    The fraction keeps the order of what one process makes within a millisecond.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    random_bits = int.from_bytes(os.urandom(8), "big")
    return UUID(
        int=(milliseconds & ((1 << 48) - 1)) << 80
        | 0x7 << 76
        | (nanoseconds * 4096 // 1_000_000) << 64
        | 0b10 << 62
        | random_bits & ((1 << 62) - 1)
    )


def new_token() -> str:
    """256 random bits as URL-safe text (43 characters), for cookies and links."""
    return secrets.token_urlsafe(32)


def new_challenge() -> bytes:
    """256 random bits, for a passkey to sign."""
    return secrets.token_bytes(32)


def digest(token: str) -> bytes:
    """SHA-256 of a token, the only form in which a token may be stored."""
    return hashlib.sha256(token.encode()).digest()


def sign(secret: bytes, purpose: str, message: bytes) -> bytes:
    """HMAC-SHA256 of `message`, bound to one purpose, so that a tag of one kind cannot serve another."""
    return hmac.new(secret, purpose.encode() + b"\x00" + message, hashlib.sha256).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare without telling by the time taken where they differ."""
    return hmac.compare_digest(left, right)
