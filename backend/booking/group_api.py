"""Several people at once, as JSON: a group of triage results, the bundles that fit them, one hold for all.

All or nothing throughout. A bundle that is gone (409) brings `other_bundles`: the nearest that are free.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.booking import api_views, asked_actions, group_actions
from backend.booking.api_views import AppointmentOut
from backend.booking.group_views import group_address
from backend.booking.model import (
    Appointment,
    Arrangement,
    Bundle,
    CancelReason,
    HoldBundle,
    MoveTogether,
)
from backend.booking.rules.changes import BundleTaken
from backend.families.repository import patients_of
from backend.identity.guards import signed_in
from backend.identity.model import Asked, Viewer
from backend.kit.clock import business_now
from backend.kit.problems import refusals
from backend.practice.repository import load_practice

PATH = "/api/v1/groups"
ONE = PATH + "/{group_id:uuid}"
API: dict[str, Any] = {
    "guards": [signed_in],
    "tags": ["booking together"],
    "responses": refusals(400, 401, 403, 404, 409, 422),
}
Start = Annotated[datetime, msgspec.Meta(tz=True)]


class GroupIn(msgspec.Struct, forbid_unknown_fields=True):
    """From two to four triage results, each of another person."""

    triage_ids: list[UUID]


class GroupOut(msgspec.Struct, frozen=True):
    """A group; `next` is the page from which to go on."""

    id: UUID
    next: str


class PlaceOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person's place in a bundle."""

    patient_id: UUID
    start: datetime
    practitioner: UUID
    practitioner_name: str


class BundleOut(msgspec.Struct, frozen=True, kw_only=True):
    """Places for everybody, as one choice. `presence` is the minutes at the practice in all."""

    start: datetime
    arrangement: Arrangement
    presence: int
    places: list[PlaceOut]


class BundlesOut(msgspec.Struct, frozen=True, kw_only=True):
    """The best few at `site`, the best one first; then all of a few days, in its `zone`.

    Ask again with `from=next_from` for more.
    """

    site: UUID
    zone: str

    suggestions: list[BundleOut]
    bundles: list[BundleOut]
    next_from: str | None


class BundleIn(msgspec.Struct, forbid_unknown_fields=True):
    """A bundle as the list offered it, with the list's site; without one, that of the default list."""

    start: Start
    arrangement: Arrangement
    site: UUID | None = None


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """Places kept for everybody until `expires_at`; `next` is the page on which to confirm."""

    places: list[PlaceOut]
    expires_at: datetime
    next: str


class MoveTogetherIn(msgspec.Struct, forbid_unknown_fields=True):
    """Another bundle, and the versions of the visits that were looked at, by id."""

    start: Start
    arrangement: Arrangement
    versions: dict[UUID, int]
    site: UUID | None = None


class CancelTogetherIn(msgspec.Struct, forbid_unknown_fields=True):
    """The versions that were looked at, and perhaps why."""

    versions: dict[UUID, int]
    reason: CancelReason | None = None


class ConfirmTogetherIn(msgspec.Struct, forbid_unknown_fields=True):
    """The versions that were looked at."""

    versions: dict[UUID, int]


@asynccontextmanager
async def _naming_others() -> AsyncIterator[None]:
    """Give a refusal of a bundle the others in the list's own form."""
    try:
        yield
    except BundleTaken as taken:
        taken.extra = {"other_bundles": msgspec.to_builtins(await _bundles(taken.others))}
        raise


@post(PATH, operation_id="beginGroup", summary="Bring several people together", **API)
async def begin(
    viewer: NamedDependency[Viewer], asked: NamedDependency[Asked | None], data: JSONBody[GroupIn]
) -> GroupOut:
    """Each of them has answered their own questions."""
    group = await asked_actions.begin_with_results(viewer, data.triage_ids, asked)
    return GroupOut(id=group.id, next=group_address(group.id))


