"""Push subscriptions without a browser: a name and a seed give the keys, so nobody need ask or store them."""

import base64
import hashlib
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.kit import ids


class Keys(NamedTuple):
    """What a browser keeps to itself: the private key and the authentication secret (RFC 8291)."""

    private: ec.EllipticCurvePrivateKey
    auth: bytes


class Subscription(NamedTuple):
    """What a browser tells the application server; the keys are in URL-safe base64 without padding."""

    endpoint: str
    p256dh: str
    auth: str

    def as_json(self) -> dict[str, object]:
        """The form of `PushSubscription.toJSON()`."""
        keys = {"p256dh": self.p256dh, "auth": self.auth}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


def seed_from(secret: bytes) -> bytes:
    """The seed of a home's subscriptions, from the secret that the app and the peers both have."""
    return ids.sign(secret, "demo-peers", b"")


def keys_for(name: str, seed: bytes) -> Keys:
    """The keys of the subscription of that name."""
    material = HKDF(hashes.SHA256(), 64, salt=None, info=b"push:" + name.encode()).derive(seed)
    number = int.from_bytes(material[:48], "big") % (ec.SECP256R1.group_order - 1) + 1
    return Keys(ec.derive_private_key(number, ec.SECP256R1()), material[48:])


def subscription_for(name: str, seed: bytes, application_server_key: bytes, service_url: str) -> Subscription:
    """The subscription that the service at `service_url` gives to `name`.

    It is bound (RFC 8292, section 4) to one `application_server_key`, an uncompressed P-256 point of
    65 bytes: no other application server may push to it.
    """
    keys = keys_for(name, seed)
    point = keys.private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    endpoint = f"{service_url}/push/{name}/{binding(application_server_key)}"
    return Subscription(endpoint, to_base64(point), to_base64(keys.auth))


def binding(application_server_key: bytes) -> str:
    """The part of an endpoint that says whose pushes it takes."""
    return hashlib.sha256(application_server_key).hexdigest()[:16]


def to_base64(data: bytes) -> str:
    """URL-safe, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """The bytes of URL-safe base64, padded or not; ValueError for anything else."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", True)
