"""Making a secret address, taking it back, and telling the agenda behind it. All three are noted."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from backend.audit.model import Actor, ActorKind
from backend.audit.record import record, record_reading_of_many
from backend.families.model import Relative
from backend.families.repository import patient_for, patients_of
from backend.feeds import repository, rules, views
from backend.feeds.model import Feed, Make
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import business_now, machine_now
from backend.kit.errors import NotFound
from backend.kit.ids import digest, new_id, new_token
from backend.kit.settings import settings
from backend.practice.repository import default_site


async def my_feeds(viewer: Viewer, now: datetime) -> tuple[list[Relative], list[Feed]]:
    """Everybody the viewer may act for, and the addresses that they made for them; noted as read."""
    async with db.transaction():
        family = await patients_of(viewer, now)
        feeds = await repository.feeds_of(viewer.account_id, of_staff=False)
        mine = {one.id for one in family}
        await record_reading_of_many(viewer.actor, "feed.list", sorted(mine))
    # Of somebody for whom the right has ended, not even the name is told any more.
    return family, [feed if feed.patient_id in mine else replace(feed, given_name=None) for feed in feeds]


async def own_column(viewer: Viewer) -> list[Feed]:
    """The addresses that a practitioner made of their own column. NotFound for who gives no care."""
    _own_id(viewer)
    return await repository.feeds_of(viewer.account_id, of_staff=True)


async def make_for(viewer: Viewer, patient_id: UUID, now: datetime, *, tells_place: bool) -> str:
    """A new address of a patient's visits: its secret, which is kept nowhere. TooManyFeeds, NotFound."""
    await patient_for(viewer, patient_id, now)
    return await _make(viewer, Make(patient_id=patient_id, tells_place=tells_place))


async def make_own(viewer: Viewer, *, tells_place: bool) -> str:
    """The same of a practitioner's own column."""
    return await _make(viewer, Make(practitioner_id=_own_id(viewer), tells_place=tells_place))


async def revoke(viewer: Viewer, feed_id: UUID, *, of_staff: bool) -> None:
    """Take an address back: from now on it is unknown. NotFound for anybody else's."""
    async with db.transaction():
        account_id, now = viewer.account_id, machine_now()
        patient_id = await repository.revoke(feed_id, account_id, of_staff=of_staff, now=now)
        await record(viewer.actor, "feed.revoke", ("calendar_feed", feed_id), patient_id)


async def fetch(token: str, known: str) -> tuple[bytes, str]:
    """The agenda behind a secret, and its mark; empty where the asker has the one with the mark `known`.

    NotFound as soon as the right behind it has ended; AskedTooOften. What is told is noted as read.
    """
    now, zone = await business_now(), (await default_site()).zone
    async with db.transaction():
        feed = await repository.open_feed(digest(token), now, machine_now())
        if feed is None:
            raise NotFound
        rules.check_pace(feed.fetches)
        first, after = rules.span(now)
        visits = await repository.visits(feed, first, after)
        text = views.agenda(feed, visits, zone, first, after, settings().host)
        mark = f'"{digest(text.decode()).hex()[:32]}"'
        if known == mark:
            return b"", mark
        actor = Actor(ActorKind.LINK, feed.account_id)
        await record(actor, "feed.read", ("calendar_feed", feed.id), feed.patient_id)
    return text, mark


async def _make(viewer: Viewer, wanted: Make) -> str:
    token, feed_id = new_token(), new_id()
    async with db.transaction():
        await repository.lock_account(viewer.account_id)
        rules.check_number(await repository.count(viewer.account_id))
        await repository.add(feed_id, viewer.account_id, wanted, digest(token), machine_now())
        await record(
            viewer.actor,
            "feed.make",
            ("calendar_feed", feed_id),
            wanted.patient_id,
            tells_place=wanted.tells_place,
        )
    return token


def _own_id(viewer: Viewer) -> UUID:
    if viewer.practitioner_id is None:
        raise NotFound
    return viewer.practitioner_id
