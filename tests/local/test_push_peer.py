"""The push peer against pywebpush, and against pushes that a real service would refuse."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException, webpush_async

from backend.demo.peers import subscriptions
from backend.demo.peers.behaviour import Answer
from backend.demo.peers.messages import Channel
from backend.demo.peers.server import Peers
from tests.peers import SEED, running_peers

SAID = {"title": "Rendez-vous mardi 3 mars à 9 h 30", "path": "/rendez-vous"}


@pytest.fixture
async def peers(tmp_path: Path) -> AsyncIterator[Peers]:
    async with running_peers(tmp_path) as running:
        yield running


@pytest.fixture
def vapid() -> Vapid02:
    signer = Vapid02()
    signer.generate_keys()
    return signer


def public_key(signer: Vapid02) -> bytes:
    point: bytes = signer.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return point


async def push(peers: Peers, vapid: Vapid02, name: str = "mother", **more: Any) -> int:
    """One push through pywebpush; the status of the answer."""
    subscription = peers.subscription(name, public_key(vapid)).as_json()
    options = {"ttl": 3600, "vapid_claims": {"sub": "mailto:a@cabinet.example"}, **more}
    try:
        answer = await webpush_async(subscription, json.dumps(SAID), vapid_private_key=vapid, **options)
    except WebPushException as refused:
        assert refused.response is not None
        return int(refused.response.status)
    return int(answer.status)


async def raw_push(
    peers: Peers,
    vapid: Vapid02,
    claims: dict[str, object] | None = None,
    headers: dict[str, str | None] | None = None,
) -> int:
    """One well-made push with some claims or headers replaced, or (None) left out; the status."""
    subscription = peers.subscription("mother", public_key(vapid))
    body = WebPusher(subscription.as_json()).encode(json.dumps(SAID).encode())["body"]
    sure = {"aud": peers.url, "exp": int(time.time()) + 3600, "sub": "mailto:a@cabinet.example"}
    token = jwt.encode({**sure, **(claims or {})}, vapid.private_key, "ES256")
    key = subscriptions.to_base64(public_key(vapid))
    usual = {
        "Authorization": f"vapid t={token}, k={key}",
        "TTL": "60",
        "Content-Encoding": "aes128gcm",
        **(headers or {}),
    }
    sent = {name: value for name, value in usual.items() if value is not None}
    return await post(subscription.endpoint, body, sent)


async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


async def test_a_push_is_taken_and_read_as_the_browser_would(peers: Peers, vapid: Vapid02) -> None:
    assert await push(peers, vapid, headers={"Topic": "visit1", "Urgency": "high"}) == 201

    (message,) = peers.messages.all()
    assert json.loads(message.text) == SAID
    assert (message.channel, message.to, message.topic) == (Channel.PUSH, "mother", "visit1")
    assert message.headers == {"TTL": "3600", "Topic": "visit1", "Urgency": "high"}


async def test_a_push_with_nothing_wrong_is_taken(peers: Peers, vapid: Vapid02) -> None:
    assert await raw_push(peers, vapid) == 201


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (401, {"Authorization": None}),
        (401, {"Authorization": "Bearer abc"}),
        (403, {"Authorization": "vapid t=a.b.c, k=AAAA"}),
        (400, {"TTL": None}),
        (400, {"TTL": "soon"}),
        (415, {"Content-Encoding": "aesgcm"}),
        (400, {"Topic": "two words"}),
        (400, {"Topic": "x" * 33}),
        (400, {"Urgency": "now"}),
    ],
)
async def test_a_malformed_push_is_refused(
    peers: Peers, vapid: Vapid02, status: int, headers: dict[str, str | None]
) -> None:
    assert await raw_push(peers, vapid, headers=headers) == status
    assert peers.messages.all() == []


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://push.example"},
        {"exp": int(time.time()) - 1},
        {"exp": int(time.time()) + 25 * 3600},
        {"sub": "the practice"},
    ],
)
async def test_a_wrong_token_is_refused(peers: Peers, vapid: Vapid02, claims: dict[str, object]) -> None:
    assert await raw_push(peers, vapid, claims=claims) == 403
    assert peers.messages.all() == []


async def test_a_forged_signature_is_refused(peers: Peers, vapid: Vapid02) -> None:
    thief = jwt.encode(
        {"aud": peers.url, "exp": int(time.time()) + 60}, ec.generate_private_key(ec.SECP256R1()), "ES256"
    )
    key = subscriptions.to_base64(public_key(vapid))
    assert await raw_push(peers, vapid, headers={"Authorization": f"vapid t={thief}, k={key}"}) == 403


async def test_another_application_server_may_not_push(peers: Peers, vapid: Vapid02) -> None:
    other = Vapid02()
    other.generate_keys()
    of_the_first = peers.subscription("mother", public_key(vapid)).as_json()
    with pytest.raises(WebPushException, match="403"):
        await webpush_async(
            of_the_first,
            "{}",
            vapid_private_key=other,
            vapid_claims={"sub": "mailto:a@cabinet.example"},
            ttl=60,
        )
    assert peers.messages.all() == []


async def test_more_than_4096_bytes_are_refused(peers: Peers, vapid: Vapid02) -> None:
    subscription = peers.subscription("mother", public_key(vapid)).as_json()
    with pytest.raises(WebPushException, match="413"):
        await webpush_async(
            subscription,
            "x" * 4096,
            vapid_private_key=vapid,
            vapid_claims={"sub": "mailto:a@cabinet.example"},
            ttl=60,
        )


async def test_what_the_browser_could_not_read_is_refused(peers: Peers, vapid: Vapid02) -> None:
    mother = peers.subscription("mother", public_key(vapid))
    teen = peers.subscription("teen", public_key(vapid))
    with pytest.raises(WebPushException, match="400"):
        await webpush_async(
            {**teen.as_json(), "endpoint": mother.endpoint},
            "{}",
            vapid_private_key=vapid,
            vapid_claims={"sub": "mailto:a@cabinet.example"},
            ttl=60,
        )


async def test_a_page_may_ask_for_a_subscription(peers: Peers, vapid: Vapid02) -> None:
    asked = {"application_server_key": subscriptions.to_base64(public_key(vapid))}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{peers.url}/subscriptions", json=asked) as answer:
            given = await answer.json()
        async with session.post(f"{peers.url}/subscriptions", json={}) as answer:
            assert answer.status == 400
    answer = await webpush_async(
        given, "{}", vapid_private_key=vapid, vapid_claims={"sub": "mailto:a@cabinet.example"}, ttl=60
    )
    assert answer.status == 201


def test_a_name_and_a_seed_give_the_same_subscription() -> None:
    one = subscriptions.subscription_for("mother", SEED, b"key", "http://127.0.0.1:1")
    assert subscriptions.subscription_for("mother", SEED, b"key", "http://127.0.0.1:1") == one
    assert subscriptions.subscription_for("teen", SEED, b"key", "http://127.0.0.1:1").p256dh != one.p256dh
    assert subscriptions.subscription_for("mother", b"x", b"key", "http://127.0.0.1:1").auth != one.auth


@pytest.mark.parametrize(
    "answer", [Answer.UNKNOWN, Answer.GONE, Answer.TOO_LARGE, Answer.TOO_MANY, Answer.BROKEN]
)
async def test_it_refuses_when_told_to_and_only_then(peers: Peers, vapid: Vapid02, answer: Answer) -> None:
    peers.misbehave(Channel.PUSH, answer, "mother", retry_after=7)

    assert await push(peers, vapid, "teen") == 201
    assert await push(peers, vapid) == int(answer)
    assert await push(peers, vapid) == 201
    assert [message.to for message in peers.messages.all()] == ["teen", "mother"]


async def test_too_many_says_when_to_come_back(peers: Peers, vapid: Vapid02) -> None:
    peers.misbehave(Channel.PUSH, Answer.TOO_MANY, retry_after=7)
    with pytest.raises(WebPushException) as refused:
        await webpush_async(
            peers.subscription("mother", public_key(vapid)).as_json(),
            "{}",
            vapid_private_key=vapid,
            vapid_claims={"sub": "mailto:a@cabinet.example"},
            ttl=60,
        )
    assert refused.value.retry_after == "7"


async def test_a_lost_answer_leaves_the_message(peers: Peers, vapid: Vapid02) -> None:
    peers.misbehave(Channel.PUSH, Answer.LOST)
    with pytest.raises(aiohttp.ClientError):
        await push(peers, vapid)
    assert len(peers.messages.all()) == 1


async def test_hanging_takes_nothing(peers: Peers, vapid: Vapid02) -> None:
    peers.misbehave(Channel.PUSH, Answer.HANG)
    with pytest.raises(TimeoutError):
        await push(peers, vapid, timeout=0.2)
    assert peers.messages.all() == []
