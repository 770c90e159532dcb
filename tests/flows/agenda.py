"""What people and the desk ask of an agenda over HTTP, each answer held against the naive diary.

A place is given exactly when the diary has room for it. What the app chooses itself, a bundle's places or
whom it offers a freed one, is read back and must be free in the diary before it is written there.
"""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from backend.booking import jobs, waiting_jobs
from backend.kit.settings import settings
from backend.reminders.links import token_for
from tests.flows.crowd import places_of
from tests.flows.diary import PARIS, STEP
from tests.flows.promised import Person, Place, Promised, Visit
from tests.flows.test_race import API
from tests.visits import hand_on

FORGOTTEN = timedelta(hours=1)


class Agenda(Promised):
    """What may be done to it, by whom."""

    async def hold(self, person: Person, place: Place) -> None:
        """Kept exactly when there is room; whoever is refused is shown places that are free."""
        if (result := self.to_book(person)) is None:
            return
        found = self.diary.place(person.care, *place, self.now, own=person.holds)
        answer = await self._ask_hold(person, result, place)
        self._expect("hold", answer, 201 if found else 409, "booking.slot_taken")
        if found:
            self.held(person, result, found, answer.json())
        else:
            self._others_are_free(person, answer)

    async def hold_at_once(self, one: Person, other: Person, place: Place) -> None:
        """Two ask for the same place at the same moment: one of those for whom there is room has it."""
        asked = [(person, self.to_book(person)) for person in (one, other)]
        able = [(person, result) for person, result in asked if result is not None]
        room = [self.diary.place(who.care, *place, self.now, own=who.holds) for who, _ in able]
        answers = await asyncio.gather(*(self._ask_hold(who, result, place) for who, result in able))
        won = [answer.status_code == 201 for answer in answers]
        await self.no_overlap()
        assert sum(won) == any(room), f"at the same moment {sum(won)} had room, not {any(room):d}"
        self.tally["at once, one won" if any(won) else "at once, refused"] += 1
        for (person, result), found, answer in zip(able, room, answers, strict=True):
            if answer.status_code == 201:
                self.held(person, result, found, answer.json())

    async def book(self, person: Person) -> None:
        """A hold becomes a visit as long as it lasts; an hour after its end it is forgotten."""
        for hold in list(person.holds):
            until = self.diary.until(hold)
            answer = await person.runner.book(self.client, str(hold))
            if answer.status_code == 404 and until + FORGOTTEN < self.now:
                continue
            self._expect("book", answer, 201 if self.now < until else 409, "booking.hold_expired")
            if self.now < until:
                self.booked(person, hold, answer.json())
        person.holds.clear()

    async def move(self, visit: Visit, place: Place) -> None:
        """Also onto a time that overlaps its own; without room it stays."""
        practitioner, start = place
        found = self.diary.place(visit.care, practitioner, start, self.now, own={visit.id})
        wanted = {"start": start.isoformat(), "practitioner_id": str(practitioner)}
        answer = await self._change(visit, "move", wanted)
        self._expect("move", answer, 200 if found else 409, "booking.slot_taken")
        self.moved(visit, place, found)

    async def cancel(self, visit: Visit) -> None:
        """Its place is free from that moment."""
        self._expect("cancel", await self._change(visit, "cancel", {}), 200)
        self.gone(visit)

    async def hold_bundle(self, start: datetime, side_by_side: bool) -> None:
        """Two people of a family at once; refused only when they really do not fit."""
        booked = {visit.result for visit in self.visits}
        if booked & set(self.family.results):
            return
        runs = [str(one) for one in self.family.results]
        group = await self._for_family("/groups", {"triage_ids": runs})
        kind = "parallel" if side_by_side else "consecutive"
        wanted = {"start": start.isoformat(), "arrangement": kind}
        answer = await self._for_family(f"/groups/{group.json()['id']}/holds", wanted)
        own = set(self.family.holds)
        room = self.diary.has_bundle(self.family.care, start, side_by_side, self.now, own)
        self._expect("hold bundle", answer, 201 if room else 409, "booking.bundle_taken")
        if room:
            self.group = group.json()["id"]
            await self.holds_found(self.family)

    async def book_bundle(self) -> None:
        """All of them, or none when their time is over."""
        if not self.family.holds:
            return
        lines = [line for hold in self.family.holds for line in self.diary.of(hold)]
        lasts = all(self.now < self.diary.until(hold) for hold in self.family.holds)
        answer = await self._for_family(f"/groups/{self.group}/appointments")
        self._expect("book bundle", answer, 201 if lasts else 409, "booking.hold_expired")
        for told in answer.json() if lasts else []:
            start, who = datetime.fromisoformat(told["starts_at"]), UUID(told["practitioner"])
            (hold,) = {one.owner for one in lines if (one.resource, one.starts_at) == (who, start)}
            self.booked(self.family, hold, told)
        self.family.holds.clear()

    async def desk_move(self, visit: Visit, place: Place, chair: int | None) -> None:
        """The desk may take what is kept for emergencies, and name the chair."""
        practitioner, start = place
        chairs = self.diary.house.chairs[practitioner]
        named = None if chair is None else chairs[chair % len(chairs)]
        found = self.diary.place(
            visit.care, practitioner, start, self.now, own={visit.id}, desk=True, chair=named
        )
        there = start.astimezone(PARIS)
        form = {"jour": str(there.date()), "heure": f"{there:%H:%M}", "praticien": str(practitioner)}
        answer = await self._at_desk(visit, "deplacer", form | ({"fauteuil": str(named)} if named else {}))
        self._expect("desk move", answer, 303 if found else 409)
        self.moved(visit, place, found, named)

    async def resize(self, visit: Visit, minutes: int) -> None:
        """Longer as far as nobody is in the way, also past closing time."""
        end = visit.start + timedelta(minutes=minutes)
        clean = end + timedelta(minutes=visit.care.cleaning)
        found = [
            (line.resource, line.starts_at, clean if line.resource == visit.chair else end)
            for line in self.diary.of(visit.id)
        ]
        fits = not any(self.diary.is_taken(*one, self.now, {visit.id}) for one in found)
        answer = await self._at_desk(visit, "duree", {"minutes": str(minutes)})
        self._expect("resize", answer, 303 if fits else 409)
        if fits:
            self.diary.strike(visit.id)
            self.diary.write(visit.id, found)
            visit.care, visit.stretched = visit.care._replace(minutes=minutes), True

    async def wish(self, visit: Visit) -> None:
        """The visit's family waits for an earlier place."""
        form = {"jours": ["1", "2", "3", "4", "5", "6"], "heures": "toute", "preavis": "60"}
        answer = await self.client.post(
            f"/rendez-vous/{visit.id}/plus-tot", data=form, headers=visit.person.runner.cookie
        )
        self._expect("wish", answer, 303)

    async def work(self) -> None:
        """What the worker does beside: it hears what happened, ends what has run out, sweeps."""
        await hand_on()
        await waiting_jobs.expire_offers()
        await jobs.sweep_holds()
        await hand_on()

    async def answer(self, offer_id: UUID, accepts: bool) -> None:
        """By the link in the message: once, in time, while the visit is what it was."""
        offer, link = self.offers[offer_id], await self._link(offer_id)
        visit = next((one for one in self.visits if one.id == offer["appointment_id"]), None)
        place = (offer["practitioner_id"], offer["starts_at"])
        in_time = offer["state"] == "open" and self.now < offer["expires_at"]
        found: list[Any] = []
        if accepts and in_time and visit and offer["appointment_version"] == await self.version(visit):
            own = {visit.id, offer_id}
            found = self.diary.place(visit.care, *place, self.now, own=own, desk=True)
        await self.client.post(f"/place/{link}/{'accepter' if accepts else 'refuser'}")
        state = await self.owner.fetchval("select state from place_offer where id = $1", offer_id)
        if accepts:
            before = offer["state"] == "accepted"
            assert (state == "accepted") == (before or bool(found)), "an offer accepted against the diary"
            if visit and found:
                self.diary.strike(offer_id)
                self.moved(visit, place, found)
        else:
            assert state == ("refused" if in_time else offer["state"])

    async def look(self, person: Person, day: date) -> None:
        """What is listed is free. Listed is each start that leaves no gap before or after it, and each half
        hour with plenty of room on both sides."""
        if (result := self.to_book(person)) is None:
            return
        answer = await person.runner.answered(result).list(self.client, day, day)
        listed = {
            (UUID(one["practitioner"]), datetime.fromisoformat(one["start"])) for one in places_of(answer)
        }
        assert all(self.fits(person, place) for place in listed), "listed though somebody has it"
        starts = {start for _, start in listed}
        for practitioner in self.diary.house.chairs:
            free = self.diary.free_starts(person.care, practitioner, day, self.now, person.holds)
            for start in free:
                if start - STEP not in free or start + STEP not in free:
                    assert start in starts, "it leaves no gap, and is not listed"
                elif start.minute % 30 == 0 and all(start + STEP * n in free for n in range(-12, 13)):
                    assert start in starts, "free for hours, and not listed"
        self.tally["look done"] += 1

    def _expect(self, deed: str, answer: httpx.Response, status: int, key: str = "") -> None:
        assert answer.status_code == status, (
            f"{deed}: {answer.status_code}, not {status}\n{answer.text[-300:]}"
        )
        if key and status == 409:
            assert answer.json()["key"] == key
        self.tally[f"{deed} {'refused' if status == 409 else 'done'}"] += 1

    def _others_are_free(self, person: Person, refused: httpx.Response) -> None:
        for other in refused.json()["other_starts"]:
            place = (UUID(other["practitioner"]), datetime.fromisoformat(other["start"]))
            if self.diary.house.knows(place[1]):
                assert self.fits(person, place), "named instead, and not free"

    async def _ask_hold(self, person: Person, result: UUID, place: Place) -> httpx.Response:
        wanted = {"practitioner": str(place[0]), "start": place[1].isoformat()}
        return await person.runner.answered(result).hold(self.client, wanted)

    async def _change(self, visit: Visit, what: str, body: dict[str, Any]) -> httpx.Response:
        body = {"version": await self.version(visit), **body}
        url = f"{API}/appointments/{visit.id}/{what}"
        return await self.client.post(url, json=body, headers=visit.person.runner.cookie)

    async def _at_desk(self, visit: Visit, what: str, form: dict[str, str]) -> httpx.Response:
        form = {"version": str(await self.version(visit)), **form}
        cookie = {"Cookie": f"quenotte={self.desk}"}
        return await self.client.post(f"/bureau/rendez-vous/{visit.id}/{what}", data=form, headers=cookie)

    async def _for_family(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(API + path, json=body, headers=self.family.runner.cookie)

    async def _link(self, offer_id: UUID) -> str:
        delivery = await self.owner.fetchval("select id from delivery where subject_id = $1", offer_id)
        return token_for(delivery, settings().secret)
