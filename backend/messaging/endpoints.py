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
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


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


def is_public(address: str) -> bool:
    """Whether the whole internet can reach this IP address, and nobody else is behind it.

    >>> is_public("93.184.215.14"), is_public("2606:2800:21f::1")
    (True, True)
    >>> [is_public(one) for one in ("127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "224.0.0.1")]
    [False, False, False, False]
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        # An IPv4 address may be packed into one of these: what counts is where it leads in the end.
        if found.sixtofour or found.teredo or found in _TRANSLATED:
            return False
        found = found.ipv4_mapped or found
    return found.is_global and not found.is_multicast and not found.is_reserved


class PublicResolver(AbstractResolver):
    """Gives a host's public addresses only, so that no name leads into a private network."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """The addresses of `host` that the whole internet can reach; OSError when there is none."""
        found = await self._inner.resolve(host, port, family)  # type: ignore[arg-type]
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError(None, f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Nothing to give back."""
