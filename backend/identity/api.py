"""Passkey ceremonies and push subscriptions, as JSON for the pages' modules."""

from typing import Any

import msgspec
from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from backend.identity import devices, passkey_actions
from backend.identity.guards import signed_in, viewer_of
from backend.identity.model import Entered, SubscribePush, Viewer
from backend.identity.passkeys import PasskeyAnswer
from backend.identity.sessions import cookie, device_of
from backend.kit.paths import safe_path
from backend.kit.problems import refusals
from backend.kit.render import AnyRequest

PATIENTS: dict[str, Any] = {
    "guards": [signed_in],
    "tags": ["identity"],
    "responses": refusals(400, 401, 403, 422),
}
EVERYBODY: dict[str, Any] = {
    "opt": {"open_to_all": True},
    "tags": ["identity"],
    "responses": refusals(400, 403),
}


class Next(msgspec.Struct, frozen=True):
    """Where the page goes now."""

    next: str


class PushKeys(msgspec.Struct, frozen=True):
    """The browser's public key and its secret, in URL-safe base64."""

    p256dh: str
    auth: str


class PushSubscription(msgspec.Struct, frozen=True):
    """A `PushSubscription` as its `toJSON()` gives it."""

    endpoint: str
    keys: PushKeys


class NewSubscription(msgspec.Struct, frozen=True):
    """The body of a subscribing request."""

    subscription: PushSubscription


class OldSubscription(msgspec.Struct, frozen=True):
    """The body of an unsubscribing request."""

    endpoint: str


@post(
    "/api/v1/passkeys/options",
    operation_id="passkeyOptions",
    summary="Begin to make a passkey",
    status_code=200,
    **PATIENTS,
)
async def passkey_options(viewer: NamedDependency[Viewer]) -> dict[str, Any]:
    """Options for `navigator.credentials.create`; they serve once, within five minutes."""
    return await passkey_actions.registration_options(viewer)


@post(
    "/api/v1/passkeys", operation_id="addPasskey", summary="Keep a new passkey", status_code=201, **PATIENTS
)
async def add_passkey(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    data: JSONBody[PasskeyAnswer],
    suite: FromQuery[str] = "/",
) -> Response[Next]:
    """Keep a new passkey; the answer's cookie opens a strong session in place of this one."""
    entered = await passkey_actions.register(viewer, data, _device(request))
    return _come_in(entered, suite, status=201)


@post(
    "/api/v1/sign-in/options",
    operation_id="signInOptions",
    summary="Begin to sign in",
    status_code=200,
    **EVERYBODY,
)
async def sign_in_options() -> dict[str, Any]:
    """Options for `navigator.credentials.get`; they name no account."""
    return await passkey_actions.sign_in_options()


@post(
    "/api/v1/sign-in",
    operation_id="signIn",
    summary="Sign in with a passkey",
    status_code=200,
    **EVERYBODY,
)
async def sign_in(
    request: AnyRequest, data: JSONBody[PasskeyAnswer], suite: FromQuery[str] = "/"
) -> Response[Next]:
    """Sign in with a passkey; the answer's cookie opens a strong session."""
    entered = await passkey_actions.sign_in(data, _device(request), replacing=viewer_of(request))
    return _come_in(entered, suite, status=200)


@post(
    "/api/v1/push-subscriptions",
    operation_id="subscribePush",
    summary="Receive notifications in this browser",
    status_code=201,
    **PATIENTS,
)
async def subscribe(
    request: AnyRequest, viewer: NamedDependency[Viewer], data: JSONBody[NewSubscription]
) -> dict[str, str]:
    """Let this browser receive one's notifications until it signs out."""
    given = data.subscription
    wanted = SubscribePush(endpoint=given.endpoint, p256dh=given.keys.p256dh, auth=given.keys.auth)
    return {"id": str(await devices.subscribe(viewer, wanted, _device(request)))}


@delete(
    "/api/v1/push-subscriptions",
    operation_id="unsubscribePush",
    summary="Receive no more in this browser",
    **PATIENTS,
)
async def unsubscribe(viewer: NamedDependency[Viewer], data: JSONBody[OldSubscription]) -> None:
    """This browser receives no more notifications."""
    await devices.unsubscribe(viewer, data.endpoint)


def _come_in(entered: Entered, suite: str, status: int) -> Response[Next]:
    home = "/bureau" if entered.role else "/"
    wanted = safe_path(suite, home)
    answer = Response(Next(home if wanted == "/" else wanted), status_code=status)
    assert entered.token is not None
    answer.set_cookie(cookie(entered.token, entered.role))
    return answer


def _device(request: AnyRequest) -> str:
    return device_of(request.headers.get("user-agent"))


ROUTES = [passkey_options, add_passkey, sign_in_options, sign_in, subscribe, unsubscribe]
