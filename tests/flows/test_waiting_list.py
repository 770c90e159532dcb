"""R3: places are given back while offers of them are answered, run out, and others book there.

Over HTTP, on the real database, with the worker's own handlers and clock work beside. Nothing is given twice,
and every offer ends once. In the control an answer and an expiry look first and write later, without asking
in one statement: the same hustle then ends offers twice.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from backend.booking import waiting_jobs, waiting_repository
from backend.booking.model import FreeSlot
from backend.booking.model.waiting import OfferState
from backend.booking.rules import waiting
from backend.identity.sessions import cookie_name
from backend.kit import db
from backend.kit.ids import digest, new_id, new_token
from backend.kit.settings import settings
from backend.outbox.relay import Relay
from backend.reminders.links import token_for
from backend.worker import EVENTS
from tests.booking.conftest import Steps
from tests.booking.waiting_scene import overlaps
from tests.flows.crowd import SEED, counted, sized
from tests.post import tomorrow_noon
from tests.visits import FIRST_CHAIR, ROUX, SITE

pytestmark = pytest.mark.slow

PEOPLE = 20
ROUNDS = sized(15, 50)
CANCELLED_A_ROUND = 10

PERSON = """
with person as (
  insert into account (id, given_name, family_name, created_at) values ($1, 'Attente', 'Test', now())),
patient as (
  insert into patient (id, given_name, family_name, birth_date, created_at)
  values ($1, 'Attente', 'Test', '1990-05-05', now())),
guardian as (
  insert into guardian (id, account_id, patient_id, relation, since) values ($1, $1, $1, 'self', now()))
insert into session (id, token_digest, account_id, strong, device, created_at, last_seen_at, expires_at)
values ($1, $2, $1, true, 'Test', now(), now(), now() + interval '1 day')
"""
VISIT = """
insert into appointment (id, patient_id, booked_by, practitioner_id, chair_id, site_id, care_key, urgency,
  starts_at, ends_at, duration, status, version, created_at, changed_at)
values ($1, $2, $2, $3, $4, $5, 'CTRL', 'U4', $6, $7, '{"minutes": 20, "lines": []}', 'booked', 1,
  now(), now())
"""
WISH = """
insert into waiting_wish (id, appointment_id, patient_id, account_id, weekdays, from_time, until_time,
  notice_minutes, created_at)
