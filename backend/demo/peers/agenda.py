"""Another software's agenda: an iCalendar file, served as such software does, or badly.

`/agenda/demo.ics` is the demo's: a meeting next Tuesday, and a course on Thursdays in some months. The
tests put in files of their own, and make them late, huge or lead elsewhere.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from backend.kit import clock

LINE = "\r\n"
TUESDAY, THURSDAY = 2, 4


class Served(msgspec.Struct):
    """How a name is answered. `location` leads elsewhere, `hangs` waits for `released`."""

    body: bytes = b""
    status: int = 200
    location: str = ""
    hangs: bool = False
    endless: bool = False
    headers: dict[str, str] = {}


class AgendaServer:
    """Files under `/agenda/`; `asked` keeps what came, each with its If-None-Match."""

    def __init__(self) -> None:
        self.files: dict[str, Served | Callable[[], Served]] = {"demo.ics": _demo_file}
        self.asked: list[tuple[str, str]] = []
        self.came = asyncio.Event()
        self.released = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """What the HTTP server is to answer."""
        return [web.get("/agenda/{name}", self._get), web.put("/agenda/{name}", self._put)]

    async def _put(self, request: web.Request) -> web.Response:
        self.files[request.match_info["name"]] = Served(await request.read())
        return web.Response(status=204)

    async def _get(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        known = request.headers.get("If-None-Match", "")
        self.asked.append((name, known))
        self.came.set()
        found = self.files.get(name)
        if found is None:
            raise web.HTTPNotFound
        served = found if isinstance(found, Served) else found()
        if served.hangs:
            await self.released.wait()
        if served.location:
            return web.Response(status=302, headers={"Location": served.location})
        if served.endless:
            return web.Response(body=_for_ever(), content_type="text/calendar")
        mark = f'"{hashlib.sha256(served.body).hexdigest()[:16]}"'
        if served.status == 200 and known == mark:
            return web.Response(status=304, headers={"ETag": mark})
        headers = {"ETag": mark, "Content-Type": "text/calendar; charset=utf-8", **served.headers}
        return web.Response(body=served.body, status=served.status, headers=headers)


def calendar(*entries: str) -> bytes:
    """A file of these entries, each given by its lines between BEGIN and END."""
    events = [f"BEGIN:VEVENT{LINE}{one.strip().replace(chr(10), LINE)}{LINE}END:VEVENT" for one in entries]
    return LINE.join(
        ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Autre logiciel//FR", *events, "END:VCALENDAR", "")
    ).encode()


def _demo_file() -> Served:
    today = clock.machine_now()
    meeting, course = _next(today, TUESDAY, 0), _next(today, THURSDAY, 120)
    return Served(
        calendar(
            f"UID:reunion@autre-logiciel.example\nSUMMARY:Réunion\nDTSTART:{meeting}T100000\nDURATION:PT45M",
            f"UID:cours@autre-logiciel.example\nSUMMARY:Cours\nDTSTART:{course}T170000\nDURATION:PT2H\n"
            "RRULE:FREQ=WEEKLY;COUNT=8",
        )
    )


def _next(today: datetime, weekday: int, least_days: int) -> str:
    """The first such day of the week at least so many days after today, as iCalendar writes it."""
    day = today + timedelta(days=least_days + 1)
    return f"{day + timedelta(days=(weekday - day.isoweekday()) % 7):%Y%m%d}"


async def _for_ever() -> AsyncIterator[bytes]:
    yield b"BEGIN:VCALENDAR\r\n"
    while True:
        yield b"X-FILLER:" + b"a" * 65000 + b"\r\n"
