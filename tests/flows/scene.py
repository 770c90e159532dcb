"""Camille's family in the middle of everything: something of every kind, for walks over all routes.

Built by the actions themselves. Lila has a run with a first answer, a result that waits, a held place, a
coming visit, a past one and a request; her mother a second browser, a passkey, a device, a code and a link.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from backend.booking import actions as booking
from backend.booking import group_actions, party_actions, request_actions, slot_actions
from backend.booking.events import OfferMade
from backend.booking.model import Appointment, Ask, Book, FreeSlot, Hold, HoldBundle, RequestKind
from backend.calendars import repository as calendars
from backend.calendars.model import Connect
from backend.feeds import actions as feeds
from backend.identity import actions as identity
from backend.identity import codes
from backend.identity.model import Purpose, Viewer
from backend.kit import db
from backend.kit.clock import business_now
from backend.kit.ids import new_id
from backend.kit.settings import settings
from backend.outbox import repository as outbox
from backend.reminders.links import token_for
from backend.reminders.offers import on_offer_made
from backend.triage import actions as triage
from tests.triage.roads import CHECKUP
from tests.visits import hand_on

PARIS = ZoneInfo("Europe/Paris")
NOTE = "Elle grince la nuit depuis mardi"
REASON = "Sa joue est un peu enflée"


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """The ids and tokens of what there is; every name is also the name of a place in an address."""

    patient: UUID
    open_run: UUID
    ready_run: UUID
    result: UUID
    hold: UUID
    group: UUID
    visits: UUID
    first: UUID
    second: UUID
    together_start: str
    together_how: str
    appointment: UUID
    past: UUID
    request: UUID
    session: UUID
    passkey: UUID
    device: UUID
    endpoint: str
    code: UUID
    link: str
    offer_link: str
    offered_place: UUID
    invitation: str
    day: str
    place: str
    place_day: str
    place_hour: str
    practitioner: UUID
    chair: UUID
    site: UUID
    external_calendar: UUID
    feed: UUID
    feed_token: str


async def build(cast: Any, viewer_of: Any, owner: asyncpg.Connection) -> Scene:
    """The whole scene, in today's database. `owner` is the owner's connection."""
    mother, patient, now = await viewer_of("mother"), cast["daughter"].patient_id, await business_now()
    appointment = await _book(mother, patient, now)
    together = [cast["teen"].patient_id, patient]
    visits = await _book_together(mother, together, now)
    group = await _group(mother, together, now)
    (_, (*_, bundle)) = (await group_actions.find_bundles(mother, group)).days[-1]
    result = (await triage.answer_all(mother, patient, _answers(), now)).id
    first, *_, free = await _slots(mother, result)
    held = await booking.hold(mother, _hold(result, first))
    asked = Ask(
        kind=RequestKind.CALLBACK,
        reason=REASON,
        phone="+33639980001",
        preferred_time="le soir",
        triage_id=result,
    )
    device, endpoint = await _device(owner, mother)
    await hand_on()
    await outbox.beat("test")
    return Scene(
        patient=patient,
        open_run=await _open_run(mother, patient, now, {"red_flags": ["none"]}),
        ready_run=await _open_run(mother, patient, now, _answers()),
        result=result,
        hold=held.id,
        group=group,
        visits=visits[0].group_id,
        first=visits[0].id,
        second=visits[1].id,
        together_start=bundle.start.isoformat(),
        together_how=bundle.arrangement.value,
        appointment=appointment.id,
        past=await _past(owner, appointment, now),
        request=await request_actions.ask(mother, asked),
        session=(await viewer_of("mother")).session_id,
        passkey=await _passkey(owner, mother),
        device=device,
        endpoint=endpoint,
        code=await codes.ask(cast["mother"].email, Purpose.SIGN_IN, locale="fr", client="198.51.100.7"),
        link=await _link(mother, appointment),
        offer_link=await _offer_link(owner, mother, appointment, free),
        offered_place=await owner.fetchval("select place_id from place_offer"),
        invitation=(await identity.invite_owner()).rsplit("/", 1)[-1],
        day=appointment.starts_at.astimezone(PARIS).date().isoformat(),
        place=free.start.isoformat(),
        place_day=free.start.astimezone(PARIS).date().isoformat(),
        place_hour=f"{free.start.astimezone(PARIS):%H:%M}",
        practitioner=free.practitioner_id,
        chair=appointment.chair_id,
        site=appointment.site_id,
        external_calendar=await _external_calendar(appointment.practitioner_id, now),
        feed_token=await feeds.make_for(mother, patient, now, tells_place=True),
        feed=await owner.fetchval("select id from calendar_feed"),
    )


def _answers() -> dict[str, list[str]]:
    return {**CHECKUP, "note": [NOTE]}


def _hold(triage_id: UUID, slot: FreeSlot) -> Hold:
    return Hold(triage_id=triage_id, practitioner_id=slot.practitioner_id, starts_at=slot.start)


async def _slots(viewer: Viewer, triage_id: UUID) -> list[FreeSlot]:
    listing = await slot_actions.find_slots(viewer, triage_id)
    return [slot for _, slots in listing.days for slot in slots]


async def _book(viewer: Viewer, patient: UUID, now: datetime) -> Appointment:
    result = await triage.answer_all(viewer, patient, _answers(), now)
    slot = (await _slots(viewer, result.id))[4]
    held = await booking.hold(viewer, _hold(result.id, slot))
    return await booking.book(viewer, Book(hold_id=held.id))


async def _external_calendar(practitioner_id: UUID, now: datetime) -> UUID:
    calendar_id, url = new_id(), "https://agenda.example/a.ics"
    connected = Connect(practitioner_id=practitioner_id, name="Faculté", url=url)
    await calendars.add(calendar_id, connected, now)
    return calendar_id


async def _group(viewer: Viewer, patients: list[UUID], now: datetime) -> UUID:
    """Several people who have answered, and have no places yet."""
    runs = [(await triage.answer_all(viewer, patient, _answers(), now)).id for patient in patients]
    return (await party_actions.begin_with_results(viewer, runs)).id


async def _book_together(viewer: Viewer, patients: list[UUID], now: datetime) -> list[Appointment]:
    group_id = await _group(viewer, patients, now)
    bundle = (await group_actions.find_bundles(viewer, group_id)).days[3][1][0]
    wanted = HoldBundle(group_id=group_id, starts_at=bundle.start, arrangement=bundle.arrangement)
    await group_actions.hold(viewer, wanted)
    return await group_actions.book(viewer, group_id)


async def _open_run(viewer: Viewer, patient: UUID, now: datetime, answers: dict[str, list[str]]) -> UUID:
    """A run that is not decided yet."""
    begun = await triage.begin(viewer, patient, now)
    for question, given in answers.items():
        await triage.answer(viewer, begun.run.id, question, given, now)
    return begun.run.id


async def _past(owner: asyncpg.Connection, like: Appointment, now: datetime) -> UUID:
    """A visit of the same kind, a month ago."""
    past = new_id()
    await owner.execute(
        """
        insert into appointment (id, patient_id, booked_by, triage_id, practitioner_id, chair_id, site_id,
          care_key, urgency, starts_at, ends_at, duration, status, version, created_at, changed_at)
        select $1, patient_id, booked_by, triage_id, practitioner_id, chair_id, site_id, care_key, urgency,
          $3, $4, duration, 'done', 1, created_at, changed_at
        from appointment where id = $2
        """,
        past,
        like.id,
        now - timedelta(days=30),
        now - timedelta(days=30) + (like.ends_at - like.starts_at),
    )
    return past


async def _passkey(owner: asyncpg.Connection, viewer: Viewer) -> UUID:
    passkey = new_id()
    await owner.execute(
        """
        insert into passkey (id, account_id, credential_id, public_key, sign_count, backed_up, name,
          created_at)
        values ($1, $2, 'credential', 'key', 0, true, 'Téléphone', now())
        """,
        passkey,
        viewer.account_id,
    )
    return passkey


async def _device(owner: asyncpg.Connection, viewer: Viewer) -> tuple[UUID, str]:
    device, endpoint = new_id(), "https://fcm.googleapis.com/fcm/send/scene"
    await owner.execute(
        """
        insert into push_subscription (id, account_id, session_id, endpoint, p256dh, auth, device, created_at)
        values ($1, $2, $3, $4, 'key', 'secret', 'Chrome sur Android', now())
        """,
        device,
        viewer.account_id,
        viewer.session_id,
        endpoint,
    )
    return device, endpoint


async def _link(viewer: Viewer, appointment: Appointment) -> str:
    """The link in the confirmation that the mother was sent."""
    delivery = await db.fetch_value(
        "select id from delivery where account_id = $1 and subject_id = $2 and kind = 'appointment_booked'",
        viewer.account_id,
        appointment.id,
    )
    return token_for(delivery, settings().secret)


async def _offer_link(owner: asyncpg.Connection, viewer: Viewer, visit: Appointment, free: FreeSlot) -> str:
    """The link in the offer of a free place to the visit, whose family asked for an earlier one."""
    now, place, offer = await business_now(), new_id(), new_id()
    await owner.execute(
        "insert into waiting_wish (id, appointment_id, patient_id, account_id, weekdays, from_time, "
        "until_time, notice_minutes, created_at) values ($1, $2, $3, $4, '{1}', '08:00', '19:00', 60, $5)",
        *(offer, visit.id, visit.patient_id, viewer.account_id, now),
    )
    await owner.execute(
        "insert into freed_place (id, appointment_id, version, practitioner_id, chair_id, starts_at, "
        "ends_at, state, created_at) values ($1, $2, 1, $3, $4, $5, $6, 'open', $7)",
        *(place, visit.id, free.practitioner_id, free.chair_id, free.start, free.end, now),
    )
    await owner.execute(
        "insert into place_offer (id, place_id, wish_id, appointment_id, appointment_version, patient_id, "
        "practitioner_id, starts_at, ends_at, state, created_at, expires_at) "
        "values ($1, $2, $1, $3, 1, $4, $5, $6, $7, 'open', $8, $9)",
        *(offer, place, visit.id, visit.patient_id, free.practitioner_id, free.start, free.end),
        *(now, now + timedelta(hours=2)),
    )
    async with db.transaction():
        await on_offer_made(OfferMade(offer_id=offer))
    delivery = await db.fetch_value(
        "select id from delivery where account_id = $1 and subject_id = $2", viewer.account_id, offer
    )
    return token_for(delivery, settings().secret)
