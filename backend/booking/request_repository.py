"""Requests to the desk: stored, listed by deadline, taken by one colleague at a time."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.audit.record import record_reading_of_many
from backend.booking.model import Request, RequestState
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.errors import NotAllowed, NotFound

_COLUMNS = """
id, kind, reason, phone, preferred_time, deadline, state, created_at, urgency, account_id, patient_id,
triage_id, taken_by
"""


async def waiting_requests(viewer: Viewer) -> list[Request]:
    """What waits for the desk, the nearest deadline first. The caller records whose data was read."""
    if not viewer.is_staff:
        raise NotAllowed
    rows = await db.fetch(f"select {_COLUMNS} from desk_request where state <> 'done' order by deadline, id")
    return db.to_structs(Request, rows)


async def requests_of(viewer: Viewer) -> list[Request]:
    """What this account asked, the newest first; its words only for a session opened with a passkey."""
    async with db.transaction():
        rows = await db.fetch(
            f"select {_COLUMNS} from desk_request where account_id = $1 "
            "order by created_at desc, id limit 50",
            viewer.account_id,
        )
        found = db.to_structs(Request, rows)
        read = sorted({request.patient_id for request in found if request.patient_id})
        await record_reading_of_many(viewer.actor, "request.list", read)
    if viewer.strong:
        return found
    return [msgspec.structs.replace(request, reason="", triage_id=None, urgency=None) for request in found]


async def same_open_request(request: Request) -> UUID | None:
    """A request that says the same and waits already: a form sent twice."""
    found: UUID | None = await db.fetch_value(
        """
        select id from desk_request
        where account_id = $1 and kind = $2 and reason = $3 and state = 'open'
          and patient_id is not distinct from $4 and triage_id is not distinct from $5 limit 1
        """,
        request.account_id,
        request.kind,
        request.reason,
        request.patient_id,
        request.triage_id,
    )
    return found


async def add(request: Request) -> None:
    """Store a request."""
    await db.execute(
        """
        insert into desk_request (id, account_id, patient_id, triage_id, kind, urgency, reason, phone,
          preferred_time, deadline, state, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
        """,
        request.id,
        request.account_id,
        request.patient_id,
        request.triage_id,
        request.kind,
        request.urgency,
        request.reason,
        request.phone,
        request.preferred_time,
        request.deadline,
        request.state,
        request.created_at,
    )


async def lock_request(request_id: UUID) -> Request:
    """The request as it stands, held until the transaction ends."""
    row = await db.fetch_row(
        f"select {_COLUMNS} from desk_request where id = $1 for no key update", request_id
    )
    if row is None:
        raise NotFound
    return db.to_struct(Request, row)


async def save_state(request_id: UUID, state: RequestState, taken_by: UUID | None, now: datetime) -> None:
    """Store who took it and how far it is."""
    await db.execute(
        "update desk_request set state = $2, taken_by = $3, changed_at = $4 where id = $1",
        request_id,
        state,
        taken_by,
        now,
    )
