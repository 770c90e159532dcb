"""Is a push signed by the application server that the subscription is bound to (RFC 8292)?"""

import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from backend.demo.peers import subscriptions

_LONGEST = 24 * 3600
"""Seconds from now at most until the token expires (section 2)."""


class Refused(Exception):  # noqa: N818 - an answer on the wire
    """The push is refused with this HTTP status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def check(authorization: str, origin: str, bound_to: str) -> None:
    """Refuse with 401 what is not signed at all, with 403 what is signed wrongly or by another."""
    scheme, _, rest = authorization.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme.lower() != "vapid" or not {"t", "k"} <= fields.keys():
        raise Refused(401, "an Authorization of scheme vapid with t= and k= is needed")
    try:
        point = subscriptions.from_base64(fields["k"])
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise Refused(403, "k is not a P-256 point") from None
    if subscriptions.binding(point) != bound_to:
        raise Refused(403, "the subscription is bound to another application server")
    try:
        claims = jwt.decode(fields["t"], key, ["ES256"], options={"require": ["exp", "aud"]}, audience=origin)
    except jwt.InvalidTokenError as wrong:
        raise Refused(403, f"the token is not valid: {wrong}") from None
    if claims["exp"] > time.time() + _LONGEST:
        raise Refused(403, "the token may not live longer than 24 hours")
    if not str(claims.get("sub", "mailto:")).startswith(("mailto:", "https:")):
        raise Refused(403, "sub is neither mailto: nor https:")
