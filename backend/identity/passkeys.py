"""Passkeys (WebAuthn level 3): the only file that imports `webauthn`. Checks, and touches no database.

The library leaves four things to us, and here they are: user verification is required in both ceremonies
(its default is not to), a ceremony inside another site's frame is refused, the user handle must be the
account's, and a sign count that goes back is told apart from a forged signature.
"""

import base64
import binascii
from typing import Any

import msgspec
import webauthn
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.identity.model import Account, Credential, NewCredential
from backend.kit.errors import Refusal
from backend.kit.settings import settings

# A protection that cannot be forgotten at one of the two calls; a test switches it off to see itself fail.
REQUIRE_USER_VERIFICATION = True


class PasskeyRefused(Refusal):
    """The browser's answer does not hold: too late, replayed, another site's, unverified, or forged.

    One sentence for all: the person can only try again, and a forger should not learn which it was.
    """

    key = "identity.passkey_refused"
    status = 400


class PasskeyUnknown(Refusal):
    """A well-formed answer of a passkey that we do not have, or have no longer."""

    key = "identity.passkey_unknown"
    status = 400


class PasskeyFrozen(Refusal):
    """This passkey's counter went back, as it would for a copy: it opens nothing any more."""

    key = "identity.passkey_frozen"
    status = 403


class PasskeyResponse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What the authenticator said, in URL-safe base64; the first pair on creation, the rest on sign-in."""

    client_data_json: str = msgspec.field(name="clientDataJSON")
    attestation_object: str | None = None
    authenticator_data: str | None = None
    signature: str | None = None
    user_handle: str | None = None


class PasskeyAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A `PublicKeyCredential` as its `toJSON()` gives it."""

    id: str
    raw_id: str
    type: str
    response: PasskeyResponse


class _ClientData(msgspec.Struct, frozen=True, rename="camel"):
    challenge: str
    cross_origin: bool = False
    top_origin: str | None = None


def registration_options(account: Account, challenge: bytes, known: list[bytes]) -> dict[str, Any]:
    """What `navigator.credentials.create` needs; `known` are the account's credential ids."""
    options = webauthn.generate_registration_options(
        rp_id=settings().host,
        rp_name="Quenotte",
        user_id=account.id.bytes,
        user_name=account.email or f"{account.given_name} {account.family_name}",
        user_display_name=f"{account.given_name} {account.family_name}",
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json_dict(options)


def sign_in_options(challenge: bytes) -> dict[str, Any]:
    """What `navigator.credentials.get` needs; no credential is named, so nothing is told of any account."""
    options = webauthn.generate_authentication_options(
        rp_id=settings().host,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def challenge_in(answer: PasskeyAnswer) -> bytes:
    """The challenge that this answer speaks of; refuses a ceremony that ran inside another site's frame."""
    try:
        client = msgspec.json.decode(_bytes(answer.response.client_data_json), type=_ClientData)
        challenge = _bytes(client.challenge)
    except (msgspec.DecodeError, ValueError) as error:
        raise PasskeyRefused from error
    if client.cross_origin or client.top_origin is not None:
        raise PasskeyRefused
    return challenge


def credential_id_in(answer: PasskeyAnswer) -> bytes:
    """The id of the passkey that answered."""
    try:
        return _bytes(answer.raw_id)
    except ValueError as error:
        raise PasskeyRefused from error


def check_registration(answer: PasskeyAnswer, challenge: bytes) -> NewCredential:
    """A new passkey, if the answer is to our challenge, from our origin, with the person verified."""
    try:
        found = webauthn.verify_registration_response(
            credential=_as_dict(answer),
            expected_challenge=challenge,
            expected_rp_id=settings().host,
            expected_origin=settings().public_url,
            require_user_verification=REQUIRE_USER_VERIFICATION,
        )
    except Exception as error:
        # Hostile bytes also raise what the library's decoders happen to raise; all of it is a refusal.
        raise PasskeyRefused from error
    return NewCredential(
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        backed_up=found.credential_backed_up,
    )


def check_sign_in(answer: PasskeyAnswer, challenge: bytes, credential: Credential) -> tuple[int, bool]:
    """The new sign count and the backup flag, if the answer holds for `credential` and its account.

    The count is not compared here. The library would do so before it checks the signature, and then
    anybody who knows a credential's id could have it frozen; see `count_went_back`.
    """
    try:
        if _bytes(answer.response.user_handle or "") != credential.account_id.bytes:
            raise PasskeyRefused
        found = webauthn.verify_authentication_response(
            credential=_as_dict(answer),
            expected_challenge=challenge,
            expected_rp_id=settings().host,
            expected_origin=settings().public_url,
            credential_public_key=credential.public_key,
            credential_current_sign_count=0,
            require_user_verification=REQUIRE_USER_VERIFICATION,
        )
    except Exception as error:
        raise PasskeyRefused from error
    return found.new_sign_count, found.credential_backed_up


def count_went_back(known: int, answered: int) -> bool:
    """Whether a counter shows a copy. Synced passkeys do not count: 0 after 0 is in order.

    >>> count_went_back(0, 0), count_went_back(4, 5), count_went_back(5, 5), count_went_back(5, 0)
    (False, False, True, True)
    """
    return (known > 0 or answered > 0) and answered <= known


def _as_dict(answer: PasskeyAnswer) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(answer)
    return found


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
