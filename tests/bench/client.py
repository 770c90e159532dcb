"""A browser reduced to its socket, so that what is measured is the server: HTTP/1.1,
keep-alive, no compression."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """Status, body, and how long it took in seconds."""

    status: int
    body: bytes
    seconds: float
    headers: bytes = b""

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


class Connection:
    """One kept-alive connection to a server on this machine."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.port, self._reader, self._writer = port, reader, writer

    async def get(self, path: str, token: str = "") -> Answer:
        """GET, with a session's cookie."""
        return await self._ask(self._head("GET", path, token) + b"\r\n")

    async def post(self, path: str, body: bytes, token: str = "", kind: str = "application/json") -> Answer:
        """POST as the app's own page would."""
        origin = f"Origin: http://localhost:{self.port}\r\nContent-Type: {kind}\r\n"
        length = f"Content-Length: {len(body)}\r\n\r\n"
        return await self._ask(self._head("POST", path, token) + origin.encode() + length.encode() + body)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    def _head(self, method: str, path: str, token: str) -> bytes:
        cookie = f"Cookie: quenotte={token}\r\n" if token else ""
        return f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n{cookie}".encode()

    async def _ask(self, request: bytes) -> Answer:
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        fields = head.lower()
        if b"transfer-encoding: chunked" in fields:
            body = await self._chunks()
        else:
            at = fields.find(b"content-length:")
            length = int(fields[at + 15 : fields.index(b"\r\n", at)]) if at >= 0 else 0
            body = await self._reader.readexactly(length) if length else b""
        return Answer(int(head[9:12]), body, time.perf_counter() - began, head)

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self._reader.readline(), 16):
            body += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()
        return body


async def connect(port: int) -> Connection:
    """Open a connection."""
    return Connection(port, *await asyncio.open_connection("127.0.0.1", port, limit=1 << 22))


Ask = Callable[[Connection], Awaitable[Answer]]


async def measure(port: int, ask: Ask, seconds: float, at_once: int) -> list[float]:
    """Ask again and again over `at_once` connections; how long each answer took, in seconds."""
    until, took = time.perf_counter() + seconds, list[float]()

    async def one() -> None:
        connection = await connect(port)
        while time.perf_counter() < until:
            answer = await ask(connection)
            assert answer.status == 200, answer
            took.append(answer.seconds)
        connection.close()

    await asyncio.gather(*(one() for _ in range(at_once)))
    return took
