"""Asking another software for its agenda, and being careful with the answer.

The owner types the address, so the worker may not be led by it into the practice's own network: every
address, each redirect's too, is https with a host name, and what is called is the very number that the
name was looked up to and that the whole internet can reach. Nothing is kept of an answer past its limit.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urljoin

import aiohttp

from backend.calendars import rules
from backend.calendars.model import Answer, Due, Failed, Trouble
from backend.messaging.endpoints import PublicResolver

LARGEST = 5 * 1024 * 1024
SECONDS_TO_CONNECT, SECONDS = 5.0, 20.0
MOST_REDIRECTS = 3
LONGEST_MARK = 200
"""Of an ETag that is worth keeping."""
_PIECE = 64 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})
# Packed answers could unpack to anything, so none is asked for.
_HEADERS = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Quenotte"}


@asynccontextmanager
async def open_fetcher(demo_peer: str | None) -> AsyncIterator["Fetcher"]:
    """A fetcher with its connections; `demo_peer` is the address of the demo's own other software."""
    timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=SECONDS_TO_CONNECT)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=PublicResolver(), force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=timeout,
        headers=_HEADERS,
        auto_decompress=False,
        trust_env=False,
    ) as session:
        yield Fetcher(session, demo_peer)


class Fetcher:
    """Asks for one agenda after another."""

    def __init__(self, session: aiohttp.ClientSession, demo_peer: str | None) -> None:
        self._session, self._demo_peer = session, demo_peer

    async def fetch(self, due: Due, *, whole: bool) -> Answer:
        """The file, or that it is the same as last time (never when `whole`). Raises Failed."""
        asked = {} if whole else _conditions(due)
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(due.url, asked)
        except TimeoutError:
            raise Failed(Trouble.TOO_SLOW) from None
        except aiohttp.ClientError:
            raise Failed(Trouble.UNREACHABLE) from None

    async def _follow(self, address: str, asked: dict[str, str]) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            if not rules.is_allowed(address, self._demo_peer):
                raise Failed(Trouble.ADDRESS)
            async with self._session.get(address, headers=asked, allow_redirects=False) as answer:
                if answer.status not in _MOVED:
                    return await _taken(answer)
                address = _led_to(address, answer.headers.get("Location", ""))
        raise Failed(Trouble.BROKEN)


def _led_to(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:  # "https://[": no address at all
        raise Failed(Trouble.ADDRESS) from None


def _conditions(due: Due) -> dict[str, str]:
    said = {"If-None-Match": due.etag, "If-Modified-Since": due.last_modified}
    return {name: value for name, value in said.items() if value}


async def _taken(answer: aiohttp.ClientResponse) -> Answer:
    if answer.status == 304:
        return Answer(None)
    if answer.status != 200:
        raise Failed(Trouble.REFUSED if 400 <= answer.status < 500 else Trouble.BROKEN)
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise Failed(Trouble.NO_CALENDAR)
    if (answer.content_length or 0) > LARGEST:
        raise Failed(Trouble.TOO_LARGE)
    body = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > LARGEST:
            raise Failed(Trouble.TOO_LARGE)
    return Answer(bytes(body), _mark(answer, "ETag"), _mark(answer, "Last-Modified"))


def _mark(answer: aiohttp.ClientResponse, name: str) -> str | None:
    value = answer.headers.get(name, "")
    return value if value.isprintable() and 0 < len(value) <= LONGEST_MARK else None
