"""Where a push may go: nowhere that a stranger could choose."""

import pytest
from aiohttp.abc import ResolveResult

from backend.messaging.endpoints import PublicResolver, is_push_service

PEER = "http://127.0.0.1:8090"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
        "https://fcm.googleapis.com:443/fcm/send/abc",
    ],
)
def test_the_browsers_own_services_are_known(endpoint: str) -> None:
    assert is_push_service(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/abc",
        "https://evil@fcm.googleapis.com/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com:port/abc",
        "https://evilpush.apple.com/abc",
        "https://127.0.0.1/abc",
        "https://[::1]/abc",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
        "https://web.push.apple.com/" + "a" * 2000,
        f"{PEER}/push/mother/1",
    ],
)
def test_everything_else_is_refused(endpoint: str) -> None:
    assert not is_push_service(endpoint)


def test_the_demos_own_peer_is_known_to_the_demo_alone() -> None:
    assert is_push_service(f"{PEER}/push/mother/1", PEER)
    assert not is_push_service("http://127.0.0.1:80901/push/mother/1", PEER)
    assert not is_push_service("http://127.0.0.1:8090.evil.example/push", PEER)


class _Inner:
    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts

    async def resolve(self, host: str, port: int, family: int) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self.hosts
        ]


async def test_a_name_never_leads_into_a_private_network() -> None:
    resolver = PublicResolver()
    resolver._inner = _Inner("10.0.0.1", "93.184.215.14", "127.0.0.1", "fd00::1")  # type: ignore[assignment]
    assert [one["host"] for one in await resolver.resolve("push.example", 443)] == ["93.184.215.14"]

    resolver._inner = _Inner("192.168.1.1", "169.254.169.254")  # type: ignore[assignment]
    with pytest.raises(OSError, match="no public address"):
        await resolver.resolve("push.example", 443)
