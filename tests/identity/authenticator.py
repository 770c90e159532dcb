"""A passkey provider in software: real keys, real attestations ("none") and assertions, no browser.

By default it behaves; each way to misbehave is an argument. The bytes follow WebAuthn level 3, section 6.
"""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
ORIGIN = "http://localhost:8000"
RP_ID = "localhost"


def text_of(raw: bytes) -> str:
    """Bytes as unpadded URL-safe base64."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The bytes of unpadded URL-safe base64."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    """One credential. `count` grows with each use, unless `counts` is off as for synced passkeys."""

    id: bytes
    private: ec.EllipticCurvePrivateKey
    user_handle: bytes
    counts: bool = True
    count: int = 0


@dataclass
class Authenticator:
    """Makes keys and answers challenges."""

    synced: bool = False
    keys: list[Key] = field(default_factory=list)

    def create(self, options: dict[str, Any], **ways: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`. Ways: see `_client_data` and `_flags`."""
        key = Key(
            id=ways.pop("credential_id", None) or os.urandom(32),
            private=ec.generate_private_key(ec.SECP256R1()),
            user_handle=bytes_of(options["user"]["id"]),
            counts=not self.synced,
        )
        self.keys.append(key)
        data = self._authenticator_data(key, AT, ways) + self._attested(key)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = _client_data("webauthn.create", options["challenge"], ways)
        return _answer(key, client, {"attestationObject": text_of(attestation)})

    def get(self, options: dict[str, Any], key: Key | None = None, **ways: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`, by the newest key unless another is named.

        Further ways: `user_handle` (None leaves it out), `count`, `forged` (signed by another key).
        """
        key = key or self.keys[-1]
        user_handle = ways.pop("user_handle", key.user_handle)
        signer = ec.generate_private_key(ec.SECP256R1()) if ways.pop("forged", False) else key.private
        data = self._authenticator_data(key, 0, ways)
        client = _client_data("webauthn.get", options["challenge"], ways)
        signed = signer.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": text_of(data), "signature": text_of(signed)}
        if user_handle is not None:
            response["userHandle"] = text_of(user_handle)
        return _answer(key, client, response)

    def _authenticator_data(self, key: Key, more: int, ways: dict[str, Any]) -> bytes:
        if "count" in ways:
            key.count = ways.pop("count")
        elif key.counts:
            key.count += 1
        flags = more | (UP if ways.pop("present", True) else 0) | (UV if ways.pop("verified", True) else 0)
        flags |= BE | BS if self.synced else 0
        rp_id = ways.pop("rp_id", RP_ID)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + key.count.to_bytes(4, "big")

    @staticmethod
    def _attested(key: Key) -> bytes:
        point = key.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return bytes(16) + len(key.id).to_bytes(2, "big") + key.id + cbor2.dumps(cose)


def _client_data(kind: str, challenge: str, ways: dict[str, Any]) -> bytes:
    """Ways: `kind`, `challenge`, `origin`, `cross_origin`, `top_origin`."""
    data: dict[str, Any] = {
        "type": ways.pop("kind", kind),
        "challenge": ways.pop("challenge", challenge),
        "origin": ways.pop("origin", ORIGIN),
        "crossOrigin": ways.pop("cross_origin", False),
    }
    if "top_origin" in ways:
        data["topOrigin"] = ways.pop("top_origin")
    assert not ways, f"unknown ways: {ways}"
    return json.dumps(data, separators=(",", ":")).encode()


def _answer(key: Key, client: bytes, response: dict[str, str]) -> dict[str, Any]:
    return {
        "id": text_of(key.id),
        "rawId": text_of(key.id),
        "type": "public-key",
        "clientExtensionResults": {},
        "authenticatorAttachment": "platform",
        "response": {"clientDataJSON": text_of(client), **response},
    }
