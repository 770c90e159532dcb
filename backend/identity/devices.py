"""The browsers that receive a person's pushes: subscribed by a tap, listed, taken away."""

import base64
import binascii
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from backend.audit.record import record
from backend.identity import device_repository
from backend.identity.model import SubscribePush, Viewer
from backend.kit import db
from backend.kit.clock import machine_now
from backend.kit.errors import NotFound, Refusal
from backend.kit.settings import settings
from backend.messaging.endpoints import is_push_service

AUTH_BYTES = 16


class SubscriptionRefused(Refusal):
    """The address is no push service that we know, or its keys are no keys (RFC 8291)."""

    key = "identity.subscription_refused"
    status = 422


async def subscribe(viewer: Viewer, wanted: SubscribePush, device: str) -> UUID:
    """Let this browser receive the viewer's pushes until its session ends; the device's id."""
    _check(wanted)
    async with db.transaction():
        device_id = await device_repository.add(
            viewer.account_id, viewer.session_id, wanted, device, machine_now()
        )
        await record(viewer.actor, "device.add", ("push_subscription", device_id))
    return device_id


async def unsubscribe(viewer: Viewer, endpoint: str) -> None:
    """This browser receives no more; nothing happens where it did not."""
    async with db.transaction():
        device_id = await device_repository.close_by_endpoint(viewer.account_id, endpoint, machine_now())
        if device_id:
            await record(viewer.actor, "device.remove", ("push_subscription", device_id))


async def remove(viewer: Viewer, device_id: UUID) -> None:
    """Take one of the viewer's devices from the list."""
    async with db.transaction():
        if not await device_repository.close(viewer.account_id, device_id, machine_now()):
            raise NotFound
        await record(viewer.actor, "device.remove", ("push_subscription", device_id))


def _check(wanted: SubscribePush) -> None:
    """Refuse now what the worker could never send to."""
    if not is_push_service(wanted.endpoint, settings().demo_peers_url):
        raise SubscriptionRefused
    try:
        # A point that is not on the curve would fail at every sending.
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(wanted.p256dh))
        secret = _bytes(wanted.auth)
    except ValueError as error:
        raise SubscriptionRefused from error
    if len(secret) != AUTH_BYTES:
        raise SubscriptionRefused


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
