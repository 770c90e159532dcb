"""Wishes to come earlier and offers: the rows, and the one statement that ends an offer."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

import msgspec

from backend.booking.model import Appointment
from backend.booking.model.waiting import FreedPlace, Offer, OfferState, Wish
from backend.booking.repository import COLUMNS, appointment_of
from backend.families.model import Patient
from backend.families.repository import RIGHT_HOLDS
from backend.kit import db
from backend.kit.errors import NotFound
from backend.kit.ids import new_id

_WISH = (
    "id, appointment_id, patient_id, account_id, weekdays, from_time, until_time, notice_minutes, created_at"
)
_OFFER = """id, place_id, wish_id, appointment_id, appointment_version, patient_id, practitioner_id,
  starts_at, ends_at, state, created_at, expires_at, sent_at"""

# Everybody who waits for somebody to tell them, whose visit still stands, who has no other offer now and
# has not been offered this place. $1 is now: a right that has ended tells nobody.
_WAITING = f"""
select {COLUMNS}, w.id as wish_id, w.weekdays, w.from_time, w.until_time, w.notice_minutes,
  w.created_at as since, p.given_name, p.family_name, p.birth_date,
  (select count(*) from place_offer o where o.wish_id = w.id) as offers,
  (select count(*) from place_offer o where o.patient_id = w.patient_id and o.created_at > $2)
    as offers_in_week
from waiting_wish w
join appointment a on a.id = w.appointment_id
join patient p on p.id = w.patient_id
where w.ended_at is null and a.status = 'booked' and a.starts_at >= $3
  and a.site_id = (select r.site_id from resource r where r.id = $5)
  and not exists (select from place_offer o where o.wish_id = w.id and (o.state = 'open' or o.place_id = $4))
  and exists (select from guardian g join account c on c.id = g.account_id
              where g.patient_id = p.id and g.gets_messages and g.may_book and c.closed_at is null
                and {RIGHT_HOLDS})
order by w.id
"""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits: their wish, their visit, their file, and how often they were asked."""

    wish_id: UUID
    weekdays: tuple[int, ...]
    from_time: time
    until_time: time
    notice_minutes: int
    since: datetime
    appointment: Appointment
    patient: Patient
    offers: int
    offers_in_week: int


async def open_wish(appointment_id: UUID) -> Wish | None:
    """The wish of an appointment, if it has one."""
    row = await db.fetch_row(
        f"select {_WISH} from waiting_wish where appointment_id = $1 and ended_at is null", appointment_id
    )
    return db.to_struct(Wish, row) if row else None


async def add_wish(wish: Wish) -> None:
    """Store a wish; the appointment must be locked, and have no open one."""
    await db.execute(
        f"insert into waiting_wish ({_WISH}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *(wish.id, wish.appointment_id, wish.patient_id, wish.account_id, list(wish.weekdays)),
        *(wish.from_time, wish.until_time, wish.notice_minutes, wish.created_at),
    )


async def end_wish(appointment_id: UUID) -> int:
    """Nothing is offered to this visit any more."""
    return await db.execute(
        "update waiting_wish set ended_at = business_now() where appointment_id = $1 and ended_at is null",
        appointment_id,
    )


async def who_waits(place: FreedPlace, now: datetime, week_ago: datetime, own_after: datetime) -> list[Row]:
    """Everybody to whom the place may be offered as far as the database can tell: nobody waits for a place at
    another site."""
    rows = await db.fetch(_WAITING, now, week_ago, own_after, place.id, place.chair_id)
    return [_row(row) for row in rows]


async def visit_and_patient(appointment_id: UUID) -> tuple[Appointment, Patient]:
    """A visit and whose it is, to move it for a person whose right was checked."""
    row = await db.fetch_row(
        f"select {COLUMNS}, p.given_name, p.family_name, p.birth_date "
        "from appointment a join patient p on p.id = a.patient_id where a.id = $1",
        appointment_id,
    )
    if row is None:
        raise NotFound
    return appointment_of(row), _patient(row)


