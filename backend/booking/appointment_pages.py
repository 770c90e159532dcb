"""A family's appointments: the list, one of them, its calendar file, moving, cancelling and confirming it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.booking import appointment_views, asked_actions, forms, slot_actions, views, visit_repository
from backend.booking.calendar import calendar_file
from backend.booking.model import Appointment
from backend.booking.repository import appointment_for, appointments_of, message_facts
from backend.booking.rules.changes import NotOffered, SlotTaken
from backend.families.repository import patient_for, patients_of
from backend.identity.guards import signed_in
from backend.identity.model import Asked, Viewer
from backend.kit import dates
from backend.kit.clock import business_now
from backend.kit.errors import NotFound
from backend.kit.forms import FormErrors, FormReader
from backend.kit.render import AnyRequest, page
from backend.practice.repository import load_practice

PATIENTS: dict[str, Any] = {"guards": [signed_in], "include_in_schema": False}
ONE = appointment_views.HOME + "/{appointment_id:uuid}"
# What may stand in ?fait= after a redirect; each is a sentence of the locale.
DONE = {"deplace": "moved", "confirme": "confirmed", "annule": "cancelled", "deja": "already"}
DONE |= {"attend": "waits", "nattend": "waits_no_more"}


@get(appointment_views.HOME, **PATIENTS)
async def show_all(
    request: AnyRequest, viewer: NamedDependency[Viewer], qui: FromQuery[UUID | None] = None
) -> Response[str]:
    """Coming and past visits of everybody the viewer acts for, or of one of them."""
    now = await business_now()
    people = await patients_of(viewer, now)
    if qui is not None and qui not in {person.id for person in people}:
        raise NotFound
    view = appointment_views.list_page(
        await appointments_of(viewer, now),
        people,
        qui,
        await load_practice(),
        now,
        viewer.locale,
        strong=viewer.strong,
    )
    return await page(request, "booking/list.html", view)


@get(ONE, **PATIENTS)
async def show(
    request: AnyRequest, viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]
) -> Response[str]:
    """One visit; after booking, also what comes next."""
    now = await business_now()
    appointment = await appointment_for(viewer, appointment_id, now)
    view = appointment_views.show_page(
        appointment,
        await patient_for(viewer, appointment.patient_id, now),
        await load_practice(),
        now,
        viewer.locale,
        new=request.query_params.get("nouveau") == "1",
        done=DONE.get(request.query_params.get("fait", ""), ""),
    )
    return await page(request, "booking/show.html", view)


@get(ONE + "/calendrier.ics", **PATIENTS)
async def calendar(viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]) -> Response[bytes]:
    """The visit for a calendar: when and where, never what for."""
    now = await business_now()
    await appointment_for(viewer, appointment_id, now)
    facts = await message_facts(appointment_id)
    assert facts is not None
    headers = {"Content-Disposition": 'attachment; filename="rendez-vous.ics"'}
    content = calendar_file(facts, now, viewer.locale)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


@get(ONE + "/deplacer", **PATIENTS)
async def choose_other(
    request: AnyRequest, viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]
) -> Response[str]:
    """The same picker for a visit that is to have another time; until then it keeps its own."""
    appointment = await appointment_for(viewer, appointment_id, await business_now())
    try:
        from_day, filters = forms.read_filters(request.query_params)
    except FormErrors as mistakes:
        return await _slots(request, viewer, appointment, form=mistakes)
    listing = await slot_actions.find_slots_to_move(viewer, appointment_id, from_day, filters)
    road = await _road(appointment, viewer.locale)
    view = views.slots_page(listing, road, await load_practice(), filters, from_day, viewer.locale)
    return await page(request, "booking/choose.html", view)


@post(ONE + "/deplacer", status_code=303, **PATIENTS)
async def move(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    appointment_id: FromPath[UUID],
) -> Response[Any]:
    """Move to the place chosen; when it is gone, show the nearest others."""
    appointment = await appointment_for(viewer, appointment_id, await business_now())
    form = FormReader(dict(await request.form()))
    try:
        moved = await asked_actions.move(viewer, forms.read_move(form, appointment_id), asked)
    except FormErrors as mistakes:
        return await _slots(request, viewer, appointment, form=mistakes)
    except SlotTaken as taken:
        return await _slots(request, viewer, appointment, taken=taken)
    except NotOffered:
        return await _slots(request, viewer, appointment, taken=SlotTaken())
    return Redirect(f"{appointment_views.HOME}/{moved.id}?fait=deplace", status_code=303)


@get(ONE + "/annuler", **PATIENTS)
async def ask_to_cancel(
    request: AnyRequest, viewer: NamedDependency[Viewer], appointment_id: FromPath[UUID]
) -> Response[str]:
    """Offers to move first, then to cancel."""
    return await _cancel_page(request, viewer, appointment_id)


@post(ONE + "/annuler", status_code=303, **PATIENTS)
async def cancel(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    appointment_id: FromPath[UUID],
) -> Response[Any]:
    """Give the place back."""
    now = await business_now()
    appointment = await appointment_for(viewer, appointment_id, now)
    await visit_repository.may_book(viewer, appointment.patient_id, now)
    try:
        wanted = forms.read_cancel(FormReader(dict(await request.form())), appointment_id)
    except FormErrors as mistakes:
        return await _cancel_page(request, viewer, appointment_id, mistakes)
    await asked_actions.cancel(viewer, wanted, asked)
    return Redirect(f"{appointment_views.HOME}/{appointment_id}?fait=annule", status_code=303)


@post(ONE + "/confirmer", status_code=303, **PATIENTS)
async def confirm(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    asked: NamedDependency[Asked | None],
    appointment_id: FromPath[UUID],
) -> Response[Any]:
    """Say "I shall come"."""
    await appointment_for(viewer, appointment_id, await business_now())
    wanted = forms.read_confirm(FormReader(dict(await request.form())), appointment_id)
    await asked_actions.confirm(viewer, wanted, asked)
    return Redirect(f"{appointment_views.HOME}/{appointment_id}?fait=confirme", status_code=303)


async def _cancel_page(
    request: AnyRequest, viewer: Viewer, appointment_id: UUID, form: FormErrors | None = None
) -> Response[str]:
    now = await business_now()
    appointment = await appointment_for(viewer, appointment_id, now)
    person = await patient_for(viewer, appointment.patient_id, now)
    visit = appointment_views.visit_view(
        appointment, person.given_name, await load_practice(), now, viewer.locale
    )
    view = appointment_views.cancel_page(visit, viewer.locale, form)
    return await page(request, "booking/cancel.html", view, status=422 if form else 200)


async def _slots(
    request: AnyRequest,
    viewer: Viewer,
    appointment: Appointment,
    *,
    taken: SlotTaken | None = None,
    form: FormErrors | None = None,
) -> Response[str]:
    filters = forms.read_site(request.query_params)
    listing = await slot_actions.find_slots_to_move(viewer, appointment.id, None, filters)
    view = views.slots_page(
        listing,
        await _road(appointment, viewer.locale),
        await load_practice(),
        filters,
        None,
        viewer.locale,
        others=(taken.others or [each.slot for each in listing.suggestions]) if taken else None,
        form=form,
    )
    return await page(request, "booking/choose.html", view, status=409 if taken else 422)


async def _road(appointment: Appointment, locale: str) -> views.Road:
    zone = (await load_practice()).site(appointment.site_id).zone
    here = f"{appointment_views.HOME}/{appointment.id}"
    return views.Road(
        here=f"{here}/deplacer",
        action=f"{here}/deplacer",
        back=here,
        fields={"version": str(appointment.version)},
        now_at=dates.moment(appointment.starts_at, zone, locale),
    )


ROUTES = [show_all, show, calendar, choose_other, move, ask_to_cancel, cancel, confirm]
