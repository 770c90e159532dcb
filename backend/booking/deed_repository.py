"""The two deeds that everybody wants at once, each as one statement: to keep a place, and to book it.

What they do to the rows is here and in the function `keep_place`; the same steps one by one, for several
people at once and for whoever moves, are in `hold_repository`, `use_repository`, `appointment_repository`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg.exceptions import ExclusionViolationError

from backend.audit import record
from backend.booking.events import AppointmentBooked
from backend.booking.model import Appointment, HeldSlot
from backend.booking.repository import appointment_of
from backend.booking.use_repository import Use
from backend.identity.model import Viewer
from backend.kit import db, deeds
from backend.kit.ids import new_id
from backend.kit.parts import Part
from backend.outbox import publish
from backend.triage.repository import readable_result, reader_of

_KEEP = "done as materialized (select * from keep_place($1::jsonb, $2::jsonb))"

# `asked`: whether the time is over is asked of the very moment, not of the statement's beginning: then nobody
# who swept expired spans away can have done so before this statement's view of them, and `spans` of that view
# are all that the hold had. `locked`, then `still`: those that are there once the locks are ours. Rows that
# somebody changed while we waited are looked at again as they stand now, so this decides between a
# confirmation and an expiry that come at the same moment. `whole`: all of them, and not none.
_BOOK = f"""
asked as materialized (
  select h.* from hold h where h.id = $2 and h.account_id = $5 and h.group_id is null
    and h.expires_at > business_now() + (clock_timestamp() - now())
),
answered as materialized (
  select r.urgency, coalesce(r.care_key, '') as care_key, p.given_name, c.now
  {readable_result("(select asked.triage_id from asked)")} and g.may_book limit 1
),
spans as materialized (
  select u.id, u.resource_id from resource_use u, asked, answered where u.hold_id = asked.id
),
locked as materialized (
  select lock_resources(array_agg(spans.resource_id)) from spans having count(*) > 0
),
still as materialized (
  select u.id from locked, resource_use u where u.hold_id = $2 and u.expires_at > (select business_now())
  for update of u
),
whole as materialized (
  select from still having count(*) > 0 and count(*) = (select count(*) from spans)
),
kept as (
  update resource_use u set appointment_id = $6::uuid, hold_id = null, expires_at = null
  from still, whole where u.id = still.id
),
booked as (
  insert into appointment (id, patient_id, booked_by, hold_id, triage_id, practitioner_id, chair_id, site_id,
    care_key, urgency, starts_at, ends_at, duration, status, version, created_at, changed_at)
  select $6, h.patient_id, h.account_id, h.id, h.triage_id, h.practitioner_id, h.chair_id, chair.site_id,
    answered.care_key, answered.urgency, h.starts_at, h.ends_at, h.duration, 'booked', 1, answered.now,
    answered.now
  from whole, answered, asked h join resource chair on chair.id = h.chair_id
  on conflict (hold_id) do nothing returning *
),
done as materialized (select booked.*, answered.given_name from booked, answered),
gone as (delete from hold h using done where h.id = done.hold_id)
"""


class HeldByAnother(NamedTuple):
    """Somebody else who acts for the patient holds a place for them, until then in that chair."""

    until: datetime
    chair_id: UUID


async def keep(
    viewer: Viewer, wanted: HeldSlot, uses: Sequence[Use], now: datetime, beside: Sequence[Part]
) -> HeldByAnother | bool:
    """Store a hold with its spans instead of what the account held before; False when the place is taken.

    Locks account, patient and resources, in this order, and looks again under the locks.
    """
    ours = {"hold_id": wanted.id, "expires_at": wanted.expires_at}
    spans = [{"id": new_id(), **msgspec.structs.asdict(use), **ours} for use in uses]
    row = {**msgspec.structs.asdict(wanted), "created_at": now}
    line = record.beside(viewer.actor, "hold.make", ("hold", "hold_id"))
    try:
        done = await deeds.do(Part(_KEEP, (db.json_text(row), db.json_text(spans))), line, *beside)
    except ExclusionViolationError:  # the constraint's word, where somebody wrote without the locks
        return False
    assert done is not None, "a function that returns a row returns one"
    if done["until"] is not None:
        return HeldByAnother(done["until"], done["chair_id"])
    return done["patient_id"] is not None


async def book(
    viewer: Viewer, hold_id: UUID, appointment_id: UUID, beside: Sequence[Part]
) -> tuple[Appointment, str] | None:
    """Turn the viewer's hold into this appointment, with the patient's given name.

    None, and nothing done, where the hold is over, gone, a group's or somebody else's, or where the viewer
    may not book for its patient or not read the answers behind it.
    """
    row = await deeds.do(
        Part(_BOOK, (*reader_of(viewer, hold_id, None), appointment_id)),
        record.beside(viewer.actor, "triage.read_result", ("triage_run", "triage_id")),
        record.beside(viewer.actor, "appointment.book", ("appointment", "id"), version=1),
        publish.beside(AppointmentBooked(appointment_id=appointment_id, version=1)),
        *beside,
    )
    return (appointment_of(row), row["given_name"]) if row else None