values ($1, $2, $3, $3, '{1,2,3,4,5,6,7}', '00:00', '23:59', 60, now())
"""


class Hustle:
    """People who wait, one who gives places back, one who books there, and the worker."""

    def __init__(self, browser: httpx.AsyncClient, owner: asyncpg.Connection, slots: list[FreeSlot]) -> None:
        self.browser, self.owner, self.slots = browser, owner, slots
        self.chance = random.Random(SEED)
        self.tokens: dict[UUID, str] = {}
        self.statuses: Counter[str] = Counter()
        self.cancelled = 0

    async def person(self) -> UUID:
        one, token = new_id(), new_token()
        await self.owner.execute(PERSON, one, digest(token))
        self.tokens[one] = token
        return one

    async def visit(self, person: UUID, practitioner: UUID, chair: UUID, start: datetime) -> UUID:
        visit, end = new_id(), start + timedelta(minutes=20)
        await self.owner.execute(VISIT, visit, person, practitioner, chair, SITE, start, end)
        await self.owner.executemany(
            "insert into resource_use (id, resource_id, starts_at, ends_at, appointment_id) "
            "values ($1, $2, $3, $4, $5)",
            [(new_id(), one, start, end, visit) for one in (practitioner, chair)],
        )
        return visit

    async def post(self, what: str, path: str, person: UUID | None = None, **body: Any) -> None:
        headers = {"cookie": f"{cookie_name()}={self.tokens[person]}"} if person else {}
        answer = await self.browser.post(path, json=body or None, headers=headers)
        self.statuses[f"{what} {answer.status_code}"] += 1

    async def begin(self, now: datetime) -> None:
        """Everybody has a visit in forty days and more, and waits for an earlier one."""
        self.far = (now + timedelta(days=40)).replace(minute=0)
        self.waiting = [await self.person() for _ in range(PEOPLE)]
        self.giver, self.mover = await self.person(), await self.person()
        for number, one in enumerate(self.waiting):
            visit = await self.visit(one, ROUX, FIRST_CHAIR, self.far + timedelta(hours=number))
            await self.owner.execute(WISH, new_id(), visit, one)
        self.moving = await self.visit(self.mover, ROUX, FIRST_CHAIR, self.far - timedelta(hours=2))

    async def round(self) -> None:
        """Places come free; everything happens to them at once."""
        chosen = self.chance.sample(self.slots, CANCELLED_A_ROUND)
        visits = [
            await self.visit(self.giver, one.practitioner_id, one.chair_id, one.start) for one in chosen
        ]
        over = asyncio.Event()
        beside = [asyncio.create_task(self._until(over, work)) for work in (_work, _sweep, self._hurry)]
        cancels = (
            self.post("cancel", f"/api/v1/appointments/{one}/cancel", self.giver, version=1) for one in visits
        )
        await asyncio.gather(*cancels, *(self._rebook(one) for one in chosen[:3]))
        self.cancelled += len(visits)
        for _ in range(60):
            if not await self._answer_all() and not await self._is_told():
                break
        over.set()
        await asyncio.gather(*beside)
        await self._settle()

    async def _until(self, over: asyncio.Event, work: Callable[[], Awaitable[object]]) -> None:
        while not over.is_set():
            await work()
            await asyncio.sleep(0)

    async def _is_told(self) -> bool:
        """Whether the worker still has something to hear; gives it time to."""
        await asyncio.sleep(0.02)
        return bool(await db.fetch_value("select count(*) from outbox_event where done_at is null"))

    async def _answer_all(self) -> int:
        """Every open offer is answered twice at once, as often yes as no; how many answers."""
        rows = await db.fetch(
            "select d.id from delivery d join place_offer o on o.id = d.subject_id where o.state = 'open'"
        )
        answers = []
        for row in rows:
            link = f"/place/{token_for(row['id'], settings().secret)}"
            for _ in range(2):
                answers.append(self.post("answer", f"{link}/{self.chance.choice(['accepter', 'refuser'])}"))
        await asyncio.gather(*answers)
        return len(answers)

    async def _hurry(self) -> None:
        """The time of some open offers ends in a moment."""
        await db.execute(
            """
            with soon as (
              update place_offer set expires_at = business_now() + interval '20 milliseconds'
              where state = 'open' and random() < 0.03 returning id)
            update resource_use set expires_at = business_now() + interval '20 milliseconds'
            where offer_id in (select id from soon)
            """
        )
        await asyncio.sleep(0.03)

    async def _rebook(self, slot: FreeSlot) -> None:
        version = await db.fetch_value("select version from appointment where id = $1", self.moving)
        place = {"start": slot.start.isoformat(), "practitioner_id": str(slot.practitioner_id)}
        path = f"/api/v1/appointments/{self.moving}/move"
        await self.post("move", path, self.mover, version=version, **place)

    async def _settle(self) -> None:
        """What is still open runs out; then everybody who moved is far away again and waits anew."""
        busy = 1
        while busy:
            busy = await _work() + await _sweep()
            for ending in (
                "update freed_place set state = 'late', closed_at = now() where state = 'open'",
                "update place_offer set expires_at = business_now() where state = 'open'",
                "update outbox_event set available_at = now() where done_at is null",
            ):
                busy += int((await self.owner.execute(ending)).rsplit(" ", 1)[-1])
        assert await overlaps() == 0
        assert await given_twice() == 0
        await self._wait_anew()

    async def _wait_anew(self) -> None:
        moved = await self.owner.fetch(
            "select id, patient_id from appointment "
            "where starts_at < $1::timestamptz - interval '1 day' and status = 'booked'",
            self.far,
        )
        for row in moved:
            visit, person = row["id"], row["patient_id"]
            await self.owner.execute("delete from resource_use where appointment_id = $1", visit)
            await self.owner.execute("update appointment set status = 'cancelled' where id = $1", visit)
            if visit == self.moving:
                self.moving = await self.visit(person, ROUX, FIRST_CHAIR, self.far - timedelta(hours=2))
            else:
                start = self.far + timedelta(hours=self.waiting.index(person))
                again = await self.visit(person, ROUX, FIRST_CHAIR, start)
                await self.owner.execute(WISH, new_id(), again, person)


async def _work() -> int:
    return await Relay(EVENTS).sweep()


async def _sweep() -> int:
    return await waiting_jobs.expire_offers()


async def given_twice() -> int:
    """Pairs of booked visits of one practitioner that overlap."""
    found: int = await db.fetch_value(
        """
        select count(*) from appointment a join appointment b
          on a.practitioner_id = b.practitioner_id and a.id < b.id and a.status = 'booked'
          and b.status = 'booked' and a.starts_at < b.ends_at and b.starts_at < a.ends_at
        """
    )
    return found


async def ends() -> dict[str, int]:
    """How many offers were told to have ended how often; "0" for those that never ended."""
    rows = await db.fetch(
        """
        select ends, count(*) as offers from (
          select o.id, count(e.id) as ends from place_offer o
          left join outbox_event e on e.name = 'OfferEnded' and e.payload ->> 'offer_id' = o.id::text
          group by o.id) as told group by ends
        """
    )
    return {str(row["ends"]): row["offers"] for row in rows}


@pytest.fixture
async def hustle(
    anonymous: httpx.AsyncClient,
    database: asyncpg.Connection,
    cast: Any,
    viewer_of: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Hustle:
    """Twenty people wait. Three offers a week would be soon used up: that limit is tested elsewhere."""
    monkeypatch.setattr(waiting, "MOST_A_WEEK", 10_000)
    now = await clock.move_to(tomorrow_noon(await clock.now()))
    steps = Steps(cast, viewer_of)
    listed = await steps.slots(await steps.decided("mother", "mother"))
    apart: list[FreeSlot] = []
    for slot in listed:
        if slot.start > now + timedelta(days=1) and all(
            abs(slot.start - other.start) >= timedelta(hours=1) for other in apart
        ):
            apart.append(slot)
    found = Hustle(anonymous, database, apart)
    await found.begin(now)
    return found


async def test_nothing_is_given_twice_and_every_offer_ends_once(hustle: Hustle) -> None:
    with counted(f"R3: {ROUNDS * CANCELLED_A_ROUND} cancellations, {PEOPLE} people who wait") as counts:
        for _ in range(ROUNDS):
            await hustle.round()
            counts["given twice"] = counts.get("given twice", 0) + await given_twice()
        counts |= {f"told to have ended {times} x": offers for times, offers in (await ends()).items()}
    states = {
        row["state"]: row["count"]
        for row in await db.fetch("select state, count(*) from place_offer group by 1")
    }
    counts |= states
    assert hustle.cancelled == ROUNDS * CANCELLED_A_ROUND
    assert not [status for status in hustle.statuses if " 5" in status]
    assert set(states) >= {"accepted", "refused", "expired"}
    assert "open" not in states
    assert set(await ends()) == {"1"}


async def test_control_without_the_one_statement_offers_end_twice(
    hustle: Hustle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_first(offer_id: UUID, state: OfferState = OfferState.EXPIRED) -> bool:
        is_open = await db.fetch_value("select state = 'open' from place_offer where id = $1", offer_id)
        await asyncio.sleep(0.002)
        if is_open:
            await db.execute(
                "update place_offer set state = $2, ended_at = business_now() where id = $1", offer_id, state
            )
        return bool(is_open)

    monkeypatch.setattr(waiting_repository, "end_in_time", look_first)
    monkeypatch.setattr(waiting_repository, "end_expired", look_first)
    with counted("R3, control: look first, write later") as counts:
        for _ in range(3):
            await hustle.round()
        found = await ends()
        counts |= {f"told to have ended {times} x": offers for times, offers in found.items()}
    assert sum(offers for times, offers in found.items() if int(times) > 1) > 0