@get(ONE + "/slots", operation_id="listBundles", summary="Places that fit all of them", **API)
async def list_bundles(
    viewer: NamedDependency[Viewer],
    group_id: FromPath[UUID],
    from_day: Annotated[
        date | None,
        QueryParameter(name="from", description="the day from which to list; default: the first"),
    ] = None,
    site: Annotated[
        UUID | None, QueryParameter(description="at this site; default: the one that suits the visits best")
    ] = None,
) -> BundlesOut:
    """At one site: one after the other on one chair, or side by side: the shortest presence of each start."""
    listing = await group_actions.find_bundles(viewer, group_id, from_day, site)
    return BundlesOut(
        site=listing.site_id,
        zone=listing.zone,
        suggestions=await _bundles([each.bundle for each in listing.suggestions]),
        bundles=await _bundles([bundle for _, found in listing.days for bundle in found]),
        next_from=listing.next_from.isoformat() if listing.next_from else None,
    )


@post(ONE + "/holds", operation_id="holdBundle", summary="Keep all the places for ten minutes", **API)
async def hold(
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
    data: JSONBody[BundleIn],
) -> HeldOut:
    """Instead of whatever the account held before."""
    wanted = HoldBundle(
        group_id=group_id, starts_at=data.start, arrangement=data.arrangement, site_id=data.site
    )
    async with _naming_others():
        held = await asked_actions.hold_together(viewer, wanted, asked)
    names = await _practitioners()
    return HeldOut(
        places=[
            PlaceOut(
                patient_id=one.patient_id,
                start=one.starts_at,
                practitioner=one.practitioner_id,
                practitioner_name=names[one.practitioner_id],
            )
            for one in held
        ],
        expires_at=held[0].expires_at,
        next=group_address(group_id, "verifier"),
    )


@post(ONE + "/appointments", operation_id="bookBundle", summary="Confirm all the holds", **API)
async def book(
    viewer: NamedDependency[Viewer], asked: NamedDependency[Asked | None], group_id: FromPath[UUID]
) -> list[AppointmentOut]:
    """Sent twice, it gives the same visits. 409 when the holds have expired."""
    return await _out(viewer, await asked_actions.book_together(viewer, group_id, asked))


@post(ONE + "/move", operation_id="moveBundle", summary="Move all the visits", status_code=200, **API)
async def move(
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
    data: JSONBody[MoveTogetherIn],
) -> list[AppointmentOut]:
    """Without places for all, each stays where it is. 409 when one was changed meanwhile."""
    wanted = MoveTogether(
        versions=data.versions, starts_at=data.start, arrangement=data.arrangement, site_id=data.site
    )
    async with _naming_others():
        return await _out(viewer, await asked_actions.move_together(viewer, group_id, wanted, asked))


@post(ONE + "/cancel", operation_id="cancelBundle", summary="Give all places back", status_code=200, **API)
async def cancel(
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
    data: JSONBody[CancelTogetherIn],
) -> list[AppointmentOut]:
    """Every coming visit of the group, or none of them."""
    await asked_actions.cancel_together(viewer, group_id, data.versions, data.reason, asked)
    return await _out(viewer, await group_actions.visits_seen(viewer, group_id))


@post(ONE + "/confirm", operation_id="confirmBundle", summary="Say: we shall come", status_code=200, **API)
async def confirm(
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    group_id: FromPath[UUID],
    data: JSONBody[ConfirmTogetherIn],
) -> list[AppointmentOut]:
    """Confirming twice is confirming once."""
    await asked_actions.confirm_together(viewer, group_id, data.versions, asked)
    return await _out(viewer, await group_actions.visits_seen(viewer, group_id))


async def _bundles(found: Sequence[Bundle]) -> list[BundleOut]:
    names = await _practitioners()
    return [
        BundleOut(
            start=bundle.start,
            arrangement=bundle.arrangement,
            presence=bundle.presence,
            places=[
                PlaceOut(
                    patient_id=place.patient_id,
                    start=place.slot.start,
                    practitioner=place.slot.practitioner_id,
                    practitioner_name=names[place.slot.practitioner_id],
                )
                for place in bundle.places
            ],
        )
        for bundle in found
    ]


async def _practitioners() -> dict[UUID, str]:
    return {each.id: each.short_name for each in (await load_practice()).practitioners}


async def _out(viewer: Viewer, found: Sequence[Appointment]) -> list[AppointmentOut]:
    practice = await load_practice()
    names = {person.id: person.given_name for person in await patients_of(viewer, await business_now())}
    return [
        api_views.appointment(one, names[one.patient_id], practice, viewer.locale)
        for one in found
        if one.patient_id in names
    ]


ROUTES = [begin, list_bundles, hold, book, move, cancel, confirm]
