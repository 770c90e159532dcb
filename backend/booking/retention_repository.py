"""Deleting what booking no longer needs to know, by business time, a batch at a time."""

from backend.kit import db


async def forget_requests(limit: int) -> int:
    """Delete requests that the desk was done with two years ago; how many those were."""
    return await db.execute(
        """
        delete from desk_request where id in (
          select id from desk_request
          where state = 'done' and changed_at < business_now() - interval '2 years'
          order by changed_at limit $1 for update skip locked)
        """,
        limit,
    )


async def forget_offers(limit: int) -> int:
    """Delete offers a year after both the place and the visit that it was offered to; how many."""
    return await db.execute(
        """
        delete from place_offer where id in (
          select o.id from place_offer o join appointment a on a.id = o.appointment_id
          where greatest(o.ends_at, a.ends_at) < business_now() - interval '1 year'
            and not exists (select from resource_use u where u.offer_id = o.id)
          order by o.id limit $1 for update of o skip locked)
        """,
        limit,
    )


async def forget_wishes(limit: int) -> int:
    """Delete wishes a year after the visit that they were about, once no offer names them; how many."""
    return await db.execute(
        """
        delete from waiting_wish where id in (
          select w.id from waiting_wish w join appointment a on a.id = w.appointment_id
          where a.ends_at < business_now() - interval '1 year'
            and not exists (select from place_offer o where o.wish_id = w.id)
          order by w.id limit $1 for update of w skip locked)
        """,
        limit,
    )


async def forget_places(limit: int) -> int:
    """Delete freed places a year after they were over, once no offer names them; how many."""
    return await db.execute(
        """
        delete from freed_place where id in (
          select p.id from freed_place p
          where p.ends_at < business_now() - interval '1 year'
            and not exists (select from place_offer o where o.place_id = p.id)
          order by p.id limit $1 for update of p skip locked)
        """,
        limit,
    )


async def forget_answers(limit: int) -> int:
    """Delete answers that led to no visit within a year, and that no request or group names; how many."""
    return await db.execute(
        """
        delete from triage_run where id in (
          select r.id from triage_run r
          where r.created_at < business_now() - interval '1 year'
            and not exists (select from appointment a where a.triage_id = r.id)
            and not exists (select from hold h where h.triage_id = r.id)
            and not exists (select from desk_request d where d.triage_id = r.id)
            and not exists (select from booking_group_member m where m.triage_id = r.id)
          order by r.created_at limit $1 for update of r skip locked)
        """,
        limit,
    )
