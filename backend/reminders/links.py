"""The link in a message: the delivery's id and a tag that only we can make, 43 characters.

It is the same at every try, so that a repeated message is the same message. It opens one visit's time and
place and lets its bearer confirm or cancel that visit; it is no session.
"""

import base64
import binascii
from uuid import UUID

from backend.kit.ids import same, sign

_TAG_BYTES = 16


def token_for(delivery_id: UUID, secret: bytes) -> str:
    """What stands after `/m/`."""
    return base64.urlsafe_b64encode(delivery_id.bytes + _tag(delivery_id, secret)).rstrip(b"=").decode()


def read_token(token: str, secret: bytes) -> UUID | None:
    """The delivery that a token names; None for anything that we did not make."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _TAG_BYTES:
        return None
    delivery_id = UUID(bytes=raw[:16])
    return delivery_id if same(raw[16:], _tag(delivery_id, secret)) else None


def _tag(delivery_id: UUID, secret: bytes) -> bytes:
    return sign(secret, "message-link", delivery_id.bytes)[:_TAG_BYTES]
