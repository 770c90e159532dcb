"""Where pushes may go: the push services of the browsers, and nowhere else.

A subscription's endpoint is an address that a browser names and our worker then calls: without this list
anybody could make the worker call the practice's own network.
"""

import ipaddress
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

KNOWN_HOSTS = ("fcm.googleapis.com",)
KNOWN_DOMAINS = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
LONGEST = 2000


def is_push_service(endpoint: str, demo_peer: str | None = None) -> bool:
    """Whether we may push there; `demo_peer` is the address of the demo's own push service.

    >>> is_push_service("https://fcm.googleapis.com/fcm/send/abc")
    True
    >>> is_push_service("http://fcm.googleapis.com/a"), is_push_service("https://fcm.googleapis.com.evil.example/a")
    (False, False)
    >>> is_push_service("https://user@fcm.googleapis.com/a"), is_push_service("https://127.0.0.1/a")
    (False, False)
    """
    if len(endpoint) > LONGEST:
        return False
    if demo_peer and endpoint.startswith(demo_peer.rstrip("/") + "/"):
        return True
    try:
        url = urlsplit(endpoint)
        plain = url.port in (None, 443) and url.username is None
    except ValueError:
        return False
    host = (url.hostname or "").lower()
    return url.scheme == "https" and plain and (host in KNOWN_HOSTS or host.endswith(KNOWN_DOMAINS))


class PublicResolver(AbstractResolver):
    """Gives a host's public addresses only, so that no name leads into a private network."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """The addresses of `host` that the whole internet can reach; OSError when there is none."""
        found = await self._inner.resolve(host, port, family)  # type: ignore[arg-type]
        public = [one for one in found if ipaddress.ip_address(one["host"]).is_global]
        if not public:
            raise OSError(None, f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Nothing to give back."""
