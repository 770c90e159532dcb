"""The demo's own doors: enter as anyone, move the clock, read what was sent. None exists outside the demo."""

from datetime import datetime, timedelta
from typing import Any

import aiohttp
import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from backend.demo import clock_repository
from backend.demo.cast import cast
from backend.demo.scene import Person
from backend.identity import actions as identity
from backend.identity.model import Role
from backend.identity.sessions import cookie
from backend.kit import clock, dates
from backend.kit.errors import NotFound
from backend.kit.forms import FormReader
from backend.kit.render import AnyRequest, page
from backend.kit.settings import settings
from backend.outbox.bell import ring
from backend.practice.repository import default_site

FARTHEST = timedelta(days=3650)
OPEN: dict[str, Any] = {"opt": {"open_to_all": True}, "include_in_schema": False}


class Received(msgspec.Struct):
    """A message as it reached somebody's phone or mail box."""

    to: str
    person: str
    channel: str
    at: str
    said_at: str
    subject: str
    body: str
    link: str | None


class Door(msgspec.Struct):
    """One of the cast, for the page that lets you in."""

    id: str
    name: str
    says: str


class DemoView(msgspec.Struct):
    """The demo's page: who may be entered as, and what time it is for the practice."""

    families: list[Door]
    staff: list[Door]
    now: str
    steps: list[tuple[str, str]]
    messages: list[Received]


@get("/demo", **OPEN)
async def show(request: AnyRequest) -> Response[str]:
    """The cast, the clock and the newest messages on one page."""
    return await page(request, "demo/show.html", await _view(newest=4))


async def _view(newest: int | None) -> DemoView:
    now, zone = await clock.business_now(), (await default_site()).zone
    steps = [(f"+{days} j", (now + timedelta(days=days)).isoformat()) for days in (1, 2, 5, 7)]
    return DemoView(
        families=[_door(person) for person in cast().accounts if not person.role],
        staff=[_door(person) for person in cast().accounts if person.role],
        now=dates.moment(now, zone),
        steps=[("+1 h", (now + timedelta(hours=1)).isoformat()), *steps],
        messages=(await _received(zone))[:newest],
    )


def _door(person: Person) -> Door:
    return Door(person.id, f"{person.given_name} {person.family_name}".strip(), person.says)


@post("/demo/enter", status_code=303, **OPEN)
async def enter(request: AnyRequest) -> Response[None]:
    """Open a session as one of the cast (`person=mother`), as if a passkey had been used."""
    chosen = str((await request.form()).get("person", ""))
    person = cast().people.get(chosen)
    if person is None or person.account_id is None:
        raise NotFound
    token = await identity.open_session(person.account_id, strong=True, device="Démonstration")
    answer: Response[None] = Redirect("/bureau" if person.role else "/", status_code=303)
    answer.set_cookie(cookie(token, Role(person.role) if person.role else None))
    return answer


@post("/demo/clock", status_code=303, **OPEN)
async def move_clock(request: AnyRequest) -> Response[Any]:
    """Move business time forward to `to` (ISO 8601 with an offset), and wake the worker."""
    form = FormReader(dict(await request.form()))
    try:
        moment = datetime.fromisoformat(form.text("to"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment > await clock.business_now() + FARTHEST:
        form.mistake("to", "demo.clock_needs_a_moment")
    form.finish()
    assert moment is not None
    now = await clock_repository.move_to(moment)
    await ring()
    if "application/json" in request.headers.get("accept", ""):
        return Response({"now": now.isoformat()}, status_code=200)
    return Redirect("/demo", status_code=303)


@get("/demo/messages", **OPEN)
async def messages(request: AnyRequest) -> Response[Any]:
    """What was sent to whom, newest first, as a page or (Accept: application/json) as JSON."""
    if "application/json" in request.headers.get("accept", ""):
        return Response({"messages": await _received((await default_site()).zone)})
    return await page(request, "demo/messages.html", await _view(newest=None))


async def _received(zone: str) -> list[Received]:
    timeout = aiohttp.ClientTimeout(total=3)
    url = f"{settings().demo_peers_url}/messages"
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url) as answer:
            found: list[dict[str, Any]] = (await answer.json())["messages"]
    except (aiohttp.ClientError, TimeoutError):
        # The peers are starting, or gone: the doors and the clock are of use without them.
        return []
    return [_as_received(one, zone) for one in reversed(found)]


def _as_received(one: dict[str, Any], zone: str) -> Received:
    """Told apart by whom it reached: an e-mail by its address, a push by its subscription's name."""
    person = cast().by_address(one["to"])
    name = f"{person.given_name} {person.family_name}" if person else one["to"]
    if one["channel"] == "push":
        notice = msgspec.json.decode(one["text"]).get("notification", {})
        subject, body, link = notice.get("title", ""), notice.get("body", ""), notice.get("navigate")
    else:
        subject, body = one["subject"], one["text"]
        link = next((word for word in body.split() if word.startswith(settings().public_url)), None)
    return Received(
        to=one["to"],
        person=name,
        channel=one["channel"],
        at=one["at"],
        said_at=dates.moment(datetime.fromisoformat(one["at"]), zone),
        subject=subject,
        body=body,
        link=link,
    )


ROUTES = [show, enter, move_clock, messages]
