"""What the app has promised to whom: people, their visits, offers, and the diary that it must agree with."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from backend.identity import actions as identity
from backend.kit.ids import new_id
from tests.flows.crowd import Runner, runners
from tests.flows.diary import CARES, Diary, Span, minutes_of
from tests.flows.test_race import double_bookings

RESULT = """
insert into triage_run (id, patient_id, account_id, questionnaire_version, answers, created_at, decided_at,
  urgency, outcome, care_key, advice)
values ($1, $2, $3, 'test', '{}', now(), now(), 'U4', 'T22', $4, 'T22')
"""
CHILD = """
with child as (
  insert into patient (id, given_name, family_name, birth_date, created_at)
  values ($1, 'Enfant', 'Test', '1992-05-05', now()))
insert into guardian (id, account_id, patient_id, relation, since) values ($1, $2, $1, 'helper', now())
"""
HELD = """
select u.hold_id, u.resource_id, u.starts_at, u.ends_at, u.expires_at, h.triage_id
from resource_use u join hold h on h.id = u.hold_id
where h.account_id = $1 and u.expires_at > business_now()
"""
Place = tuple[UUID, datetime]


class Person:
    """Somebody with an account: what their visits take, the answers they gave, what they hold for which."""

    def __init__(self, runner: Runner, care: str) -> None:
        self.runner, self.care, self.key = runner, CARES[care], care
        self.results: list[UUID] = [runner.id]
        self.holds: dict[UUID, UUID] = {}


class Visit:
    """A booked visit."""

    def __init__(self, id_: UUID, person: Person, result: UUID) -> None:
        self.id, self.person, self.result, self.care = id_, person, result, person.care
        self.practitioner: UUID
        self.chair: UUID
        self.start: datetime
        # The desk may lengthen a visit past closing time.
        self.stretched = False


class Promised:
    """The people, and the diary of what was promised to them."""

    def __init__(
        self, client: httpx.AsyncClient, owner: asyncpg.Connection, clock: Any, tally: Counter[str]
    ) -> None:
        self.client, self.owner, self.clock, self.tally = client, owner, clock, tally
        self.diary = Diary()
        self.visits: list[Visit] = []
        self.offers: dict[UUID, Any] = {}

    async def open(self, cares: Sequence[str], receptionist: UUID) -> None:
        """Everybody has answered the questions for two visits, and has none."""
        self.people = [Person((await runners(self.owner, 1, care))[0], care) for care in cares]
        for person in self.people:
            await self._answer_again(person, person.runner.id)
        (parent,) = await runners(self.owner, 1)
        self.family, child = Person(parent, "CTRL"), new_id()
        await self.owner.execute(CHILD, child, parent.id)
        await self._answer_again(self.family, child)
        self.desk = await identity.open_session(receptionist, strong=True, device="Test")
        await self.tick()

    async def tick(self) -> None:
        """Read the business clock for the next deed."""
        self.now = await self.clock.now()

    async def check(self) -> None:
        """The diary and the database say the same; nobody is in two places, nobody outside the hours."""
        await self.no_overlap()
        await self._learn_offers()
        rows = await self.owner.fetch(
            "select coalesce(appointment_id, hold_id, offer_id), resource_id, starts_at, ends_at "
            "from resource_use where expires_at is null or expires_at > $1",
            self.now,
        )
        lasting = {line[:4] for line in self.diary.lasting(self.now)}
        assert {tuple(row) for row in rows} == lasting, "what is taken is not what the diary says"
        found = await self.owner.fetch(
            "select id, practitioner_id, chair_id, starts_at, ends_at from appointment "
            "where status = 'booked'"
        )
        assert {tuple(row)[:4] for row in found} == {
            (visit.id, visit.practitioner, visit.chair, visit.start) for visit in self.visits
        }, "the visits are not those of the diary"
        stretched = {visit.id for visit in self.visits if visit.stretched}
        for visit, practitioner, _, start, end in found:
            inside = (self.diary.house.is_in(practitioner, minute) for minute in minutes_of(start, end))
            assert visit in stretched or all(inside), "a visit outside the hours"

    async def no_overlap(self) -> None:
        """As the database sees it, whatever the diary says."""
        assert await double_bookings(self.owner) == 0, "two in one place"

    def to_book(self, person: Person) -> UUID | None:
        """Answers of theirs that have not led to a visit yet."""
        booked = {visit.result for visit in self.visits}
        return next((one for one in person.results if one not in booked), None)

    def fits(self, person: Person, place: Place) -> bool:
        """Whether the diary has room for one of their visits."""
        return bool(self.diary.place(person.care, *place, self.now, own=person.holds))

    def held(self, person: Person, result: UUID, found: Sequence[Span], told: Any) -> None:
        """A hold stands, instead of what they held before."""
        self.diary.strike(*person.holds)
        hold, until = UUID(told["id"]), datetime.fromisoformat(told["expires_at"])
        person.holds = {hold: result}
        self.diary.write(hold, found, until)

    async def holds_found(self, person: Person) -> None:
        """Holds whose places the app chose: they must have been free. Two resources for each."""
        self.diary.strike(*person.holds)
        rows = await self.owner.fetch(HELD, person.runner.id)
        for row in rows:
            span = (row["resource_id"], row["starts_at"], row["ends_at"])
            assert not self.diary.is_taken(*span, self.now), "a bundle on somebody's place"
            self.diary.write(row["hold_id"], [span], row["expires_at"])
        person.holds = {row["hold_id"]: row["triage_id"] for row in rows}
        assert (len(rows), len(person.holds)) == (4, 2)

    def booked(self, person: Person, hold: UUID, told: Any) -> None:
        """A hold has become a visit."""
        visit = Visit(UUID(told["id"]), person, person.holds[hold])
        spans = [line[1:4] for line in self.diary.of(hold)]
        self.diary.strike(hold)
        self.visits.append(visit)
        self._stands(visit, UUID(told["practitioner"]), datetime.fromisoformat(told["starts_at"]), spans)

    def moved(self, visit: Visit, place: Place, found: Sequence[Span], chair: UUID | None = None) -> None:
        """It stands there now, unless there was no room or it was there already."""
        there = place == (visit.practitioner, visit.start) and chair in (None, visit.chair)
        if found and not there:
            self.tally["moved onto its own old time"] += self.diary.meets(visit.id, found)
            self._stands(visit, *place, found)
            visit.stretched = False

    def gone(self, visit: Visit) -> None:
        """It is cancelled."""
        self.diary.strike(visit.id)
        self.visits.remove(visit)

    async def version(self, visit: Visit) -> int:
        """As the page on which somebody acts would show it."""
        found: int = await self.owner.fetchval("select version from appointment where id = $1", visit.id)
        return found

    def _stands(self, visit: Visit, practitioner: UUID, start: datetime, spans: Sequence[Span]) -> None:
        self.diary.strike(visit.id)
        self.diary.write(visit.id, spans)
        visit.practitioner, visit.start = practitioner, start
        (visit.chair,) = {span[0] for span in spans} & self.diary.house.every_chair

    async def _answer_again(self, person: Person, patient: UUID) -> None:
        result = new_id()
        await self.owner.execute(RESULT, result, patient, person.runner.id, person.key)
        person.results.append(result)

    async def _learn_offers(self) -> None:
        """The app chooses whom it offers a freed place; it must be free, and is theirs while it is open."""
        rows = await self.owner.fetch("select * from place_offer")
        self.diary.strike(*(row["id"] for row in rows if row["state"] != "open"))
        for row in rows:
            if row["state"] == "open" and not self.diary.of(row["id"]):
                uses = await self.owner.fetch("select * from resource_use where offer_id = $1", row["id"])
                assert uses, "an open offer keeps nothing"
                spans = [(use["resource_id"], use["starts_at"], use["ends_at"]) for use in uses]
                assert not any(self.diary.is_taken(*span, self.now) for span in spans), "offered, not free"
                self.diary.write(row["id"], spans, uses[0]["expires_at"])
        for row in rows:
            before = self.offers.get(row["id"])
            self.tally[f"offer {row['state']}"] += before is None or before["state"] != row["state"]
        self.offers = {row["id"]: row for row in rows}