async def add_offer(offer: Offer) -> bool:
    """Store an offer; False when its place or its person has another one open."""
    added = await db.execute(
        f"insert into place_offer ({_OFFER}) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing",
        *(offer.id, offer.place_id, offer.wish_id, offer.appointment_id, offer.appointment_version),
        *(offer.patient_id, offer.practitioner_id, offer.starts_at, offer.ends_at, offer.state),
        *(offer.created_at, offer.expires_at, offer.sent_at),
    )
    return added == 1


async def offer(offer_id: UUID) -> Offer:
    """An offer as it stands."""
    row = await db.fetch_row(f"select {_OFFER} from place_offer where id = $1", offer_id)
    if row is None:
        raise NotFound
    return db.to_struct(Offer, row)


async def end_in_time(offer_id: UUID, state: OfferState) -> bool:
    """Accept or refuse an offer that is open and in time. False when it is not, or no longer.

    This statement and `end_expired` decide between an answer and an expiry that come at the same moment:
    both ask for an open offer and lock its row, so exactly one finds it.
    """
    ended = await db.execute(
        """
        update place_offer set state = $2, ended_at = business_now()
        where id = $1 and state = 'open' and expires_at > business_now()
        """,
        offer_id,
        state,
    )
    return ended == 1


async def end_expired(offer_id: UUID) -> bool:
    """Expire an offer that nobody answered in time."""
    ended = await db.execute(
        """
        update place_offer set state = 'expired', ended_at = business_now()
        where id = $1 and state = 'open' and expires_at <= business_now()
        """,
        offer_id,
    )
    return ended == 1


async def withdraw(offer_id: UUID) -> bool:
    """End an open offer, in time or not: its visit has changed, or the message reached nobody."""
    ended = await db.execute(
        "update place_offer set state = 'withdrawn', ended_at = business_now() "
        "where id = $1 and state = 'open'",
        offer_id,
    )
    return ended == 1


async def start_clock(offer_id: UUID, now: datetime, expires_at: datetime) -> bool:
    """The message leaves now; only the first time counts. False when the offer is not open in time."""
    started = await db.execute(
        """
        update place_offer set expires_at = case when sent_at is null then $3 else expires_at end,
          sent_at = coalesce(sent_at, $2)
        where id = $1 and state = 'open' and expires_at > $2
        """,
        offer_id,
        now,
        expires_at,
    )
    return started == 1


async def expired_offers(limit: int) -> list[UUID]:
    """Open offers whose time has passed."""
    return await _ids(
        "select id from place_offer where state = 'open' and expires_at <= business_now() "
        "order by expires_at limit $1",
        limit,
    )


async def offers_of(appointment_id: UUID) -> list[Offer]:
    """The open offers to a visit."""
    rows = await db.fetch(
        f"select {_OFFER} from place_offer where appointment_id = $1 and state = 'open'", appointment_id
    )
    return db.to_structs(Offer, rows)


async def is_automatic() -> bool:
    """Whether offers leave by themselves, which they do until the practice says otherwise."""
    found = await db.fetch_value(
        "select automatic from waiting_mode order by changed_at desc, id desc limit 1"
    )
    return found is not False


async def set_automatic(automatic: bool, account_id: UUID, now: datetime) -> None:
    """The practice's choice from now on."""
    await db.execute(
        "insert into waiting_mode (id, automatic, account_id, changed_at) values ($1, $2, $3, $4)",
        *(new_id(), automatic, account_id, now),
    )


async def _ids(sql: str, limit: int) -> list[UUID]:
    return [row["id"] for row in await db.fetch(sql, limit)]


def _row(row: Any) -> Row:
    return msgspec.convert({**row, "appointment": appointment_of(row), "patient": _patient(row)}, Row)


def _patient(row: Any) -> Patient:
    return msgspec.convert({**row, "id": row["patient_id"]}, Patient)
