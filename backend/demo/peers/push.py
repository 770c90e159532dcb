"""The push service: takes a push as RFC 8030, 8291 and 8292 say, and decrypts it as the browser would."""

import asyncio
import re

import http_ece
from aiohttp import web

from backend.demo.peers import subscriptions, vapid
from backend.demo.peers.behaviour import Answer, Behaviour, Told
from backend.demo.peers.messages import Channel, Message, MessageStore
from backend.kit import clock, ids

_LARGEST = 4096
"""Bytes of an encrypted message that every service must take (RFC 8030, section 7.2)."""

_URGENCIES = {"very-low", "low", "normal", "high"}
_ANSWERS = frozenset(Answer) - {Answer.MAIL_LATER, Answer.MAIL_NEVER}


class PushService:
    """Subscriptions under `/subscriptions`, their endpoints under `/push/`."""

    def __init__(self, store: MessageStore, behaviour: Behaviour, seed: bytes) -> None:
        self.url = ""
        self._store = store
        self._behaviour = behaviour
        self._seed = seed

    def routes(self) -> list[web.RouteDef]:
        """What the HTTP server is to answer."""
        return [
            web.post("/subscriptions", self._subscribe),
            web.post("/push/{name}/{binding}", self._push),
        ]

    def subscription(self, name: str, application_server_key: bytes) -> subscriptions.Subscription:
        """The subscription of that name, bound to that application server."""
        return subscriptions.subscription_for(name, self._seed, application_server_key, self.url)

    async def _subscribe(self, request: web.Request) -> web.Response:
        """What `PushManager.subscribe()` does for a page; without a `name` it is a new browser's."""
        try:
            asked = await request.json()
            key = subscriptions.from_base64(asked["application_server_key"])
            name = str(asked.get("name") or ids.new_id())
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest(text="application_server_key is needed, in base64") from None
        return web.json_response(self.subscription(name, key).as_json(), status=201)

    async def _push(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        body = await request.read()
        try:
            vapid.check(request.headers.get("Authorization", ""), self.url, request.match_info["binding"])
            _check_form(request, body)
            text = self._decrypt(name, body)
        except vapid.Refused as refused:
            return web.Response(status=refused.status, text=refused.reason)
        told = self._behaviour.next(Channel.PUSH, name, _ANSWERS)
        if told is not None and told.answer is not Answer.LOST:
            return await _misbehave(told)
        self._store.add(_message(name, text, request))
        if told is not None and request.transport is not None:
            request.transport.close()
        where = f"{self.url}/message/{ids.new_id()}"
        return web.Response(status=201, headers={"Location": where, "TTL": request.headers["TTL"]})

    def _decrypt(self, name: str, body: bytes) -> str:
        keys = subscriptions.keys_for(name, self._seed)
        try:
            plain: bytes = http_ece.decrypt(
                body, private_key=keys.private, auth_secret=keys.auth, version="aes128gcm"
            )
            return plain.decode()
        except (http_ece.ECEException, ValueError) as wrong:
            raise vapid.Refused(400, f"the browser could not read this: {wrong}") from None


def _check_form(request: web.Request, body: bytes) -> None:
    """Refuse what a real service refuses before it looks for the browser."""
    headers = request.headers
    if not re.fullmatch(r"\d+", headers.get("TTL", "")):
        raise vapid.Refused(400, "TTL is needed, in seconds")
    if headers.get("Content-Encoding") != "aes128gcm":
        raise vapid.Refused(415, "Content-Encoding is not aes128gcm")
    if len(body) > _LARGEST:
        raise vapid.Refused(413, f"{len(body)} bytes are more than {_LARGEST}")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("Topic", "none")):
        raise vapid.Refused(400, "Topic is not up to 32 characters of URL-safe base64")
    if headers.get("Urgency", "normal") not in _URGENCIES:
        raise vapid.Refused(400, "Urgency is not one of RFC 8030's")


async def _misbehave(told: Told) -> web.Response:
    if told.answer is Answer.HANG:
        await asyncio.get_running_loop().create_future()
    headers = {} if told.retry_after is None else {"Retry-After": str(told.retry_after)}
    return web.Response(status=int(told.answer), headers=headers)


def _message(name: str, text: str, request: web.Request) -> Message:
    kept = ("TTL", "Topic", "Urgency")
    return Message(
        channel=Channel.PUSH,
        to=name,
        at=clock.machine_now(),
        text=text,
        topic=request.headers.get("Topic", ""),
        headers={header: request.headers[header] for header in kept if header in request.headers},
    )
